"""F26: a letter is one message to one person, whatever is written into it."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from npm_cases.mail import Letter, LetterRefused, Outcome, SmtpSettings, Stage, as_message, deliver
from npm_cases.mail.talk import Talk
from tests.mail.makers import a_letter, settings_for
from tests.mail.scripted_server import ScriptedServer

SETTINGS = settings_for(25, sender_name="Қамқор кеңсе")


def parsed(letter: Letter) -> EmailMessage:
    return message_from_bytes(as_message(letter, SETTINGS).as_bytes(), policy=policy.default)


def test_a_letter_comes_out_as_it_was_written() -> None:
    letter = a_letter(written_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    message = parsed(letter)
    assert message["Subject"] == letter.subject
    assert message["From"] == "Қамқор кеңсе <engine@cases.example>"
    assert message["To"] == letter.to
    assert message["Reply-To"] == "office@cases.example"
    assert message["Message-ID"] == letter.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "kk"
    assert message["Date"].datetime == letter.written_at
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == letter.plain.splitlines()
    assert html.get_content().strip() == letter.html


def test_a_letter_is_ascii_lines_of_bearable_length() -> None:
    raw = as_message(a_letter(subject="Қ" * 200, message_id=f"<{'a' * 150}@cases.example>"), SETTINGS).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("sign", ["\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\x00", "\x0b", "\u202e", "\ud800"])
@pytest.mark.parametrize("member", ["to", "subject", "message_id"])
def test_a_line_end_or_control_in_a_header_refuses_the_letter(member: str, sign: str) -> None:
    value = getattr(a_letter(), member)
    for text in (f"{value}{sign}Bcc: other@office.example", f"{value}{sign}", f"{sign}{value}"):
        with pytest.raises(LetterRefused):
            as_message(a_letter(**{member: text}), SETTINGS)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c.example,x@y.example",
        "one@office.example,two@office.example",
        "one@office.example;two@office.example",
        "one@office.example two@office.example",
        '"one two"@office.example',
        "<one@office.example>",
        "One <one@office.example>",
        "one@office.example> SIZE=1",
        "one@[127.0.0.1]",
        "one@-office.example",
        "one@office..example",
        ".one@office.example",
        "бір@office.example",
        "=?utf-8?q?one=40office.example=0D=0ABcc?=",
        "a" * 65 + "@office.example",
        "one@" + "a" * 300,
    ],
)
def test_an_address_that_is_not_one_plain_mailbox_refuses_the_letter_without_repeating_it(address: str) -> None:
    with pytest.raises(LetterRefused) as caught:
        as_message(a_letter(to=address), SETTINGS)
    assert "office" not in caught.value.reason


def test_a_domain_in_kazakh_letters_is_written_in_ascii() -> None:
    assert parsed(a_letter(to="one@кеңсе.қаз"))["To"].addresses[0].domain.startswith("xn--")


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "=?utf-8?q?x=0D=0ABcc:_other=40office.example?="},
        {"subject": ""},
        {"subject": "x" * 201},
        {"message_id": "letter-1@cases.example"},
        {"message_id": "<a@b> <c@d>"},
        {"lang": "kk\r\nBcc: x"},
        {"plain": "\ud800"},
        {"html": "\ud800"},
        {"written_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - that it has no offset is the point
    ],
)
def test_what_cannot_be_written_down_refuses_the_letter(changed: dict[str, object]) -> None:
    with pytest.raises(LetterRefused):
        as_message(a_letter(**changed), SETTINGS)


@pytest.mark.parametrize(
    "body", ["a\n.\nb", "a\r\n.\r\nMAIL FROM:<x>", "a\n.\r\nb", "a\r.\rb", ".", "..\n.", "a\r\n.\r\n", "x" * 5_000]
)
def test_a_body_cannot_end_its_message_early(body: str) -> None:
    with ScriptedServer({}) as server:
        deliveries = deliver([a_letter(plain=body, html=body), a_letter(2)], settings_for(server.port))
    assert [delivery.outcome for delivery in deliveries] == [Outcome.SENT] * 2
    assert len(server.messages) == 2
    assert server.recipients == ["RCPT TO:<post1@office.example>", "RCPT TO:<post2@office.example>"]
    plain = message_from_bytes(server.messages[0], policy=policy.default).get_body(("plain",))
    assert plain is not None
    expected = body.replace("\r\n", "\n").replace("\r", "\n")
    assert plain.get_content().replace("\r\n", "\n").rstrip("\n") == expected.rstrip("\n")


def test_a_line_that_begins_with_a_dot_survives_even_in_a_body_that_is_not_base64() -> None:
    content = b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n"

    async def talk(settings: SmtpSettings) -> None:
        line = Talk(settings)
        await line.open()
        await line.hand_over("post1@office.example", content)
        await line.end()

    with ScriptedServer({}) as server:
        asyncio.run(talk(settings_for(server.port)))
    assert server.messages == [content]


def test_a_refused_letter_leaves_the_others_of_its_batch() -> None:
    letters = [a_letter(1), a_letter(2, subject="a\r\nBcc: x"), a_letter(3)]
    with ScriptedServer({}) as server:
        deliveries = deliver(letters, settings_for(server.port))
    assert [delivery.outcome for delivery in deliveries] == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]
    assert deliveries[1].stage is Stage.LETTER
    assert len(server.messages) == 2
