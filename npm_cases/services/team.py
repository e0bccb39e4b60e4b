"""The team of a case: who may open what is sealed in an allegation once it has a caseworker."""

from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages import say
from npm_cases.domain.records import ALLEGATION, Actor, Case
from npm_cases.services.absences import stands_in_for
from npm_cases.services.ports import Office, Work

BESIDE_THE_TEAM = frozenset({"commissioner", "delegate", "secretariat", "auditor"})
"""Roles that may open it whoever has the case: those who answer for it, and those who check."""


def need_team(work: Work, office: Office, case: Case, actor: Actor, at: str) -> None:
    """Let pass whoever may open the protected text of a case, role and sight apart.

    Raises NotAllowed naming who has the case: they can be asked, or the case can be given to somebody else.
    """
    if case.kind != ALLEGATION or case.assignee in {"", actor.user} or not actor.roles.isdisjoint(BESIDE_THE_TEAM):
        return
    if case.assignee not in stands_in_for(work, actor.user, office.times.day(from_text(at))):
        raise NotAllowed(say("not_of_the_team", number=case.number, user=case.assignee))
