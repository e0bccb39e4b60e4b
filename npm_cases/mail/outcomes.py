"""What became of one try to deliver one letter."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)", re.ASCII)


class Outcome(StrEnum):
    """Sent; not sent and worth another try; not sent and never by trying again; or nobody can say."""

    SENT = "sent"
    RETRY = "retry"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """Where in the talk with the server a try ended, in the order of the talk."""

    LETTER = "letter"  # before any connection: it could not be written down
    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # before the text was sent
    AFTER_DOT = "after_dot"


SERVER_STAGES: Final = frozenset({Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One try: its outcome, the stage at which it ended, the server's code, and a reason fit for a log.

    ``unknown`` means that the text was sent and no answer came: it may have arrived, and a further try carries the same
    Message-ID. The reason holds no address and no word of the server or of the letter.
    """

    message_id: str
    outcome: Outcome
    stage: Stage
    code: int | None
    reason: str

    @property
    def is_about_server(self) -> bool:
        """Whether the fault is the server's or the settings', and meets every letter: one incident, not one each."""
        return self.stage in SERVER_STAGES


def answered(message_id: str, stage: Stage, code: int, text: str) -> Delivery:
    """Read the server's answer (RFC 5321 section 4.2.1): 2xx done, 4xx for now, 5xx for good.

    For good counts only against a letter. A server that refuses us altogether is tried again, so that a wrong password
    costs an incident and not a batch of letters.
    """
    if code // 100 == 2 and stage is Stage.AFTER_DOT:  # noqa: PLR2004 - the first digit has the meaning
        return Delivery(message_id, Outcome.SENT, stage, code, "")
    enhanced = _ENHANCED.match(text)
    said = f"{code} {enhanced[0]}" if enhanced else str(code)
    if code // 100 == 5 and stage not in SERVER_STAGES:  # noqa: PLR2004
        return Delivery(message_id, Outcome.REFUSED, stage, code, f"the server refused at {stage} ({said})")
    if code // 100 in {4, 5} or stage is not Stage.AFTER_DOT:
        return Delivery(message_id, Outcome.RETRY, stage, code, f"the server did not accept at {stage} ({said})")
    return Delivery(message_id, Outcome.UNKNOWN, stage, code, f"the server's answer at {stage} has no meaning ({said})")


def unanswered(message_id: str, stage: Stage, reason: str) -> Delivery:
    """Silence or a lost link: before the text was sent it is not sent, after it nobody knows."""
    outcome = Outcome.UNKNOWN if stage is Stage.AFTER_DOT else Outcome.RETRY
    return Delivery(message_id, outcome, stage, None, f"{reason} at {stage}")
