"""The outbox held against the history: what each notice says of itself follows from the event that queued it.

Who held a post is looked up when the mail is bundled, and how often it was tried is the mail server's doing: no event tells
that, so those columns are not held against the history (services/unvouched.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from npm_cases.domain.duties import PROTECT
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.instants import from_text
from npm_cases.domain.ladders import AFTER_INTAKE, Timetable
from npm_cases.domain.pack import Pack
from npm_cases.services import corrections, daily_digest, keepers, remind
from npm_cases.services.ports import Office
from npm_cases.services.reading import StoredNotice
from npm_cases.services.replay import Replay
from npm_cases.services.replayed import Owed, Told

ADDRESSEE_REMINDER = "addressee_reminder"
_WAITING = frozenset({"waiting", "bundled"})
_BUNDLED = frozenset({"bundled", "sent", "dead"})


@dataclass(frozen=True, slots=True)
class NoticeCheck:
    """Knows what the services of one office write into the outbox."""

    office: Office

    def wrong(self, told: Told, row: StoredNotice, party: str, replay: Replay) -> Iterator[str]:
        """Say what does not hold in one notice, column by column; ``party`` is who owes its obligation."""
        owed = replay.owed.get(told.obligation)
        if owed is None:
            expected = _queued(self.office, told, row)
        else:
            expected = _of_rung(self.office, told, row, owed, replay) | {
                "body": party if _is_outside(self.office, told) else ""
            }
        expected |= {"obligation": told.obligation, "rung": told.rung, "post": told.post, "due_on": told.due_on}
        if told.status:
            expected |= {"carried_by": told.carried_by, "status": told.status}
        elif row.status not in _WAITING:
            yield f"its status is {row.status}, its history says nothing of a delivery"
        if bool(row.recipient) != (row.status in _BUNDLED):
            yield f"its status is {row.status}, and its recipient {row.recipient or 'empty'}"
        for name, value in expected.items():
            if getattr(row, name) != value:
                yield f"{name} is {getattr(row, name)!r}, its history says {value!r}"
        if row.not_before not in _times(self.office, row):
            yield f"not_before is {row.not_before}, but it was queued at {told.at}"


def _times(office: Office, row: StoredNotice) -> Iterator[str]:
    """Yield the instants a notice may wait for: the one it was queued at, else the next working time.

    That of the calendar in force when it was queued, which may be an earlier one.
    """
    yield row.created_at
    try:
        yield office.times.next_working_time(row.created_at)
        for calendar in office.earlier_calendars:
            yield Timetable(replace(office.pack, calendar=calendar, regional={})).next_working_time(row.created_at)
    except ValueError:  # that it is no instant is said already
        return


def _of_rung(office: Office, told: Told, row: StoredNotice, owed: Owed, replay: Replay) -> dict[str, object]:
    outside = _is_outside(office, told)
    return {
        "message_id": f"<{row.id}@{office.mail_domain}>",
        "template": _outside_kind(told) if outside else _kind(office, told, owed, replay),
        "alone": int(outside),
        "created_at": told.at,
    }


def _is_outside(office: Office, told: Told) -> bool:
    return told.post in office.pack.posts and office.pack.posts[told.post].outside


def _outside_kind(told: Told) -> str:
    return corrections.OUTSIDE_CORRECTION if told.rung.startswith(corrections.CORRECTED) else ADDRESSEE_REMINDER


def _kind(office: Office, told: Told, owed: Owed, replay: Replay) -> str:
    if told.rung.startswith(corrections.CORRECTED):
        return corrections.OUR_CORRECTION
    if told.rung.startswith(remind.BY_HAND):
        return remind.kind_of(told.due_on, office.times.day(from_text(told.at)))
    if owed.duty == PROTECT:
        return "reprisal"
    if replay.rungs[told.obligation, told.rung].act != "remind":
        return "escalated"
    name = told.rung.partition("~")[0].partition(":")[0]
    return "overdue" if name == AFTER_INTAKE or _offset(office.pack, owed.ladder, name) > 0 else "due_soon"


def _offset(pack: Pack, ladder: str, name: str) -> int:
    try:
        return next((rung.offset for rung in pack.ladder(ladder).rungs if rung.id == name), 0)
    except ConfigurationError:  # that the pack has no such ladder is said of the obligation
        return 0


def _queued(office: Office, told: Told, row: StoredNotice) -> dict[str, object]:
    """Tell what a letter of no obligation says of itself: the daily digest, and the checkpoint for its keepers.

    It may have been queued a moment before its event: two who write to the office's chain wait for each other.
    """
    kind, to = told.rung.partition(":")[0], told.post.partition(":")[2]
    if kind == keepers.TEMPLATE:
        template, name = keepers.TEMPLATE, f"checkpoint-{_day(office, row.created_at)}-{to}"
    else:
        template, name = daily_digest.TEMPLATE, f"daily-{_day(office, row.created_at)}-{to}"
    return {
        "message_id": f"<{name}@{office.mail_domain}>", "template": template, "body": "", "alone": 1,
        "created_at": min(row.created_at, told.at),
    }  # fmt: skip


def _day(office: Office, instant: str) -> str:
    try:
        return office.times.day(from_text(instant)).isoformat()
    except ValueError:
        return "no day"
