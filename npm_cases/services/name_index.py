"""Names found without being listed: a name that is sealed is indexed under a token that tells nothing by itself.

The token is HMAC-SHA256 of the written-alike name under a key of the key store. Only a whole name is found, and whoever
has key store and wrapping key can try names; whoever has the tokens alone sees which cases share a name, and no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.messages import say
from npm_cases.domain.names import NAME_FIELDS, written_alike
from npm_cases.domain.records import Actor, Case
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.given_codes import a_code
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record
from npm_cases.services.sealing import ERASED


@dataclass(frozen=True, slots=True)
class Found:
    """A case a name stands in."""

    number: str
    state: str


def find_name(office: Office, name: str, actor: Actor, at: str, reason: str) -> list[Found]:
    """Return the cases an actor may see that a name stands in, in order of their numbers.

    The look-up is recorded before anything is returned: on the office's chain also when nothing was found, and among
    the reads of each case that was. No event holds the name. Raises NotAllowed; BadInput for a name without a letter.
    """
    role = access.need(actor, "look a name up")
    reason, alike = a_code("--reason", reason), written_alike(name)
    if not alike:
        raise BadInput(say("name_needed", field="NAME"))
    with office.open_work() as work:
        found = sorted(_visible(work, actor, office.keys.cases_named(office.sealer.token(alike))), key=_number)
        facts = {"fields": list(NAME_FIELDS), "cases": [case.id for case in found]}
        chain = work.chain(OFFICE)
        record(work, office, chain, EventType.TEXT_READ, instant(chain, at), actor, role, facts=facts, reason=reason)
        for case in found:
            reads = work.chain(f"reads-{case.id}")
            of_case = {"case": case.id, "fields": list(NAME_FIELDS)}
            when = max(at, reads.last_at)
            record(work, office, reads, EventType.TEXT_READ, when, actor, role, facts=of_case, reason=reason)
        work.commit()
    return [Found(case.number, case.state) for case in found]


def _number(case: Case) -> str:
    return case.number


def _visible(work: Work, actor: Actor, case_ids: list[str]) -> Iterator[Case]:
    for case_id in case_ids:
        try:
            case = work.read_case(case_id)
        except NotFound:
            continue  # the name was indexed by an act that was not recorded in the end
        if ERASED in case.facts:
            continue  # its name came back with an old backup of the key store; the next sweep removes it again
        if access.may_see(actor, case, work.excluded(case.id)):
            yield case
