"""Record consent: given, limited to a recipient, or withdrawn; a withdrawal is possible in every state."""

from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import ALLEGATION, Actor, Case, Receipt
from npm_cases.history.event import EventType
from npm_cases.services.casework import OnCase, once_on
from npm_cases.services.given_days import a_day
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import record

PURPOSES = ("refer", "share", "publish", "research")
FORMS = ("written", "oral", "witnessed")
_EVENTS = {
    "give": (EventType.CONSENT_GIVEN, "given"),
    "limit": (EventType.CONSENT_LIMITED, "limited"),
    "withdraw": (EventType.CONSENT_WITHDRAWN, "refused"),
}


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """What the person decided, for which recipient and purpose, in which form, until when (OPCAT art. 21(2))."""

    case: str
    what: str
    actor: Actor
    at: str
    recipient: str = ""
    purpose: str = "refer"
    form: str = "written"
    expires_on: str = ""
    key: str = ""


def record_consent(office: Office, command: RecordConsent) -> Receipt:
    """Record a decision about consent and let the guards of later acts know it.

    Raises BadInput naming what is wrong; NotFound; NotAllowed.
    """
    role = access.need(command.actor, "record consent")
    _check(command)
    event, status = _EVENTS[command.what]

    def note(work: Work, case: Case, at: str) -> dict[str, Any]:
        _is_known(work, office, command.recipient)
        if case.kind != ALLEGATION:
            raise BadInput(say("consent_on_recommendation", number=case.number))
        named = {"recipient": command.recipient, "expires_on": command.expires_on}
        named["consent"] = _register(work, office, command, case, status, at)
        recipients = [command.recipient] if command.recipient else []
        case.facts = {**case.facts, "consent": status, "consent_for": recipients, "consent_until": command.expires_on}
        facts = {"purpose": command.purpose, "form": command.form, "status": status}
        facts |= {name: value for name, value in named.items() if value}
        record(work, office, case, event, at, command.actor, role, facts=facts)
        return {}

    on_case = OnCase(command.case, command.actor, command.at, key=command.key)
    what = ("consent", command.what, command.recipient, command.purpose, command.form, command.expires_on)
    return Receipt(**once_on(office, on_case, what, note)["receipt"])


def _is_known(work: Work, office: Office, recipient: str) -> None:
    if recipient and recipient not in office.pack.posts and not work.rows("bodies", {"id": recipient}):
        raise NotFound(say("no_body_or_post", field="--recipient", given=quoted(recipient)))


def _register(work: Work, office: Office, command: RecordConsent, case: Case, status: str, at: str) -> str:
    """Write the row of a consent and return its id; a withdrawal ends every row and has none of its own."""
    if command.what == "withdraw":
        work.update("consents", {"withdrawn_at": at}, {"chain": case.id, "withdrawn_at": ""})
        return ""
    consent, given_on = office.new_id(), office.times.day(from_text(at)).isoformat()
    work.insert(
        "consents",
        {
            "id": consent, "chain": case.id, "status": status, "purpose": command.purpose,
            "recipient": command.recipient, "form": command.form, "expires_on": command.expires_on,
            "given_on": given_on, "at": at,
        },
    )  # fmt: skip
    return consent


def _check(command: RecordConsent) -> None:
    for name, value, known in (
        ("CONSENT", command.what, tuple(_EVENTS)), ("--purpose", command.purpose, PURPOSES), ("--form", command.form, FORMS),
    ):  # fmt: skip
        if value not in known:
            raise BadInput(say("not_one_of", field=name, given=quoted(value), known=choice_list(known)))
    if command.what == "limit" and not command.recipient:
        raise BadInput(say("recipient_needed", field="recipient"))
    if command.expires_on:
        a_day("--expires-on", command.expires_on)
