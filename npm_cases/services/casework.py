"""The small acts on a case beside its machines: assign, link, add a document, suspend and resume a clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, Conflict, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor, By, Case, Receipt
from npm_cases.history.event import EventType
from npm_cases.services import answers, obligations
from npm_cases.services.documents import staged
from npm_cases.services.given_codes import a_code
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Office, Readable, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.team import need_team
from npm_cases.services.users import actor_of

LINK_KINDS = ("same_matter", "repeats", "related")


@dataclass(frozen=True, slots=True)
class OnCase:
    """Who does something to which case, and when; ``if_version`` is the version the person saw.

    ``key`` makes a repeat of the same command harmless.
    """

    case: str
    actor: Actor
    at: str
    if_version: int | None = None
    key: str = ""


def seen_case(work: Work, command: OnCase) -> Case:
    """Return a case its actor may know, at the version they saw.

    Raises NotFound, Conflict.
    """
    case = work.case(command.case)
    access.need_sight(command.actor, case, work.excluded(case.id), command.case)
    if command.if_version is not None and command.if_version != case.version:
        raise Conflict(say("case_changed", number=case.number, seen=command.if_version, version=case.version))
    return case


def once_on(
    office: Office, command: OnCase, what: tuple[str, ...], do: Callable[[Work, Case, str], dict[str, Any]]
) -> dict[str, Any]:
    """Do something to a case in one transaction, once per key, and return its answer with the receipt of its event.

    ``do`` gets the case and the instant it happens at; what it returns stands beside the receipt of the last event.
    """
    return once_more(lambda: _once_on(office, command, what, do), command.key)


def _once_on(
    office: Office, command: OnCase, what: tuple[str, ...], do: Callable[[Work, Case, str], dict[str, Any]]
) -> dict[str, Any]:
    body = [command.case, *what]
    with office.open_work() as work:
        answer = answers.earlier(work, command.key, command.actor.user, body)
        if answer is None:
            case = seen_case(work, command)
            more = do(work, case, instant(case, command.at))
            case.version += 1
            work.save_case(case)
            answer = {"receipt": {"case": case.id, "seq": case.seq, "leaf": case.head.hex()}, **more}
            answers.keep(work, command.key, command.actor.user, body, answer, command.at)
            work.commit()
        return answer


def assign(office: Office, command: OnCase, user: str) -> Receipt:
    """Give a case to a caseworker; nobody excluded from it can get it.

    Raises NotFound for an unknown user; NotAllowed; BadInput for somebody named in the allegation.
    """
    role = access.need(command.actor, "assign a case")

    def give(work: Work, case: Case, at: str) -> dict[str, Any]:
        found = work.rows("users", {"id": user})
        if not found or found[0]["disabled_at"]:
            raise NotFound(say("no_user", given=quoted(user)))
        need_team(work, office, case, command.actor, at)
        target, excluded = actor_of(work, found[0]), work.excluded(case.id)
        if user in excluded or not target.bodies.isdisjoint(excluded):
            raise BadInput(say("excluded_from_case", user=user))
        if not access.may_see(target, case, excluded):
            raise BadInput(say("assignee_cannot_see", user=user))
        case.assignee = user
        record(work, office, case, EventType.CASE_ASSIGNED, at, command.actor, role, facts={"assignee": user})
        return {}

    return _receipt(once_on(office, command, ("assign", user), give))


def link(office: Office, command: OnCase, other: str, kind: str) -> Receipt:
    """Link a case to another: the same matter, a repeat, or related; both histories say so."""
    role = access.need(command.actor, "link cases")
    if kind not in LINK_KINDS:
        raise BadInput(say("not_one_of", field="--kind", given=quoted(kind), known=choice_list(LINK_KINDS)))

    def tie(work: Work, case: Case, at: str) -> dict[str, Any]:
        target = seen_case(work, OnCase(other, command.actor, command.at))
        if case.id == target.id:
            raise BadInput(say("linked_to_itself", number=case.number))
        known = work.rows("links", {"from_case": case.id, "to_case": target.id, "kind": kind})
        if known:
            raise Conflict(say("linked_already", number=case.number, other=target.number, kind=choice_list((kind,))))
        work.insert("links", {"from_case": case.id, "to_case": target.id, "kind": kind, "at": at})
        for chain, facts in ((target, {"by": case.id}), (case, {"to": target.id})):
            when = instant(chain, at)
            record(work, office, chain, EventType.CASE_LINKED, when, command.actor, role, facts={**facts, "kind": kind})
        target.version += 1
        work.save_case(target)
        return {}

    return _receipt(once_on(office, command, ("link", other, kind), tie))


def add_document(office: Office, command: OnCase, name: str, content: bytes | Readable) -> tuple[str, Receipt]:
    """Put a document into a case: encrypted under the case's key, named by the hash of its ciphertext.

    ``content`` is read piece by piece, before the transaction begins. Returns the document's id and the receipt.
    Raises BadInput for an empty or an over-large file.
    """
    role = access.need(command.actor, "add a document")
    with staged(office, command.case, command.actor, ((name, content),)) as files:
        (file,) = files.files

        def put(work: Work, case: Case, at: str) -> dict[str, Any]:
            files.register(work, case, at)
            facts = {"size": file.size}
            record(work, office, case, EventType.DOCUMENT_ADDED, at, command.actor, role, docs=(file.id,), facts=facts)
            files.keep()
            return {"document": file.id}

        answer = once_on(office, command, ("document", name, file.digest), put)
    return str(answer["document"]), _receipt(answer)


def suspend(office: Office, command: OnCase, duty: str, on: date | None, reason: str) -> Receipt:
    """Stop one clock of a case from a day on, with a reason; a review is owed."""
    reason = a_code("--reason", reason)
    role = access.need(command.actor, "suspend a clock")
    day = _past_or_today(office, command.at, on)

    def stop(work: Work, case: Case, at: str) -> dict[str, Any]:
        obligations.suspend(work, office, case, duty, day, By(command.actor, role, at), reason)
        return {}

    return _receipt(once_on(office, command, ("suspend", duty, str(day), reason), stop))


def resume(office: Office, command: OnCase, duty: str, on: date | None, reason: str) -> Receipt:
    """Let a suspended clock run on from a day: the days it stood are not counted."""
    reason = a_code("--reason", reason)
    role = access.need(command.actor, "resume a clock")
    day = _past_or_today(office, command.at, on)

    def go_on(work: Work, case: Case, at: str) -> dict[str, Any]:
        obligations.resume(work, office, case, duty, day, By(command.actor, role, at), reason)
        return {}

    return _receipt(once_on(office, command, ("resume", duty, str(day), reason), go_on))


def _past_or_today(office: Office, at: str, on: date | None) -> date:
    today = office.times.day(from_text(at))
    if on is not None and on > today:
        raise BadInput(say("day_in_future", field="--on", day=on, today=today))
    return on or today


def _receipt(answer: Mapping[str, Any]) -> Receipt:
    return Receipt(**answer["receipt"])
