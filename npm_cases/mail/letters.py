"""A letter, and the message it becomes. No header can be made to hold more than what belongs there.

Source: RFC 5322 (headers), RFC 3834 section 5 (Auto-Submitted).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Final

from npm_cases.mail.addresses import is_unprintable, mailbox
from npm_cases.mail.errors import LetterRefused
from npm_cases.mail.settings import SmtpSettings

_MESSAGE_ID: Final = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>\Z")
_LANGUAGES: Final = frozenset({"kk", "ru", "en"})
_LONGEST_ID: Final = 200
_LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person. All tries to deliver it carry the same ``message_id``, angle brackets included.

    ``written_at`` is an instant with an offset; without it the first server on the way dates the letter.
    """

    message_id: str
    to: str
    subject: str
    plain: str
    html: str
    lang: str
    written_at: datetime | None = None


def as_message(letter: Letter, settings: SmtpSettings) -> EmailMessage:
    """Write a letter down as a message: headers in ASCII, both bodies in base64, the same bytes on every try.

    Raises LetterRefused.
    """
    _check(letter)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(settings.sender_name, addr_spec=mailbox(settings.sender))
    try:
        message["To"] = Address(addr_spec=mailbox(letter.to))
    except ValueError as error:
        raise LetterRefused(letter.message_id, str(error)) from error
    if settings.reply_to:
        message["Reply-To"] = Address(addr_spec=mailbox(settings.reply_to))
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    if letter.written_at is not None:
        message["Date"] = letter.written_at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_one_line_end(letter.plain), cte="base64")
    message.add_alternative(_one_line_end(letter.html), subtype="html", cte="base64")
    message["Content-Language"] = letter.lang  # last: setting a content drops every Content- header before it
    message.set_boundary(f"=_{sha256(letter.message_id.encode()).hexdigest()[:32]}")
    return message


def _check(letter: Letter) -> None:
    """Refuse what could end a header early or be read as an encoded header by the next program."""
    faults = {
        "the Message-ID is not one id in angle brackets": not _MESSAGE_ID.match(letter.message_id)
        or len(letter.message_id) > _LONGEST_ID,
        "the subject holds a line end or a control character": is_unprintable(letter.subject),
        "the subject holds an encoded word (=?)": "=?" in letter.subject,
        "the subject is empty or too long": not 0 < len(letter.subject) <= _LONGEST_SUBJECT,
        "the language is not kk, ru or en": letter.lang not in _LANGUAGES,
        "the text holds half of a surrogate pair": _has_surrogates(letter.plain) or _has_surrogates(letter.html),
        "the time of writing has no offset": letter.written_at is not None and letter.written_at.utcoffset() is None,
    }
    for reason, is_fault in faults.items():
        if is_fault:
            raise LetterRefused(letter.message_id, reason)


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
