"""Reports of undelivered mail, read as what anybody may have written."""

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.mail.reports import LARGEST, read_report
from tests.mail.reports import a_report

ID, TO = "<abc.123@synthetic.invalid>", "post@office.example"
GENUINE = a_report(ID, TO)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/global", "TEXT/RFC822-Headers"])
def test_a_report_names_the_letter_and_what_became_of_each_address(kind: str) -> None:
    report = read_report(a_report(ID, TO, kind=kind))
    assert report is not None
    assert report.message_id == ID
    outcome = report.about("Post@OFFICE.example")
    assert outcome is not None
    assert (outcome.is_failure, outcome.status) == (True, "5.1.1")


def test_an_address_that_became_another_on_the_way_is_found_by_the_one_we_gave() -> None:
    report = read_report(a_report(ID, "forwarded@elsewhere.example", asked=TO))
    assert report is not None
    assert report.about(TO) is not None
    assert report.about("forwarded@elsewhere.example") is not None
    assert report.about("third@elsewhere.example") is None
    assert report.about("") is None


@pytest.mark.parametrize(
    "written", ["post+one@office.example", "post+2Bone@office.example", "<post+one@OFFICE.example>"]
)
def test_an_address_is_known_in_each_way_servers_write_it(written: str) -> None:
    report = read_report(a_report(ID, "forwarded@elsewhere.example", asked=written))
    assert report is not None
    assert report.about("post+one@office.example") is not None


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "Delayed (still trying)"])
def test_only_a_failure_is_one_whatever_its_status(action: str) -> None:
    report = read_report(a_report(ID, TO, action=action, status="5.1.1"))
    assert report is not None
    outcome = report.about(TO)
    assert outcome is not None
    assert not outcome.is_failure


@pytest.mark.parametrize(
    ("status", "kept"), [("4.4.7", "4.4.7"), ("5.1.1 (no such box)", "5.1.1"), ("5.1.1; DROP", ""), ("١.٢.٣", "")]
)
def test_only_a_code_is_kept_of_a_status(status: str, kept: str) -> None:
    report = read_report(a_report(ID, TO, action="failed (bounced)", status=status))
    assert report is not None
    outcome = report.about(TO)
    assert outcome is not None
    assert (outcome.is_failure, outcome.status) == (True, kept)


def test_of_two_blocks_about_one_address_the_failure_counts() -> None:
    twice = GENUINE.replace(
        b"\r\n\r\n--b/1\r\nContent-Type: message/rfc822",
        b"\r\n\r\nFinal-Recipient: rfc822; post@office.example\r\nAction: delayed\r\n\r\n--b/1\r\nContent-Type: message/rfc822",
    )
    report = read_report(twice)
    assert report is not None
    assert len(report.outcomes) == 3
    outcome = report.about(TO)
    assert outcome is not None
    assert outcome.is_failure


NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(5_000))
HOSTILE = {
    "nothing": b"",
    "a letter of a person": b"From: a@b.example\r\nSubject: hello\r\n\r\nI am away until Monday.\r\n",
    "a receipt, not a report of delivery": GENUINE.replace(b"delivery-status;", b"disposition-notification;"),
    "no part about the delivery": GENUINE.replace(b"message/delivery-status", b"text/plain"),
    "no letter that came back": GENUINE[: GENUINE.index(b"--b/1\r\nContent-Type: message/rfc822")],
    "a fourth part": GENUINE.replace(b"--b/1--", b"--b/1\r\n\r\nmore\r\n--b/1--"),
    "two Message-IDs": GENUINE.replace(b"Message-ID:", b"Message-ID: <other@synthetic.invalid>\r\nMessage-ID:"),
    "a Message-ID of two lines": GENUINE.replace(b"<abc.123", b"<abc\r\n .123"),
    "no action": GENUINE.replace(b"Action: failed\r\n", b""),
    "too large": GENUINE + b"x" * LARGEST,
    "nested deeper than anybody means": NESTED,
    "a parameter numbered past all numbers": b"Content-Type: multipart/report; boundary*" + b"9" * 5_000 + b"*=x\r\n\r\n",
    "a parameter told in two ways": b"Content-Type: multipart/report; boundary*=a; boundary*0=b; boundary*0*=c\r\n\r\n",
    "bytes of no alphabet": bytes(range(256)) * 8,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_report_or_a_broken_one_says_nothing(name: str) -> None:
    assert read_report(HOSTILE[name]) is None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GENUINE)), st.integers(0, 40), st.binary(max_size=40)), max_size=6))
def test_no_change_to_a_report_breaks_the_reader(edits: list[tuple[int, int, bytes]]) -> None:
    data = GENUINE
    for start, length, put in edits:
        data = data[:start] + put + data[start + length :]
    report = read_report(data)
    assert report is None or report.message_id.startswith("<")
