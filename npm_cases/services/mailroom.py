"""From waiting notices to delivered mail: bundled per person, sent at least once, given up with a visible incident.

A notice is written in the transaction of the act. Bundling fixes which notices one mail carries before anything is
sent, so that every try is the same mail under the same Message-ID. Sending happens outside any transaction.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import ALLEGATION, CLOCK, Case, Notice
from npm_cases.domain.retries import RetryPolicy, next_attempt
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import keepers
from npm_cases.services.corrections import GONE_OUT, OUR_CORRECTION, OUTSIDE_CORRECTION
from npm_cases.services.daily_digest import MOST_LISTED, TEMPLATE, horizon
from npm_cases.services.exclusion import independent_post, shut_posts
from npm_cases.services.incidents import raise_incident
from npm_cases.services.ports import Office, Ready, Recipient, Work
from npm_cases.services.recording import record

CLAIM = 100
BUNDLE = 5_000
LEASE = timedelta(minutes=15)
RETRIES = RetryPolicy(
    delays=(timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)),
    cap=timedelta(hours=12), max_attempts=8, jitter_percent=20,
)  # fmt: skip
FALLBACK = "secretariat"
OUTSIDE_LETTER = "addressee_reminder"
_OUTSIDE = frozenset({OUTSIDE_LETTER, OUTSIDE_CORRECTION})
SENT, REFUSED = "sent", "refused"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail to be sent: template and values are filled in by the mail layer."""

    message_id: str
    to: str
    template: str
    lang: str
    values: Mapping[str, Any]
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one try; ``unknown`` means it may have arrived and is tried again under the same Message-ID."""

    message_id: str
    outcome: str
    stage: str
    code: int
    reason: str


SendAll = Callable[[Sequence[Outgoing]], Sequence[Tried]]


@dataclass(slots=True)
class MailCounts:
    """What one round of delivery did, in mails; ``told`` counts notices by post."""

    bundled: int = 0
    sent: int = 0
    again: int = 0
    dead: int = 0
    told: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class House:
    """How we sign: our office's name by language, the address of the pages, the reply address for bodies outside.

    ``keepers`` are the addresses checkpoints go to, in ``language``: people in other bodies, who hold no post here.
    """

    names: Mapping[str, str]
    public_url: str
    reply_to: str
    keepers: tuple[str, ...] = ()
    language: str = ""


def bundle(office: Office, now: str) -> int:
    """Fix which waiting notices each mail carries: one digest per person, one letter each for bodies outside.

    Returns how many mails were made. A post nobody holds is an incident, and its notices go to the secretariat.
    """
    made = 0
    while _withdraw_answered(office, now):
        pass
    while True:
        office.at_point("mail.before_bundle")
        with office.open_work() as work:
            waiting = work.waiting_notices(now, BUNDLE)
            if not waiting:
                return made
            for recipient, notices in _by_recipient(work, office, waiting, now).items():
                work.bundle(recipient, [notice.id for notice in notices], now)
                made += 1
            work.commit()
        office.at_point("mail.after_bundle")


def _withdraw_answered(office: Office, now: str) -> int:
    """Withdraw reminders that wait although what they remind of was done: reminders stop when it is discharged."""
    with office.open_work() as work:
        answered = work.reminders_answered(now, BUNDLE)
        for notice in answered:
            work.withdraw(notice.id, now)
            chain: Any = work.chain(OFFICE) if notice.chain == OFFICE else work.case(notice.chain)
            facts = {"mail": notice.id, "post": notice.post}
            record(work, office, chain, EventType.MAIL_WITHDRAWN, max(now, chain.last_at), CLOCK, "clock", facts=facts)
        work.commit()
    return len(answered)


def _by_recipient(work: Work, office: Office, waiting: list[Notice], now: str) -> dict[str, list[Notice]]:
    groups: dict[str, list[Notice]] = {}
    for notice in waiting:
        key = _recipient_key(work, office, notice, now)
        groups.setdefault(f"{key}#{notice.id}" if notice.alone else key, []).append(notice)
    return groups


def _recipient_key(work: Work, office: Office, notice: Notice, now: str) -> str:
    """Name who holds the post today, as post, user or body; the address is looked up when the mail is sent."""
    key = _named(work, notice)
    if key.startswith(keepers.KEEPER) or work.recipient(key, office.times.day(from_text(now)).isoformat()) is not None:
        return key
    raise_incident(
        work, office, "vacant_post", key, f"nobody can be reached for {key}: name a holder with an address", now
    )
    case = work.read_case(notice.chain) if notice.chain != OFFICE else None
    shut = shut_posts(work, office, case, now) if case is not None else frozenset()
    return f"post:{FALLBACK if FALLBACK not in shut else independent_post(office, shut)}"


def _named(work: Work, notice: Notice) -> str:
    if notice.post.startswith(("user:", keepers.KEEPER)):
        return notice.post
    if notice.post == "addressee":
        return f"body:{notice.body}"
    if notice.post == "superior":
        superior = work.superior_of(notice.body)
        return f"body:{superior}" if superior else f"post:{FALLBACK}"
    if notice.post == "caseworker":
        assignee = work.assignee_of(notice.chain)
        return f"user:{assignee}" if assignee else f"post:{FALLBACK}"
    return f"post:{notice.post}"


def deliver(
    office: Office, send: SendAll, house: House, now: str, limit: int = CLAIM, most: int = sys.maxsize
) -> MailCounts:
    """Send what is ready, a claim at a time and not more than ``most`` mails, and record every try.

    A claim is a lease: a mail whose sender died is tried again later under the same Message-ID. What is not sent in
    this round waits for the next.
    """
    counts = MailCounts(bundled=bundle(office, now))
    while True:
        office.at_point("mail.before_claim")
        with office.open_work() as work:
            claimed = work.claim_mail(now, as_text(from_text(now) + LEASE), min(limit, most)) if most else []
            letters = [_letter(work, office, house, leader, notices, now) for leader, notices in claimed]
            work.commit()
        if not claimed:
            return counts
        most -= len(claimed)
        office.at_point("mail.after_claim")
        ready = [letter for letter in letters if letter is not None]
        tried = {result.message_id: result for result in send(ready)} if ready else {}
        office.at_point("mail.after_send")
        _settle(office, claimed, tried, now, counts)
        office.at_point("mail.after_settle")


def _letter(
    work: Work, office: Office, house: House, leader: Ready, notices: list[Notice], now: str
) -> Outgoing | None:
    day = office.times.day(from_text(now)).isoformat()
    recipient = reached(work, house, leader.recipient, day)
    if recipient is None:
        return None
    lang = _language(office, recipient)
    template, values = _content(work, office, house, notices, lang)
    written_at = from_text(notices[0].created_at)  # the same on every try
    return Outgoing(leader.message_id, recipient.address, template, lang, values, written_at)


def reached(work: Work, house: House, recipient: str, day: str) -> Recipient | None:
    """Return who a mail to a recipient goes to on a day: whom its key names, else the secretariat."""
    key = recipient.partition("#")[0]
    named = keepers.found(house.keepers, house.language, key) or work.recipient(key, day)
    return named or work.recipient(f"post:{FALLBACK}", day)


def _language(office: Office, recipient: Recipient) -> str:
    return recipient.language if recipient.language in office.pack.languages else office.pack.languages[0]


def _content(work: Work, office: Office, house: House, notices: list[Notice], lang: str) -> tuple[str, dict[str, Any]]:
    first = notices[0]
    case = work.read_case(first.chain) if first.chain != OFFICE else None
    if first.template in _OUTSIDE and case is not None:
        return _to_outside(work, office, house, first, case, lang)
    if first.template == keepers.TEMPLATE:
        return keepers.TEMPLATE, keepers.letter(work, office, first)
    if first.template == TEMPLATE:
        today = office.times.day(from_text(first.created_at))
        due = work.cases_due(first.post.partition(":")[2], horizon(today), MOST_LISTED)
        items = [(number, "overdue" if day < today.isoformat() else "due_soon") for number, day in due]
        return "digest", {"items": items, "link": f"{house.public_url}/my-day"}
    numbers = list(dict.fromkeys((_called(work, notice), notice.template) for notice in notices))
    if len(numbers) == 1 and case is not None and case.kind == ALLEGATION:
        return "commissioner_allegation", {"number": case.number}
    if len(numbers) == 1:
        return "notice", {"numbers": [numbers[0][0]], "link": f"{house.public_url}/my-day"}
    return "digest", {"items": numbers, "link": f"{house.public_url}/my-day"}


def _to_outside(
    work: Work, office: Office, house: House, notice: Notice, case: Case, lang: str
) -> tuple[str, dict[str, Any]]:
    """Return a letter to a body outside: a reminder, or one that takes a reminder of a wrong date back."""
    values = {
        "office": house.names[lang], "our_number": case.number, "our_date": office.times.day(from_text(case.opened_at)),
        "due_on": date.fromisoformat(notice.due_on), "reply_to": house.reply_to,
    }  # fmt: skip
    if notice.template == OUTSIDE_LETTER:
        return OUTSIDE_LETTER, values
    reminded_at = _reminded_at(work, notice)
    return OUR_CORRECTION, {**values, "reminded_on": office.times.day(from_text(reminded_at))}


def _reminded_at(work: Work, notice: Notice) -> str:
    """Return when a post was last reminded of what a correction is about; a clock under a new rule goes on from the old one."""
    clocks = {row["id"]: row["duty"] for row in work.rows("obligations", {"chain": notice.chain})}
    return max(
        (
            row["created_at"] for row in work.rows("outbox", {"chain": notice.chain, "post": notice.post})
            if clocks.get(row["obligation"]) == clocks[notice.obligation] and row["template"] == OUTSIDE_LETTER
            and row["status"] in GONE_OUT and row["created_at"] < notice.created_at
        ), default=notice.created_at,
    )  # fmt: skip


def _called(work: Work, notice: Notice) -> str:
    """Return what a mail calls the subject of a notice: a case by its number, a place by its id."""
    if notice.chain == OFFICE:
        return work.subject_of(notice.obligation).partition(":")[2]
    return work.number_of(notice.chain)


def _settle(
    office: Office, claimed: list[tuple[Ready, list[Notice]]], tried: Mapping[str, Tried], now: str, counts: MailCounts
) -> None:
    """Record every try in one transaction: sent, again later, or dead with an incident."""
    with office.open_work() as work:
        for chain in sorted({notice.chain for _, notices in claimed for notice in notices} - {OFFICE}):
            work.case(chain)  # locked in one order, so that two who deliver do not wait for each other
        for leader, notices in claimed:
            result = tried.get(leader.message_id) or Tried(
                leader.message_id, REFUSED, "letter", 0, "nobody to send it to"
            )
            work.insert_attempt(
                leader.id, leader.attempts, now, result.outcome, result.stage, result.code, result.reason
            )
            again = _next(leader, result, from_text(now))
            status = _status(result, again)
            if not work.settle_mail(
                leader.id, leader.attempts, status, "" if again else now, as_text(again) if again else ""
            ):
                continue  # this claim had lapsed: whoever claimed the mail after us says what became of it
            if status == "sent":
                counts.sent += 1
            elif status == "bundled":
                counts.again += 1
                continue
            else:
                counts.dead += 1
                raise_incident(
                    work, office, "dead_mail", leader.id, f"given up at {result.stage}: {result.reason}", now
                )
            _tell_history(work, office, notices, leader, result, now, counts)
        work.commit()


def _status(result: Tried, again: datetime | None) -> str:
    if again is not None:
        return "bundled"
    return "sent" if result.outcome == SENT else "dead"


def _next(leader: Ready, result: Tried, now: datetime) -> datetime | None:
    if result.outcome in {SENT, REFUSED}:
        return None
    return next_attempt(leader.attempts, now, RETRIES, leader.message_id)


def _tell_history(
    work: Work, office: Office, notices: list[Notice], leader: Ready, result: Tried, now: str, counts: MailCounts
) -> None:
    event = EventType.MAIL_SENT if result.outcome == SENT else EventType.MAIL_FAILED
    for notice in notices:
        chain: Any = work.chain(OFFICE) if notice.chain == OFFICE else work.case(notice.chain)
        at = max(now, chain.last_at)
        facts = {"mail": notice.id, "carried_by": leader.id, "post": notice.post}
        record(work, office, chain, event, at, CLOCK, "clock", facts=facts)
        if isinstance(chain, Case):
            work.save_case(chain)
        counts.told[notice.post] = counts.told.get(notice.post, 0) + (result.outcome == SENT)
