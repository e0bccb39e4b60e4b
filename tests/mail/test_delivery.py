"""F20 to F25: what a server can do to a letter, stage by stage."""

import time
from pathlib import Path

import pytest

from npm_cases.mail import ConfigurationRefused, Outcome, SmtpSettings, Stage, deliver
from tests.mail.makers import IMPATIENT, a_letter, certificate, limits, settings_for
from tests.mail.scripted_server import STAGES, ScriptedServer

LETTER_STAGES = ("mail", "rcpt", "data", "after_dot")


def a_login(port: int, trust: Path, fault: str = "") -> SmtpSettings:
    secret = {"username": "engine", "password": "synthetic"}
    return settings_for(port, security="starttls", ca_file=trust, **secret, **limits(fault))


def test_a_batch_goes_over_one_connection_in_order() -> None:
    with ScriptedServer({}) as server:
        deliveries = deliver([a_letter(number) for number in range(5)], settings_for(server.port))
    assert [delivery.outcome for delivery in deliveries] == [Outcome.SENT] * 5
    assert [delivery.message_id for delivery in deliveries] == [
        f"<letter-{number}@cases.example>" for number in range(5)
    ]
    assert server.connections == 1
    assert len(server.messages) == 5


def test_no_letters_need_no_server() -> None:
    assert deliver([], settings_for(1)) == []


@pytest.mark.parametrize("fault", ["silent", "drop", "no smtp at all"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_link_that_fails_is_not_sent_before_the_dot_and_unknown_after_it(
    tmp_path: Path, stage: str, fault: str
) -> None:
    context, trust = certificate(tmp_path)
    with ScriptedServer({stage: fault}, context) as server:
        begun = time.monotonic()
        (delivery,) = deliver([a_letter()], a_login(server.port, trust, fault))
        assert time.monotonic() - begun < 5
    assert delivery.stage == stage
    assert delivery.outcome == (Outcome.UNKNOWN if stage == "after_dot" else Outcome.RETRY)
    assert delivery.code is None
    assert len(server.messages) == (stage == "after_dot")


@pytest.mark.parametrize("stage", STAGES)
def test_a_4xx_answer_is_worth_another_try_at_any_stage(tmp_path: Path, stage: str) -> None:
    context, trust = certificate(tmp_path)
    with ScriptedServer({stage: "451 4.3.2 not now, post1@office.example"}, context) as server:
        (delivery,) = deliver([a_letter()], a_login(server.port, trust))
    assert (delivery.stage, delivery.outcome, delivery.code) == (stage, Outcome.RETRY, 451)
    assert "4.3.2" in delivery.reason
    assert "@" not in delivery.reason


@pytest.mark.parametrize("stage", STAGES)
def test_a_5xx_answer_ends_a_letter_but_not_for_a_fault_of_the_server(tmp_path: Path, stage: str) -> None:
    context, trust = certificate(tmp_path)
    with ScriptedServer({stage: "550 5.1.1 no such post1@office.example"}, context) as server:
        (delivery,) = deliver([a_letter()], a_login(server.port, trust))
    assert (delivery.stage, delivery.code) == (stage, 550)
    assert delivery.outcome == (Outcome.REFUSED if stage in LETTER_STAGES else Outcome.RETRY)
    assert delivery.is_about_server == (stage not in LETTER_STAGES)
    assert "@" not in delivery.reason


@pytest.mark.parametrize("fault", ["silent", "drop", "451 later", "421 going away", "550 never"])
@pytest.mark.parametrize("stage", LETTER_STAGES)
def test_one_bad_letter_does_not_hold_up_the_others(stage: str, fault: str) -> None:
    with ScriptedServer({stage: [fault]}) as server:
        begun = time.monotonic()
        deliveries = deliver([a_letter(number) for number in range(4)], settings_for(server.port, **limits(fault)))
        assert time.monotonic() - begun < 5
    assert deliveries[0].outcome != Outcome.SENT
    assert [delivery.outcome for delivery in deliveries[1:]] == [Outcome.SENT] * 3


def test_a_connection_the_server_ended_between_letters_costs_no_try() -> None:
    with ScriptedServer({"mail": ["250 ok", "drop", "250 ok", "421 enough", "250 ok"]}) as server:
        deliveries = deliver([a_letter(number) for number in range(3)], settings_for(server.port))
    assert [delivery.outcome for delivery in deliveries] == [Outcome.SENT] * 3
    assert server.connections == 3


def test_a_server_that_cannot_be_reached_is_asked_once_for_a_whole_batch() -> None:
    with ScriptedServer({"connect": "silent"}) as server:
        begun = time.monotonic()
        deliveries = deliver([a_letter(number) for number in range(50)], settings_for(server.port, **IMPATIENT))
        assert time.monotonic() - begun < 5
    assert server.connections == 1
    assert {(delivery.outcome, delivery.stage) for delivery in deliveries} == {(Outcome.RETRY, Stage.CONNECT)}


def test_many_letters_go_over_a_few_connections_and_each_once() -> None:
    with ScriptedServer({}) as server:
        deliveries = deliver([a_letter(number) for number in range(80)], settings_for(server.port, connections=4))
    assert {delivery.outcome for delivery in deliveries} == {Outcome.SENT}
    assert [delivery.message_id for delivery in deliveries] == [a_letter(number).message_id for number in range(80)]
    assert len(server.messages) == len(set(server.messages)) == 80
    assert 1 < server.connections <= 4


def test_a_server_that_wants_one_connection_gets_one() -> None:
    with ScriptedServer({"connect": ["220 ready", "421 too many", "421 too many", "421 too many"]}) as server:
        deliveries = deliver([a_letter(number) for number in range(80)], settings_for(server.port, connections=4))
    assert {delivery.outcome for delivery in deliveries} == {Outcome.SENT}
    assert len(server.messages) == 80


def test_a_server_that_cannot_be_reached_is_asked_once_however_many_connections_are_allowed() -> None:
    with ScriptedServer({"connect": "drop"}) as server:
        deliveries = deliver([a_letter(number) for number in range(80)], settings_for(server.port, connections=4))
    assert {delivery.outcome for delivery in deliveries} == {Outcome.RETRY}
    assert server.connections == 1


def test_no_server_at_all_is_a_retry() -> None:
    with ScriptedServer({}) as server:
        port = server.port
    (delivery,) = deliver([a_letter()], settings_for(port))
    assert (delivery.outcome, delivery.stage) == (Outcome.RETRY, Stage.CONNECT)


def test_letters_stuck_in_a_row_end_the_batch_as_not_tried() -> None:
    with ScriptedServer({"rcpt": "silent"}) as server:
        deliveries = deliver(
            [a_letter(number) for number in range(9)], settings_for(server.port, stuck_limit=2, **IMPATIENT)
        )
    assert [delivery.stage for delivery in deliveries] == [Stage.RCPT] * 2 + [Stage.CONNECT] * 7
    assert {delivery.outcome for delivery in deliveries} == {Outcome.RETRY}
    assert server.connections == 2


def test_all_tries_of_a_letter_carry_the_same_bytes() -> None:
    with ScriptedServer({"after_dot": ["drop", "451 later", "250 taken"]}) as server:
        outcomes = [deliver([a_letter()], settings_for(server.port))[0].outcome for _ in range(3)]
    assert outcomes == [Outcome.UNKNOWN, Outcome.RETRY, Outcome.SENT]
    assert len(set(server.messages)) == 1
    assert b"Message-ID: <letter-1@cases.example>" in server.messages[0]


def test_starttls_protects_everything_but_the_greeting(tmp_path: Path) -> None:
    context, trust = certificate(tmp_path)
    with ScriptedServer({}, context) as server:
        (delivery,) = deliver([a_letter()], a_login(server.port, trust))
    assert delivery.outcome == Outcome.SENT
    assert server.clear_commands == ["EHLO", "STARTTLS"]


def test_a_server_without_starttls_gets_nothing_in_clear_text(tmp_path: Path) -> None:
    context, trust = certificate(tmp_path)
    with ScriptedServer({}, context, offers_tls=False) as server:
        (delivery,) = deliver([a_letter()], a_login(server.port, trust))
    assert (delivery.outcome, delivery.stage) == (Outcome.RETRY, Stage.STARTTLS)
    assert "no TLS" in delivery.reason
    assert set(server.clear_commands) <= {"EHLO", "QUIT"}
    assert not server.messages


@pytest.mark.parametrize(
    ("address", "until", "is_trusted"),
    [("127.0.0.2", 2120, True), ("127.0.0.1", 2021, True), ("127.0.0.1", 2120, False)],
)
def test_a_wrong_expired_or_unknown_certificate_ends_the_talk(
    tmp_path: Path, address: str, until: int, is_trusted: bool
) -> None:
    context, trust = certificate(tmp_path, address, until)
    with ScriptedServer({}, context) as server:
        settings = settings_for(server.port, security="starttls", ca_file=trust if is_trusted else None)
        (delivery,) = deliver([a_letter()], settings)
    assert (delivery.outcome, delivery.stage) == (Outcome.RETRY, Stage.STARTTLS)
    assert "certificate" in delivery.reason
    assert not server.messages
    assert set(server.clear_commands) == {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("fault", ["silent", "drop", "250 this is no handshake"])
def test_a_handshake_that_never_ends_is_given_up_within_its_limit(tmp_path: Path, fault: str) -> None:
    context, trust = certificate(tmp_path)
    with ScriptedServer({"handshake": fault}, context) as server:
        begun = time.monotonic()
        (delivery,) = deliver([a_letter()], a_login(server.port, trust, fault))
        assert time.monotonic() - begun < 5
    assert (delivery.outcome, delivery.stage) == (Outcome.RETRY, Stage.STARTTLS)
    assert not server.messages


def test_a_plain_server_where_tls_is_set_gets_nothing(tmp_path: Path) -> None:
    _, trust = certificate(tmp_path)
    with ScriptedServer({}) as server:
        (delivery,) = deliver([a_letter()], settings_for(server.port, security="tls", ca_file=trust))
    assert (delivery.outcome, delivery.stage) == (Outcome.RETRY, Stage.CONNECT)
    assert not server.messages


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "mail.office.example"},
        {"host": "192.0.2.1"},
        {"security": "maybe"},
        {"username": "engine"},
        {"command_timeout": 0},
        {"sender": "engine@cases.example\r\nBcc: x@y.example"},
        {"reply_to": "nobody"},
        {"sender_name": "a\u2028b"},
    ],
)
def test_settings_that_would_leak_or_hang_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ConfigurationRefused):
        settings_for(25, **changed)


def test_a_missing_trust_file_is_a_matter_of_settings(tmp_path: Path) -> None:
    settings = settings_for(25, security="tls", ca_file=tmp_path / "nothing.pem")
    with pytest.raises(ConfigurationRefused, match=r"nothing\.pem"):
        deliver([a_letter()], settings)


def test_a_password_is_not_shown() -> None:
    assert "synthetic" not in repr(settings_for(25, username="engine", password="synthetic"))  # noqa: S106


def test_a_server_that_reports_is_asked_for_failures_only_and_for_no_word_of_the_letter() -> None:
    with ScriptedServer({}, reports=True) as server:
        (delivery,) = deliver([a_letter(to="post+one=two@office.example")], settings_for(server.port))
    assert delivery.outcome == Outcome.SENT
    assert server.senders == ["MAIL FROM:<engine@cases.example> RET=HDRS"]
    assert server.recipients == [
        "RCPT TO:<post+one=two@office.example> NOTIFY=FAILURE ORCPT=rfc822;post+2Bone+3Dtwo@office.example"
    ]


def test_a_server_that_does_not_report_is_asked_for_nothing() -> None:
    with ScriptedServer({}) as server:
        deliver([a_letter()], settings_for(server.port))
    assert server.senders == ["MAIL FROM:<engine@cases.example>"]
    assert server.recipients == ["RCPT TO:<post1@office.example>"]
