"""From what a person gave to what a guard asks: fields read by kind, facts filled from the case and the act."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields as fields_of
from datetime import date
from typing import Any

from npm_cases.domain.errors import BadInput, ConfigurationError, NotFound
from npm_cases.domain.message_values import choice_list, field_list, quoted
from npm_cases.domain.messages import Said, say
from npm_cases.domain.records import Actor, Case
from npm_cases.services.given_codes import a_code
from npm_cases.services.given_days import a_day
from npm_cases.services.ports import Office, Work
from state_machines.facts import Facts
from state_machines.table import Field, FieldKind

REMEMBERED = frozenset(
    {
        "consent", "under_pseudonym", "reprisal_risk", "qualification", "investigator", "about_ill_treatment",
        "measurable", "symbol", "published_on",
    }
)  # fmt: skip
"""Codes an act leaves on the case for the guards of later acts."""

COMMISSIONER, PROSECUTOR = "commissioner", "prosecutor"
RECIPIENTS = {"transfer": COMMISSIONER}
"""To whom an act discloses that names no authority; all others go to the prosecutor."""

TAKEN_UP_AGAIN = frozenset({"resume", "reinstate", "return_to_investigation"})
CONSENT_EVENTS = frozenset({"give_consent", "withdraw_consent"})
NEW_DECISION = frozenset({"record_registration", "terminate"})
"""Events that begin a matter of their own: who decided in an earlier one may be turned to again."""

ENDED_REDRESS = frozenset({"paid", "compensation_declined", "completed", "rehabilitation_declined"})
MADE_REDRESS = frozenset({"paid", "completed"})
_FACT_NAMES = frozenset(f.name for f in fields_of(Facts))
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


@dataclass(slots=True)
class Filled:
    """The fields of an act read by kind: codes go into the event, texts are sealed, values feed the guards."""

    codes: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    docs: tuple[str, ...] = ()


def read_fields(
    work: Work, case_id: str, accepted: Iterable[Field], given: Mapping[str, str], documents: tuple[str, ...]
) -> Filled:
    """Read the fields given to an act.

    Raises BadInput naming the field, what is wrong and what is accepted; NotFound for an id that does not exist.
    """
    known = {one.name: one for one in accepted}
    filled = Filled(docs=documents)
    for name, text in given.items():
        if name not in known:
            raise BadInput(_not_taken(name, sorted(known)))
        _read_one(work, case_id, known[name], text, filled)
    if filled.docs:
        filled.values["document"] = filled.docs[0]
    return filled


def _not_taken(name: str, known: Sequence[str]) -> Said:
    if known:
        return say("field_not_taken", field=name, known=field_list(known))
    return say("field_not_taken_none", field=name)


def _read_one(work: Work, case_id: str, one: Field, text: str, filled: Filled) -> None:
    if one.kind is FieldKind.TEXT:
        if not text.strip():
            raise BadInput(say("empty_text", field=one.name))
        filled.texts[one.name] = text
        filled.values[one.name] = True
        return
    if one.kind is FieldKind.DOCUMENT:
        document = work.document(text)
        if document is None or document.chain != case_id:
            raise NotFound(say("no_document_here", field=one.name, given=quoted(text)))
        filled.docs = (*filled.docs, text)
        return
    value = _READERS[one.kind](work, one, text)
    filled.values[one.name] = value
    filled.codes[one.name] = value.isoformat() if isinstance(value, date) else value


def _code(_: Work, one: Field, text: str) -> str:
    if one.choices and text not in one.choices:
        raise BadInput(say("not_one_of", field=one.name, given=quoted(text), known=choice_list(one.choices, one.name)))
    return text if one.choices else a_code(f"field {one.name}", text)


def _date(_: Work, one: Field, text: str) -> date:
    return a_day(f"field {one.name}", text)


def _flag(_: Work, one: Field, text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise BadInput(say("not_a_flag", field=one.name, given=quoted(text)))
    return text.lower() in _TRUE


def _number(_: Work, one: Field, text: str) -> int:
    if not text.lstrip("-").isdigit():
        raise BadInput(say("not_a_number", field=one.name, given=quoted(text)))
    return int(text)


def _row_id(table: str, none: Callable[[str, str], Said]) -> Any:
    def read(work: Work, one: Field, text: str) -> str:
        if not work.rows(table, {"id": text}):
            raise NotFound(none(one.name, text))
        return text

    return read


def _case(work: Work, _: Field, text: str) -> str:
    return work.case(text).id


_READERS: Mapping[FieldKind, Any] = {
    FieldKind.CODE: _code,
    FieldKind.DATE: _date,
    FieldKind.FLAG: _flag,
    FieldKind.NUMBER: _number,
    FieldKind.VISIT: _row_id("visits", lambda name, text: say("no_visit", field=name, given=quoted(text))),
    FieldKind.BODY: _row_id("bodies", lambda name, text: say("no_body", field=name, given=quoted(text))),
    FieldKind.USER: _row_id("users", lambda name, text: say("no_user", field=name, given=quoted(text))),
    FieldKind.CASE: _case,
}


def facts_for(
    office: Office,
    case: Case,
    role: str,
    values: Mapping[str, Any],
    started_on: date,
    event: str = "",
    *,
    is_second_person: bool = False,
) -> Facts:
    """Fill the facts a guard may ask about, from the pack, the case as it stands, and what came with the act."""
    channel = office.pack.channel(case.channel)
    on_file = {name: value for name, value in case.facts.items() if name in _FACT_NAMES}
    if "published_on" in on_file:
        on_file["published_on"] = date.fromisoformat(on_file["published_on"])
    given = {name: value for name, value in values.items() if name in _FACT_NAMES}
    named = given.get("named_exception")
    filled: dict[str, Any] = {
        **on_file,
        "addressee": case.addressee or None,
        **given,
        "role": role,
        "is_second_person": is_second_person,
        "approver_roles": channel.approvers,
        "issuer_roles": channel.issuers,
        "channel_issued_here": channel.issued_here,
        "has_rule": _has_rule(office, case, started_on),
        "consent_live": _consent_is_live(case, given, started_on, RECIPIENTS.get(event, PROSECUTOR)),
        "named_exception": named if named in office.pack.reasons_for_exception else None,
        "earlier_authorities": frozenset(case.facts.get("authorities", ())),
        "redress_open": case.kind == "allegation" and _redress_is_open(case),
        "redress_made": not MADE_REDRESS.isdisjoint({case.compensation, case.rehabilitation}),
        "redress_settled": {case.compensation, case.rehabilitation} <= ENDED_REDRESS,
        "raising_all_discharged": False,
    }
    return Facts(**filled)


def _has_rule(office: Office, case: Case, on: date) -> bool:
    try:
        office.pack.rule_for(case.channel, "reply", on)
    except ConfigurationError:
        return False
    return True


def _redress_is_open(case: Case) -> bool:
    from state_machines.allegation import REDRESS_OPEN

    return case.state in REDRESS_OPEN


def _consent_is_live(case: Case, given: Mapping[str, Any], on: date, usual: str) -> bool:
    """Say whether there is consent for the recipient of this act, the usual one where none is named."""
    until = str(case.facts.get("consent_until", ""))
    if until and until < str(on):
        return False
    if case.facts.get("consent", given.get("consent")) == "given":
        return True
    recipients = case.facts.get("consent_for", ())
    return case.facts.get("consent") == "limited" and given.get("authority", usual) in recipients


def remembered(case: Case, event: str, filled: Filled) -> dict[str, Any]:
    """Return the codes an act leaves on the case for later guards."""
    keep = {name: value for name, value in filled.codes.items() if name in REMEMBERED}
    if event in NEW_DECISION:
        decided = filled.codes.get("authority", case.facts.get("investigator", ""))
        keep["authorities"] = [decided] if decided and event == "terminate" else []
    elif "authority" in filled.codes and event not in CONSENT_EVENTS:
        keep["authorities"] = sorted({*case.facts.get("authorities", ()), filled.codes["authority"]})
    if event in TAKEN_UP_AGAIN or (event == "open_investigation" and case.facts.get("reopened")):
        keep["reopened"] = event in TAKEN_UP_AGAIN
    if event in CONSENT_EVENTS:
        keep |= _consent_of(event, filled)
    return keep


def _consent_of(event: str, filled: Filled) -> dict[str, Any]:
    given = event == "give_consent"
    return {
        "consent": filled.codes.get("consent", "given") if given else "refused",
        "consent_for": [filled.codes["authority"]] if given and "authority" in filled.codes else [],
        "consent_until": "",
    }


def authorised_role(actor: Actor, who: Iterable[Any]) -> str:
    """Return the role of the actor that a row allows, or any role of theirs, which the table will refuse."""
    allowed = {str(role) for role in who}
    for role in sorted(actor.roles):
        if role in allowed:
            return role
    return min(actor.roles, default="")
