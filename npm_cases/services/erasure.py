"""Erasure: the key of a closed case is destroyed by two people on a legal basis, and everything still verifies.

The event comes first and says which class of data went; then the key goes, and the names with it. Ciphertexts and
document files stay: the history commits to them. A crash in between is completed later, never forgotten.
"""

from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, RefusedByRule
from npm_cases.domain.message_values import choice_list, quoted, several
from npm_cases.domain.messages import say
from npm_cases.domain.records import ALLEGATION, RECOMMENDATION, Actor, Approval, By, Case, Receipt
from npm_cases.domain.rights import RIGHTS
from npm_cases.history.event import EventType, Written, read
from npm_cases.services import approvals
from npm_cases.services.casework import OnCase, once_on
from npm_cases.services.committed import parties, titled
from npm_cases.services.given_codes import a_code
from npm_cases.services.moves import is_final
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import record
from npm_cases.services.sealing import ERASED

EVENT = "erase"
DATA_CLASS = "protected_text"
"""The one class of data that can be erased: every sealed text and document of a case, and the names in them."""
LEGAL_HOLD = "legal_hold"

# Why a case cannot be erased now, each with the words for a person.
REASONS = {
    "erased_already": say("erased_already"),
    "nothing_protected": say("nothing_protected"),
    "case_is_open": say("case_is_open"),
    "clock_runs": say("clock_runs"),
    "under_legal_hold": say("under_legal_hold"),
}


@dataclass(frozen=True, slots=True)
class Proposed:
    """An erasure that waits for its second person: the approval to confirm, and the receipt of the proposal."""

    approval: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Gone:
    """What an erasure took away: of which case, when (UTC text), on which basis, how many texts and documents."""

    number: str
    at: str
    basis: str
    texts: int
    documents: int


def propose_erasure(office: Office, command: OnCase, basis: str, reason: str) -> Proposed:
    """Propose to erase the protected text of a case; nothing is erased until another person confirms it.

    ``basis`` is a code of the country pack, ``reason`` a code of one's own. Raises NotFound, NotAllowed, BadInput;
    RefusedByRule with every reason why the case cannot be erased now.
    """
    role = access.need(command.actor, "propose an erasure")
    _is_known(office, basis)
    reason = a_code("--reason", reason)

    def put(work: Work, case: Case, at: str) -> dict[str, Any]:
        _need_erasable(work, case)
        exact = {
            "case": case.id, "event": EVENT, "role": role, "user": command.actor.user,
            "on_behalf": command.actor.on_behalf, "basis": basis, "reason": reason, "class": DATA_CLASS,
        }  # fmt: skip
        approval, _ = approvals.put_forward(work, office, case, EVENT, exact, By(command.actor, role, at))
        return {"approval": approval}

    answer = once_on(office, command, (EVENT, basis, reason), put)
    return Proposed(answer["approval"], Receipt(**answer["receipt"]))


def record_erasure(work: Work, office: Office, case: Case, approval: Approval, actor: Actor, at: str) -> Written:
    """Record the erasure another person confirms; the key is destroyed when this is committed, not before.

    Raises NotAllowed; RefusedByRule when the case was reopened, held or erased since it was proposed.
    """
    role = access.need(actor, "confirm an erasure")
    _need_erasable(work, case)
    exact = approvals.exact_act(work, office, approval)
    approvals.confirm(work, office, case, approval, By(actor, role, at))
    texts, documents = work.protected(case.id)
    proposer = Actor(exact["user"], frozenset({exact["role"]}), on_behalf=exact["on_behalf"])
    facts = {"class": exact["class"], "basis": exact["basis"], "texts": texts, "documents": documents}
    case.facts = {**case.facts, ERASED: exact["basis"]}
    case.version += 1
    if case.kind == RECOMMENDATION and not office.pack.channel(case.channel).public:
        case.title = case.number  # the title was sealed too; what lists show of it goes with it
    elif case.kind == ALLEGATION:
        case.place = ""  # sealed too; the region stays, by which it is decided who may know of the case
    facts |= _committed_anew(work, office, case)
    line = record(
        work, office, case, EventType.ERASED, at, proposer, exact["role"], reason=exact["reason"], facts=facts,
        approved_by=actor.user,
    )  # fmt: skip
    work.save_case(case)
    return line


def _committed_anew(work: Work, office: Office, case: Case) -> dict[str, str]:
    """Draw other random bytes and commit to what stays: under those before, what went could still be guessed."""
    case.blind = office.new_blind()
    excluded = work.excluded(case.id)
    return {"titled": titled(case), **({"parties": parties(case, excluded)} if excluded else {})}


def destroy_key(office: Office, case_id: str) -> None:
    """Destroy the key of a case whose erasure is recorded, and its names; what this process had opened is forgotten."""
    office.keys.destroy(case_id)
    office.sealer.forget()


def erasure_of(office: Office, approval: str) -> Gone | None:
    """Return what the erasure a proposal led to took away; None for a proposal of another act, or one not confirmed."""
    with office.open_reading() as work:
        proposal = work.approval(approval)
        rows = work.rows("case_events", {"chain": proposal.chain, "type": EventType.ERASED.value})
        if proposal.event != EVENT or not rows:
            return None
        event = read(bytes(rows[-1]["data"]))
        facts = event.facts
        return Gone(work.number_of(proposal.chain), event.at, facts["basis"], facts["texts"], facts["documents"])


def unfinished_erasures(office: Office) -> list[str]:
    """Return the erased cases whose key or names are there.

    A program ended between the event and the destruction, or an old backup of the key store was put in place.
    """
    with office.open_reading() as work:
        confirmed = {row["chain"] for row in work.rows("approvals", {"event": EVENT, "status": "confirmed"})}
        still = office.keys.held(confirmed) | office.keys.indexed(confirmed) if confirmed else frozenset()
        # The table of proposals alone destroys nothing: the history must say it.
        return [
            case for case in sorted(still) if work.rows("case_events", {"chain": case, "type": EventType.ERASED.value})
        ]


def finish_erasures(office: Office) -> int:
    """Complete every erasure that broke off; returns how many. Without a key store at hand there is nothing to do."""
    if not office.keys.at_hand:
        return 0
    unfinished = unfinished_erasures(office)
    for case_id in unfinished:
        destroy_key(office, case_id)
    office.keys.scrub()  # again: a reader at the moment of an erasure keeps older bytes in the log of the store
    return len(unfinished)


def _is_known(office: Office, basis: str) -> None:
    bases = office.pack.erasure_bases
    if basis not in bases:
        raise BadInput(say("not_one_of", field="--basis", given=quoted(basis), known=choice_list(sorted(bases))))


def _need_erasable(work: Work, case: Case) -> None:
    against = _against(work, case)
    if against:
        message = say("cannot_be_erased", number=case.number, reasons=several(REASONS[reason] for reason in against))
        raise RefusedByRule(message, tuple(against), tuple(sorted(RIGHTS["confirm an erasure"])))


def _against(work: Work, case: Case) -> list[str]:
    found = {
        "erased_already": ERASED in case.facts,
        "nothing_protected": not work.holds_sealed(case.id),
        "case_is_open": not is_final(case),
        "clock_runs": bool(work.open_obligations(case.id)),
        "under_legal_hold": bool(case.facts.get(LEGAL_HOLD)),
    }
    return [reason for reason, holds in found.items() if holds]
