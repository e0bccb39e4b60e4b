"""A person decides what a corrected calendar left open: whether the date it gives holds for what was missed, or would be."""

from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.due_dates import DueDate
from npm_cases.domain.errors import Conflict
from npm_cases.domain.messages import say
from npm_cases.domain.records import By, Case, Obligation, Receipt
from npm_cases.domain.terms import Unit
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import answers, obligations
from npm_cases.services.casework import OnCase, seen_case
from npm_cases.services.corrections import Told, tell_of_correction
from npm_cases.services.given_codes import a_code
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.recounting import QUESTIONED, move_date


@dataclass(frozen=True, slots=True)
class DecideDates:
    """Take the dates the calendar in force gives to the clocks of a case that wait for it, or leave those they have."""

    on: OnCase
    takes_new: bool
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingDate:
    """A date that waits for a person: of which duty, the day it has, the day the calendar in force gives it."""

    duty: str
    due_on: str
    would_be: str


def waiting_dates(office: Office, case: Case) -> list[WaitingDate]:
    """Return the dates of a case that wait for a person, in the order in which they were opened."""
    with office.open_reading() as work:
        if not work.rows("incidents", {"kind": QUESTIONED, "subject": case.id, "closed_at": ""}):
            return []
        found = []
        for owed in work.open_obligations(case.id):
            if not owed.suspended_on and owed.unit != Unit.hours:
                due, _ = _counted(office, owed)
                found.append(WaitingDate(owed.duty, owed.due_on, due.due_on.isoformat()))
    return [one for one in found if one.due_on != one.would_be]


def decide_dates(office: Office, command: DecideDates) -> Receipt:
    """Decide the dates of a case that wait for a person; the reason is a code and stands in the history.

    A date taken begins its ladder anew; what was sent and escalated before stays, and whoever was reminded of the old date
    gets a correction. Raises NotFound, NotAllowed, BadInput,
    Conflict where no date of the case waits.
    """
    role = access.need(command.on.actor, "decide a corrected date")
    a_code("reason", command.reason)
    return once_more(lambda: _decided_once(office, command, role), command.on.key)


def _decided_once(office: Office, command: DecideDates, role: str) -> Receipt:
    on, body = command.on, [command.on.case, "dates", command.takes_new, command.reason]
    with office.open_work() as work:
        if (done := answers.earlier(work, on.key, on.actor.user, body)) is not None:
            return Receipt(**done["receipt"])
        case = seen_case(work, on)
        waiting = work.rows("incidents", {"kind": QUESTIONED, "subject": case.id, "closed_at": ""})
        if not waiting:
            raise Conflict(say("no_questioned_date", number=case.number))
        by = By(on.actor, role, instant(case, on.at))
        for owed in work.open_obligations(case.id):
            _decide(work, office, case, owed, by, command)
        _close(work, office, waiting[0]["id"], by, command.reason)
        work.save_case(case)
        receipt = Receipt(case.id, case.seq, case.head.hex())
        answer = {"receipt": {"case": receipt.case, "seq": receipt.seq, "leaf": receipt.leaf}}
        answers.keep(work, on.key, on.actor.user, body, answer, by.at)
        work.commit()
    return receipt


def _decide(work: Work, office: Office, case: Case, owed: Obligation, by: By, command: DecideDates) -> None:
    if owed.suspended_on or owed.unit == Unit.hours:
        return
    due, derivation = _counted(office, owed)
    if due.due_on.isoformat() == owed.due_on:
        return
    if command.takes_new:
        told = Told(owed.id, owed.due_on)
        move_date(work, office, owed, case, due, derivation, by, command.reason)
        tell_of_correction(work, office, owed, case, told, by.at)
        return
    facts = {
        "obligation": owed.id, "duty": owed.duty, "due_on": owed.due_on, "would_be": due.due_on.isoformat(),
        "calendar": due.calendar_version, "left": True,
    }  # fmt: skip
    record(
        work, office, case, EventType.OBLIGATION_QUESTIONED, by.at, by.actor, by.role, facts=facts,
        reason=command.reason,
    )  # fmt: skip


def _counted(office: Office, owed: Obligation) -> tuple[DueDate, list[dict[str, Any]]]:
    times = office.times.of(owed.calendar_version)
    return times.counted(owed, obligations.rule_of(office, owed), owed.ledger)


def _close(work: Work, office: Office, incident: str, by: By, reason: str) -> None:
    chain = work.chain(OFFICE)
    at = instant(chain, by.at)
    work.update("incidents", {"closed_at": at, "closed_by": by.actor.user}, {"id": incident})
    facts = {"incident": incident}
    record(work, office, chain, EventType.INCIDENT_CLOSED, at, by.actor, by.role, facts=facts, reason=reason)
