"""Delivery of a batch over one connection. A fault of one letter never becomes a fault of the next.

aiosmtplib speaks the protocol; the steps are taken one by one here, because only so it is known whether the text was
already sent when a link broke. There is no fallback: without TLS as set, nothing is sent.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from npm_cases.mail.addresses import mailbox
from npm_cases.mail.errors import LetterRefused
from npm_cases.mail.letters import Letter, as_message
from npm_cases.mail.outcomes import SERVER_STAGES, Delivery, Outcome, Stage
from npm_cases.mail.settings import SmtpSettings
from npm_cases.mail.talk import Stopped, Talk


@dataclass(frozen=True, slots=True)
class _Envelope:
    message_id: str
    to: str
    content: bytes


def deliver(letters: Sequence[Letter], settings: SmtpSettings) -> list[Delivery]:
    """Try each letter once, over one connection where the server allows it, and say what became of each.

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


async def _deliver_all(envelopes: Sequence[_Envelope], settings: SmtpSettings) -> list[Delivery]:
    talk = Talk(settings)
    found: list[Delivery] = []
    stuck = 0
    for envelope in envelopes:
        stopped = await _try(talk, envelope)
        if stopped is None:
            found.append(Delivery(envelope.message_id, Outcome.SENT, Stage.AFTER_DOT, 250, ""))
            stuck = 0
            continue
        found.append(stopped.of(envelope.message_id))
        stuck = stuck + 1 if stopped.code is None else 0
        if stopped.stage in SERVER_STAGES or stuck >= settings.stuck_limit:
            found += [_not_tried(rest.message_id, found[-1]) for rest in envelopes[len(found) :]]
            break
    await talk.end()
    return found


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


def _not_tried(message_id: str, last: Delivery) -> Delivery:
    stage = last.stage if last.is_about_server else Stage.CONNECT
    return Delivery(message_id, Outcome.RETRY, stage, last.code, f"not tried, as the batch ended early: {last.reason}")
