from email import message_from_bytes, policy
from pathlib import Path

import pytest

from npm_cases.mail import Outcome, deliver
from npm_cases.mail.sink import MailSink
from tests.mail.makers import a_letter, settings_for


def test_the_sink_keeps_each_letter_as_a_file_with_its_envelope(tmp_path: Path) -> None:
    with MailSink(tmp_path / "mail") as sink:
        deliveries = deliver([a_letter(number) for number in range(3)], settings_for(sink.port))
        assert sink.count == 3
    assert {delivery.outcome for delivery in deliveries} == {Outcome.SENT}
    kept = sorted((tmp_path / "mail").iterdir())
    assert [path.name for path in kept] == ["000001.eml", "000002.eml", "000003.eml"]
    message = message_from_bytes(kept[1].read_bytes(), policy=policy.default)
    assert message["X-Envelope-To"] == "post1@office.example"
    assert message["Message-ID"] == "<letter-1@cases.example>"
    assert message["Subject"] == "Сіздің назарыңыз қажет"


def test_a_second_sink_counts_on_from_the_letters_it_finds(tmp_path: Path) -> None:
    for _ in range(2):
        with MailSink(tmp_path) as sink:
            deliver([a_letter()], settings_for(sink.port))
            assert sink.count == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000001.eml", "000002.eml"]


def test_a_taken_port_is_said_at_once(tmp_path: Path) -> None:
    with MailSink(tmp_path) as sink, pytest.raises(OSError, match="in use"), MailSink(tmp_path, sink.port):
        pass


def test_a_sink_ends_while_somebody_is_still_connected(tmp_path: Path) -> None:
    import socket

    with MailSink(tmp_path) as sink:
        link = socket.create_connection(("127.0.0.1", sink.port))
        assert link.recv(3) == b"220"
    link.close()
