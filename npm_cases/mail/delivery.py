"""Delivery of a batch over a few connections. A fault of one letter never becomes a fault of the next.

aiosmtplib speaks the protocol; the steps are taken one by one here, because only so it is known whether the text was
already sent when a link broke. There is no fallback: without TLS as set, nothing is sent.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from npm_cases.mail.addresses import mailbox
from npm_cases.mail.errors import LetterRefused
from npm_cases.mail.letters import Letter, as_message
from npm_cases.mail.outcomes import SERVER_STAGES, Delivery, Outcome, Stage
from npm_cases.mail.settings import SmtpSettings
from npm_cases.mail.talk import Stopped, Talk

FEW = 10
"""So many letters are worth a connection of their own."""


@dataclass(frozen=True, slots=True)
class _Envelope:
    message_id: str
    to: str
    content: bytes


def deliver(letters: Sequence[Letter], settings: SmtpSettings) -> list[Delivery]:
    """Try each letter once, over as few connections as ``settings`` and the server allow, and say what became of each.

    In the order of ``letters``, one ``Delivery`` each. A letter without an answer within its limit costs the others
    that limit and a new connection; a server that cannot be reached, or ``stuck_limit`` such letters in a row, ends the
    batch with ``retry`` for the rest. Runs an event loop of its own, so it must not be called from inside one.
    Raises ConfigurationRefused.
    """
    found: dict[int, Delivery] = {}
    envelopes: dict[int, _Envelope] = {}
    for place, letter in enumerate(letters):
        try:
            content = as_message(letter, settings).as_bytes()
            envelopes[place] = _Envelope(letter.message_id, mailbox(letter.to), content)
        except LetterRefused as refusal:
            found[place] = Delivery(letter.message_id, Outcome.REFUSED, Stage.LETTER, None, refusal.reason)
    if envelopes:
        tried = asyncio.run(_deliver_all(list(envelopes.values()), settings))
        found |= dict(zip(envelopes, tried, strict=True))
    return [found[place] for place in range(len(letters))]


class _Batch:
    """Letters that wait, what became of the others, and why the rest is not tried, if it is not."""

    def __init__(self, envelopes: Sequence[_Envelope], settings: SmtpSettings) -> None:
        self.settings = settings
        self.waiting = deque(enumerate(envelopes))
        self.found: dict[int, Delivery] = {}
        self.ended_by: Delivery | None = None
        self.stuck = 0
        self.is_answered = asyncio.Event()  # the server took a letter, or the first connection gave up

    def note(self, place: int, envelope: _Envelope, stopped: Stopped | None) -> None:
        """Keep what became of a letter; a server that cannot be used, or is silent too often, ends the batch."""
        if stopped is None:
            self.found[place] = Delivery(envelope.message_id, Outcome.SENT, Stage.AFTER_DOT, 250, "")
            self.stuck = 0
            self.is_answered.set()
            return
        self.found[place] = stopped.of(envelope.message_id)
        self.stuck = self.stuck + 1 if stopped.code is None else 0
        if stopped.stage in SERVER_STAGES or self.stuck >= self.settings.stuck_limit:
            self.ended_by = self.found[place]


async def _deliver_all(envelopes: Sequence[_Envelope], settings: SmtpSettings) -> list[Delivery]:
    """Deliver over several connections at once; the others are opened when the first has seen a letter taken."""
    batch = _Batch(envelopes, settings)
    others = min(settings.connections, len(envelopes) // FEW) - 1
    await asyncio.gather(_first(batch), *(_another(batch) for _ in range(others)))
    return [batch.found.get(place) or _not_tried(one.message_id, batch.ended_by) for place, one in enumerate(envelopes)]


async def _first(batch: _Batch) -> None:
    talk = Talk(batch.settings)
    try:
        await _carry(batch, talk)
    finally:
        batch.is_answered.set()
        await talk.end()


async def _another(batch: _Batch) -> None:
    """Help over one more connection; a server that wants no more of them is left to the first."""
    await batch.is_answered.wait()
    if not batch.waiting or batch.ended_by is not None:
        return
    talk = Talk(batch.settings)
    with suppress(Stopped):
        await talk.open()
        await _carry(batch, talk)
    await talk.end()


async def _carry(batch: _Batch, talk: Talk) -> None:
    """Take letters over one connection until none waits."""
    while batch.waiting and batch.ended_by is None:
        place, envelope = batch.waiting.popleft()
        batch.note(place, envelope, await _try(talk, envelope))


async def _try(talk: Talk, envelope: _Envelope) -> Stopped | None:
    """Hand one letter over; None is success. A line that had already ended when it was taken up again is no try."""
    was_used = talk.is_open
    stopped = await _hand_over(talk, envelope)
    if stopped is not None and was_used and stopped.stage is Stage.MAIL and stopped.is_end_of_line:
        return await _hand_over(talk, envelope)
    return stopped


async def _hand_over(talk: Talk, envelope: _Envelope) -> Stopped | None:
    try:
        await talk.open()
        await talk.hand_over(envelope.to, envelope.content)
    except Stopped as stopped:
        await talk.recover(stopped)
        return stopped
    return None


def _not_tried(message_id: str, last: Delivery | None) -> Delivery:
    if last is None:
        raise RuntimeError("a letter was neither tried nor was the batch ended")
    stage = last.stage if last.is_about_server else Stage.CONNECT
    return Delivery(message_id, Outcome.RETRY, stage, last.code, f"not tried, as the batch ended early: {last.reason}")
