"""The proof a person asks for: of an event by its case and number, or of what a receipt names."""

from dataclasses import dataclass

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.history.tlog_proofs import TlogProof
from npm_cases.services.brought_trust import a_receipt
from npm_cases.services.checkpoints import OpenLog, proof_of, prove
from npm_cases.services.log import NO_BOUND
from npm_cases.services.ports import Office


@dataclass(frozen=True, slots=True)
class AskedProof:
    """What was typed: a case (number or id) with the number of an event in it, or a receipt, written CASE:SEQ:LEAF."""

    case: str
    seq: str
    receipt: str


def asked_proof(office: Office, open_log: OpenLog, asked: AskedProof, actor: Actor) -> tuple[str, TlogProof]:
    """Return a name for the proof, and the proof.

    Raises BadInput naming the field; NotFound, also for a case that is kept from the actor; Conflict when the event is newer
    than the newest checkpoint; IntegrityBroken when the log does not hold what a receipt names.
    """
    access.need(actor, "look into the log")
    if asked.receipt:
        receipt = a_receipt(asked.receipt)
        return f"{receipt.case}-{receipt.seq}", proof_of(
            open_log, _chain(office, receipt.case, actor), receipt.seq, receipt.leaf
        )
    if not _is_number(asked.seq):
        raise BadInput(say("event_number_needed", field="seq"))
    return f"{asked.case}-{asked.seq}", prove(office, open_log, asked.case, int(asked.seq), actor)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(NO_BOUND)) and 0 < int(text) < NO_BOUND


def _chain(office: Office, case: str, actor: Actor) -> str:
    """Return the chain a receipt names: an id as it is; that of a case that is gone is still proof.

    Raises NotFound for a number that is none, or of a case that is kept from the actor.
    """
    with office.open_reading() as work:
        try:
            found = work.read_case(case)
        except NotFound:
            if "-" in case:
                raise
            return case
        access.need_sight(actor, found, work.excluded(found.id), case)
    return found.id
