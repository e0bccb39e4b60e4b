"""What a mail server reports of a letter it took: the delivery status notification of RFC 3464, read as hostile input.

Anybody can write such a report. What is read of it is the Message-ID of the letter that came back, and an action and a
status for each address; whether that letter was ever sent there is for the caller to know. No word of it goes further.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Final

from npm_cases.mail.addresses import mailbox

LARGEST: Final = 1 << 20
"""Octets. Our letters are small, and so is what comes back of them."""
_MOST_PARTS: Final = 64
_MESSAGE_ID: Final = re.compile(r"\s*(<[^<>\s]{1,200}>)\s*\Z")
_STATUS: Final = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?=\s|\(|\Z)", re.ASCII)
_ACTION: Final = re.compile(r"\s*([A-Za-z]{1,20})")
_XTEXT: Final = re.compile(r"\+([0-9A-F]{2})")
_ADDRESS_KINDS: Final = frozenset({"rfc822", "utf-8"})
_HOSTILE: Final = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)
"""What the standard library's parser raises on letters written to break it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report says of one address; ``status`` is an enhanced code (RFC 3463), empty where it gives none."""

    action: str
    status: str

    @property
    def is_failure(self) -> bool:
        """Say whether the letter will not arrive any more: a delay is none, whatever its status (RFC 3464 section 2.3.3)."""
        return self.action == "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A report on one letter, by the Message-ID in the headers that came back with it."""

    message_id: str
    outcomes: tuple[tuple[str, Outcome], ...]

    def about(self, address: str) -> Outcome | None:
        """Return the worst it says of an address, None where it does not name it."""
        wanted = _plain(address)
        found = [outcome for named, outcome in self.outcomes if wanted and named == wanted]
        return max(found, key=lambda outcome: outcome.is_failure, default=None)


def read_report(data: bytes) -> Report | None:
    """Read a report; None for any other letter, and for one that is broken, too large, or contradicts itself."""
    if len(data) > LARGEST or data.lower().count(b"content-type") > _MOST_PARTS:
        return None
    try:
        return _read(message_from_bytes(data, policy=policy.compat32))
    except _HOSTILE:
        return None


def _read(whole: Message) -> Report | None:
    kind = str(whole.get_param("report-type", ""))
    if whole.get_content_type() != "multipart/report" or kind.lower() != "delivery-status":
        return None
    parts = _inside(whole)
    if len(parts) != len(("for people", "for programs", "what came back")):
        return None
    if parts[1].get_content_type() != "message/delivery-status":
        return None
    ids, outcomes = set(_message_ids(parts[2])), tuple(_outcomes(_inside(parts[1])))
    if len(ids) != 1 or "" in ids or not outcomes:
        return None
    return Report(ids.pop(), outcomes)


def _message_ids(came_back: Message) -> Iterator[str]:
    """Yield each Message-ID in the headers that came back: of the letter itself, or of its headers alone (RFC 6522)."""
    headers = _inside(came_back)  # message/rfc822 is itself read as a letter, and stands inside its part
    content = came_back.get_payload(decode=True)
    if came_back.get_content_type() == "text/rfc822-headers" and isinstance(content, bytes):
        headers = [message_from_bytes(content, policy=policy.compat32)]
    for value in (value for one in headers[:1] for value in one.get_all("Message-ID", [])):
        yield found[1] if (found := _MESSAGE_ID.match(str(value))) else ""


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _outcomes(blocks: Iterable[Message]) -> Iterator[tuple[str, Outcome]]:
    """Yield what each block says of each address it names: the one we gave, and the one it became on the way."""
    for block in blocks:
        action = _ACTION.match(str(block.get("Action", "")))
        status = _STATUS.match(str(block.get("Status", "")))
        if action is None:
            continue  # the first block is about the whole letter
        outcome = Outcome(action[1].lower(), status[1] if status else "")
        for name in ("Original-Recipient", "Final-Recipient"):
            for value in block.get_all(name, []):
                kind, _, address = str(value).partition(";")
                if kind.strip().lower() in _ADDRESS_KINDS:
                    yield from ((plain, outcome) for plain in {_plain(address), _plain(_read_xtext(address))} if plain)


def _read_xtext(address: str) -> str:
    """Return an address some servers give back as we wrote it in the parameter (RFC 3461 section 4)."""
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), address)


def _plain(address: str) -> str:
    """Return an address as two spellings of it compare; empty for none."""
    try:
        return mailbox(address.strip().removeprefix("<").removesuffix(">")).casefold()
    except ValueError:
        return ""
