"""Calls on the rules and registers: machines, single deadlines, bodies, places, visits."""

from typing import Annotated, Any

from fastapi import Path, Query

from npm_cases.domain.due_dates import derivation_as_json, due_date
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.zones import start_of_working_time
from npm_cases.services import registers
from npm_cases.services.derivation_words import derivation_in_words
from npm_cases.services.given_days import a_day
from npm_cases.web.api import models
from npm_cases.web.api.caller import Called
from state_machines import MACHINES

Name = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]
Lang = Annotated[str, Query(pattern="^(kk|ru|en)$")]
REGISTERS = ("bodies", "places", "visits")
ADDERS: dict[str, Any] = {
    "bodies": registers.add_body, "places": registers.add_place, "visits": registers.record_visit
}  # fmt: skip


def machine(_: Called, name: Name) -> models.Machine:
    """Return one transition table as data."""
    if name not in MACHINES:
        raise NotFound(say("no_machine", given=quoted(name), known=choice_list(sorted(MACHINES))))
    table = MACHINES[name]
    rows = [
        {
            "state": str(row.state), "event": str(row.event), "next": str(row.next), "who": sorted(map(str, row.who)),
            "guards": [guard.code for guard in row.guards], "second_person": any(g.second_person for g in row.guards),
            "fields": [{"name": f.name, "kind": str(f.kind), "choices": list(f.choices)} for f in row.fields],
        }
        for row in table.rows
    ]  # fmt: skip
    return models.Machine(name=name, initial=table.initial, rows=rows)


def deadline(
    called: Called,
    start: Annotated[str, Query(alias="from", max_length=10, description="Legal day of the event; it is day zero.")],
    rule: Annotated[str, Query(max_length=60, description="Rule of the country pack.")],
    lang: Lang = "en",
) -> models.DueDate:
    """Compute a due date by a rule, with every step of its derivation."""
    pack = called.office.pack
    if rule not in pack.rules:
        raise NotFound(say("not_one_of", field="rule", given=quoted(rule), known=choice_list(sorted(pack.rules))))
    day = a_day("from", start)
    if not any(one.valid_from <= day and (one.valid_to is None or day <= one.valid_to) for one in pack.rules[rule]):
        raise BadInput(say("rule_not_in_force", field="from", rule=quoted(rule), day=day))
    found = pack.rule(rule, day)
    started_at = start_of_working_time(day, pack.zone, pack.opens) if found.unit == "hours" else None
    due = due_date(day, found, pack.calendar, started_at=started_at)
    steps = derivation_as_json(due)
    return models.DueDate(
        due_on=due.due_on.isoformat(), provisional=due.provisional, derivation=[dict(step) for step in steps],
        sentences=derivation_in_words(steps, pack.calendar.names, lang), calendar_version=due.calendar_version,
    )  # fmt: skip


def list_register(called: Called, register: Name) -> models.Rows:
    """List a register."""
    return models.Rows(rows=registers.as_list(called.office, _known(register), called.actor))


def add_to_register(called: Called, register: Name, given: models.NewRow) -> models.Added:
    """Add a row to a register: a body, a place of detention, a visit."""
    return models.Added(id=str(ADDERS[_known(register)](called.office, given.fields, called.actor, called.at) or ""))


def _known(register: str) -> str:
    if register not in REGISTERS:
        raise NotFound(say("not_one_of", field="register", given=quoted(register), known=choice_list(REGISTERS)))
    return register
