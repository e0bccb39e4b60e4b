"""What an auditor brings to a verification, as texts and files: read, and refused in words a page can show."""

from collections.abc import Iterable
from dataclasses import dataclass

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.proving import trust
from npm_cases.proving.trust import Trust, TrustWrong
from npm_cases.services.long_logs import need_short_log


@dataclass(frozen=True, slots=True)
class Brought:
    """Verifier keys of the log and of witnesses and receipts, one in a line; kept checkpoints with the names of their files.

    ``quorum`` is how many witnesses must have signed, empty for all that are named.
    """

    keys: str = ""
    witnesses: str = ""
    quorum: str = ""
    receipts: str = ""
    kept: tuple[tuple[str, bytes], ...] = ()


def asked_verification(brought: Brought, entries: int, actor: Actor) -> Trust:
    """Return what a verification asked for on a page believes, of a log of so many entries.

    Raises NotAllowed; RefusedByRule for a log too long for a page; BadInput.
    """
    access.need(actor, "look into the log")
    need_short_log(entries)
    return read_trust(brought)


def read_trust(brought: Brought) -> Trust:
    """Return what a verification believes.

    Raises BadInput saying what cannot be read.
    """
    try:
        witnesses = tuple(map(trust.witness_key, _lines(brought.witnesses)))
        return Trust(
            keys=tuple(map(trust.log_key, _lines(brought.keys))),
            kept=tuple(trust.kept_checkpoint(name, data) for name, data in brought.kept),
            witnesses=witnesses,
            quorum=trust.quorum_of(_quorum(brought.quorum), witnesses),
            receipts=tuple(map(trust.receipt, _lines(brought.receipts))),
        )
    except TrustWrong as wrong:
        raise BadInput(say("trust_unreadable", wrong=wrong)) from wrong


def a_receipt(text: str) -> trust.Receipt:
    """Read a receipt, written CASE:SEQ:LEAF.

    Raises BadInput.
    """
    try:
        return trust.receipt(text)
    except TrustWrong as wrong:
        raise BadInput(say("trust_unreadable", field="receipt", wrong=wrong)) from wrong


def _quorum(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise BadInput(say("not_a_number", field="quorum", given=quoted(text)))
    return int(text)


def _lines(text: str) -> Iterable[str]:
    return filter(None, map(str.strip, text.splitlines()))
