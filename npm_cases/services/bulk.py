"""One act on many cases: each case is a transaction of its own, through the use case for one, and is answered for by itself."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, CaseError, ConfigurationError, IntegrityBroken, NotFound, TryAgain
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, Case, Receipt
from npm_cases.services.casework import OnCase, assign, link
from npm_cases.services.ports import Office
from npm_cases.services.remind import remind_now

MOST_AT_ONCE = 200
AGAINST_ALL = (TryAgain, IntegrityBroken, ConfigurationError)
"""What would stand against the next case as well: nothing more is tried after it."""


@dataclass(frozen=True, slots=True)
class Many:
    """Which cases, in the order they were chosen, by whom and when; ``key`` makes a repeat of the same command harmless."""

    cases: Sequence[str]
    actor: Actor
    at: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one case: done with the receipt of its event, or refused with why. Nothing was changed by a refusal."""

    case: str
    receipt: Receipt | None = None
    why: CaseError | None = None


def chosen_cases(office: Office, refs: Iterable[str], actor: Actor) -> list[Case]:
    """Return the chosen cases as they stand, in the order given, each once; those the actor may not know are left out.

    Raises BadInput where none is chosen, or more than 200; NotAllowed.
    """
    access.need(actor, "list cases")
    found: list[Case] = []
    with office.open_reading() as work:
        for ref in _checked(refs):
            try:
                case = work.read_case(ref)
                access.need_sight(actor, case, work.excluded(case.id), ref)
            except NotFound:
                continue
            found.append(case)
    return found


def assign_all(office: Office, many: Many, user: str) -> list[Answer]:
    """Give the cases to a caseworker; raises BadInput for no user, NotAllowed, and like ``chosen_cases``."""
    access.need(many.actor, "assign a case")
    if not user:
        raise BadInput(say("field_needed", field="user"))
    return _each(many, lambda one: assign(office, one, user))


def remind_all(office: Office, many: Many) -> list[Answer]:
    """Remind of what bodies outside owe in the cases; raises NotAllowed, and like ``chosen_cases``."""
    access.need(many.actor, "send a reminder")
    return _each(many, lambda one: remind_now(office, one))


def link_all(office: Office, many: Many, other: str, kind: str) -> list[Answer]:
    """Link the cases to one other; raises BadInput for no other case, NotAllowed, and like ``chosen_cases``."""
    access.need(many.actor, "link cases")
    if not other:
        raise BadInput(say("field_needed", field="other"))
    return _each(many, lambda one: link(office, one, other, kind))


def _checked(refs: Iterable[str]) -> list[str]:
    once = list(dict.fromkeys(ref for ref in refs if ref))
    if not once:
        raise BadInput(say("no_case_chosen"))
    if len(once) > MOST_AT_ONCE:
        raise BadInput(say("too_many_chosen", count=len(once), most=MOST_AT_ONCE))
    return once


def _each(many: Many, do: Callable[[OnCase], Receipt]) -> list[Answer]:
    """Do it to each case; after what stands against all of them, the rest is answered for with the same."""
    answers: list[Answer] = []
    stopped: CaseError | None = None
    for ref in _checked(many.cases):
        answer = Answer(ref, why=stopped) if stopped else _one(many, ref, do)
        stopped = answer.why if isinstance(answer.why, AGAINST_ALL) else None
        answers.append(answer)
    return answers


def _one(many: Many, ref: str, do: Callable[[OnCase], Receipt]) -> Answer:
    key = f"{many.key}-{ref}" if many.key else ""
    try:
        return Answer(ref, do(OnCase(ref, many.actor, many.at, key=key)))
    except CaseError as error:
        return Answer(ref, why=error)


def refused_first(answers: Iterable[Answer]) -> list[Answer]:
    """Return the answers with what a person must still look at in front; otherwise the order stays."""
    return sorted(answers, key=lambda one: one.why is None)
