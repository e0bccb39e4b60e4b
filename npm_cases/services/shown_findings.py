"""What somebody is shown of the findings of a verification: every one, but no word that names a case kept from them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import READS
from npm_cases.proving.verdict import Finding
from npm_cases.services.exclusion import names_of
from npm_cases.services.ports import Office, Work


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding; one that ``is_kept`` says no more than that it is there, so that somebody else is asked to look."""

    case: str
    seq: int
    index: int | None
    what: str
    is_kept: bool = False


KEPT = ShownFinding("", 0, None, "", is_kept=True)


def shown_findings(office: Office, findings: Iterable[Finding], actor: Actor) -> list[ShownFinding]:
    """Return the findings as somebody may see them, in their order.

    Raises NotAllowed for a role that does not look into the log.
    """
    access.need(actor, "look into the log")
    with office.open_reading() as work:
        names_one = _kept_words(work, actor)
        return [
            KEPT if names_one(one) or _is_out_of_sight(work, one, actor)
            else ShownFinding(one.case, one.seq, one.index, one.what)
            for one in findings
        ]  # fmt: skip


def _kept_words(work: Work, actor: Actor) -> Callable[[Finding], bool]:
    """Return what finds the id or the number of a case that names the actor, wherever a finding says it."""
    kept = {row["chain"] for name in names_of(actor) for row in work.rows("exclusions", {"post": name})}
    numbers = {row["number"] for case in kept for row in work.rows("cases", {"id": case})}
    words = kept | numbers
    return lambda one: any(word in one.case or word in one.what for word in words)


def _is_out_of_sight(work: Work, one: Finding, actor: Actor) -> bool:
    """Say whether a finding is of a case the actor may not know, by region; of a case that is gone nobody can tell."""
    try:
        case = work.read_case(one.case.removeprefix(READS))
    except NotFound:
        return False
    return not access.may_see(actor, case, work.excluded(case.id))
