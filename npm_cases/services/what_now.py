"""What one person may do to a case now, with the fields each act takes; and what not, with every reason."""

from dataclasses import dataclass

from npm_cases.domain.instants import from_text
from npm_cases.domain.records import Actor, Case
from npm_cases.services.filling import authorised_role, facts_for
from npm_cases.services.moves import machines_of, state_of
from npm_cases.services.ports import Office
from state_machines import MACHINES
from state_machines.table import Field, Role, Row


@dataclass(frozen=True, slots=True)
class Need:
    """A guard that stands open: any of its fields meets it, or a second person does where ``second_person`` says so."""

    code: str
    fields: tuple[Field, ...]
    second_person: bool


@dataclass(frozen=True, slots=True)
class MayAct:
    """An act the person may do: ``needs`` are met by what is given with it, ``optional`` may be given too."""

    machine: str
    event: str
    next: str
    needs: tuple[Need, ...]
    optional: tuple[Field, ...]

    @property
    def waits_for_second(self) -> bool:
        """Whether nothing but another person's confirmation can complete it."""
        return any(need.second_person and not need.fields for need in self.needs)


@dataclass(frozen=True, slots=True)
class MayNotAct:
    """An act of the present states that is refused now: every reason, and the roles that may do it."""

    machine: str
    event: str
    reasons: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhatNow:
    """Both halves, in the order of the tables."""

    may: tuple[MayAct, ...]
    may_not: tuple[MayNotAct, ...]

    def act(self, event: str) -> MayAct | None:
        """Return an act the person may do, None where they may not."""
        return next((one for one in self.may if one.event == event), None)


def what_now(office: Office, case: Case, actor: Actor, at: str) -> WhatNow:
    """Split the events of the present states for one person.

    A guard that fields of the act can meet, or a second person, does not refuse: it is a need.
    """
    may: list[MayAct] = []
    may_not: list[MayNotAct] = []
    today = office.times.day(from_text(at))
    for machine in machines_of(case):
        table, state = MACHINES[machine], state_of(case, machine)
        for event in table.events_from(state):
            rows = [row for row in table.rows if row.state == state and row.event == event]
            role = Role(authorised_role(actor, {r for row in rows for r in row.who}) or Role.AUDITOR)
            row = table.row(state, event, role)
            reasons = table.reasons(state, event, role, facts_for(office, case, role.value, {}, today, event))
            if row is None or not _can_meet(row).issuperset(reasons):
                who = sorted({str(r) for one in rows for r in one.who})
                may_not.append(MayNotAct(machine, event, reasons, tuple(who)))
            else:
                may.append(_may(machine, row, reasons))
    return WhatNow(tuple(may), tuple(may_not))


def _can_meet(row: Row) -> frozenset[str]:
    return frozenset(guard.code for guard in row.guards if guard.fields or guard.second_person)


def _may(machine: str, row: Row, reasons: tuple[str, ...]) -> MayAct:
    open_guards = [guard for guard in row.guards if guard.code in reasons]
    asked = {field.name for guard in open_guards for field in guard.fields}
    return MayAct(
        machine=machine, event=row.event, next=row.next,
        needs=tuple(Need(guard.code, guard.fields, guard.second_person) for guard in open_guards),
        optional=tuple(field for field in row.fields if field.name not in asked),
    )  # fmt: skip
