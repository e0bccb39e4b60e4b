"""Put a case under legal hold, or lift it: while it is held, nothing of it can be erased."""

from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import Conflict
from npm_cases.domain.messages import say
from npm_cases.domain.records import Case, Receipt
from npm_cases.history.event import EventType
from npm_cases.services.casework import OnCase, once_on
from npm_cases.services.erasure import LEGAL_HOLD
from npm_cases.services.given_codes import a_code
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import record

"""Who may keep a case from being erased; only those who may erase can lift it again."""


def hold(office: Office, command: OnCase, reason: str, *, lift: bool = False) -> Receipt:
    """Put a case under legal hold for a reason (a code), or lift the hold.

    Raises NotFound, NotAllowed, BadInput; Conflict when it is held, or free, already.
    """
    role = access.need(command.actor, "lift a hold" if lift else "hold a case")
    reason = a_code("--reason", reason)

    def note(work: Work, case: Case, at: str) -> dict[str, Any]:
        if bool(case.facts.get(LEGAL_HOLD)) != lift:
            raise Conflict(say("not_held", number=case.number) if lift else say("held_already", number=case.number))
        facts = {LEGAL_HOLD: 0 if lift else 1}
        case.facts = {**case.facts, **facts}
        record(work, office, case, EventType.CASE_AMENDED, at, command.actor, role, reason=reason, facts=facts)
        return {}

    return Receipt(**once_on(office, command, ("hold", str(lift), reason), note)["receipt"])
