"""No work on a clock that is wrong: one that ran back, or ran ahead of every other clock that can be asked.

An outage looks like a jump ahead; what tells them apart is another clock. What none of them can tell is written in
docs/decisions/0024-a-clock-that-jumps.md.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from npm_cases.domain.errors import ClockWrong, Conflict
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import an_instant
from npm_cases.domain.messages import Said, say
from npm_cases.history.event import OFFICE
from npm_cases.services.incidents import raise_incident
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import WAITED_AT_MOST

SUBJECT = "clock"


class OtherClock(Protocol):
    """A clock beside the one the machine shows: ``says`` its instant, empty where it knows none; ``believe`` what was found right."""

    def says(self) -> str: ...
    def believe(self, now: str) -> None: ...


def checked_now(office: Office, now: str, others: Sequence[OtherClock], jump: timedelta) -> str:
    """Return the present instant if nothing speaks against it; a sandbox may simulate any.

    Wrong is a clock that is behind the last sweep, or one that stepped by more than ``jump`` since then while another
    clock says otherwise: that is an incident. Raises ClockWrong; nothing was done, and the next run looks again.
    """
    if office.sandbox:
        return now
    with office.open_reading() as work:
        last = _newest(work)
    if _is_behind(now, last):
        _tell(office, say("clock_behind_sweep", at=an_instant(now), last_at=an_instant(last)), now)
    if not last or from_text(now) - from_text(last) > jump:
        for said in filter(None, (other.says() for other in others)):
            if abs(from_text(now) - from_text(said)) > jump:
                _tell(office, say("clock_stepped", at=an_instant(now), other_at=an_instant(said)), min(now, said))
    for other in others:
        other.believe(now)
    return now


def need_clock_not_behind(work: Work, office: Office, at: str) -> None:
    """Let nothing begin on a clock that is behind the last sweep: a new case has no event of its own to be held against.

    Raises Conflict; never in a sandbox, whose clock is simulated.
    """
    last = "" if office.sandbox else work.last_sweep()
    if _is_behind(at, last):
        raise Conflict(say("machine_clock_behind", at=an_instant(at), last_at=an_instant(last)))


def _newest(work: Work) -> str:
    """Return the instant of the last sweep or of the last event of the office, empty where there is none."""
    return max(work.last_sweep(), *(str(row["last_at"]) for row in work.rows("chains", {"id": OFFICE})), "")


def _is_behind(now: str, last: str) -> bool:
    return bool(last) and from_text(last) - from_text(now) > WAITED_AT_MOST


def _tell(office: Office, what: Said, at: str) -> None:
    """Raise the incident under an instant that carries no history into the future."""
    with office.open_work() as work:
        raise_incident(work, office, "clock_wrong", SUBJECT, str(what), at)
        work.commit()
    raise ClockWrong(what)
