"""The daily checkpoint reaches the people who keep it, in other bodies, by real mail."""

from email import message_from_bytes, policy
from pathlib import Path

from npm_cases.bootstrap import App
from npm_cases.mail.sink import MailSink
from npm_cases.proving.trust import Trust, kept_checkpoint
from npm_cases.services.keepers import queue_for_keepers
from npm_cases.services.mailroom import deliver
from npm_cases.services.verify import verify
from tests.faults.checker import violations
from tests.makers import MON_2_MAR, an_app

KEEPERS = "court@justice.example, ngo@rights.example, dean@university.example"
TOMORROW = "2026-03-03T05:00:00.000000Z"


def installed(folder: Path, port: int, language: str = "en") -> App:
    return an_app(
        folder, checkpoint_keepers=KEEPERS, smtp_port=port, smtp_security="none", language=language,
        mail_in_working_time=False,
    )  # fmt: skip


def letters(folder: Path) -> list[tuple[str, str]]:
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder.glob("*.eml"))]
    return sorted((str(letter["To"]), letter.get_body(("plain",)).get_content()) for letter in found)


def test_each_keeper_gets_one_letter_a_day_that_an_auditor_can_use_as_it_is(tmp_path: Path) -> None:
    with MailSink(tmp_path / "mail") as sink:
        app = installed(tmp_path / "data", sink.port)
        made = app.checkpoint(MON_2_MAR)
        assert [queue_for_keepers(app.office, made, len(app.keepers), MON_2_MAR) for _ in range(2)] == [3, 0]
        send = app.sender()
        assert send is not None
        assert deliver(app.office, send, app.house, MON_2_MAR).sent == 3
        assert queue_for_keepers(app.office, made, len(app.keepers), TOMORROW) == 3
    found = letters(tmp_path / "mail")
    assert [to for to, _ in found] == ["court@justice.example", "dean@university.example", "ngo@rights.example"]
    for _, body in found:
        kept = kept_checkpoint("letter", body.replace("\n", "\r\n").encode())
        assert kept.note.data().decode() == made.note
        with app.reader as reader:
            proved = verify(app.office, reader, MON_2_MAR, Trust(kept=(kept,)))
        assert (proved.findings, proved.level, proved.covers) == ((), 2, made.size)
    assert violations(app) == []
    assert not any(address.strip().encode() in row["data"] for address in KEEPERS.split(",") for row in events(app))
    app.close()


def test_the_letter_exists_in_each_language(tmp_path: Path) -> None:
    for language in ("kk", "ru"):
        with MailSink(tmp_path / language) as sink:
            app = installed(tmp_path / f"data-{language}", sink.port, language)
            made = app.checkpoint(MON_2_MAR)
            queue_for_keepers(app.office, made, 1, MON_2_MAR)
            send = app.sender()
            assert send is not None
            deliver(app.office, send, app.house, MON_2_MAR)
            app.close()
        ((_, body),) = letters(tmp_path / language)
        assert kept_checkpoint("letter", body.encode()).checkpoint.size == made.size


def events(app: App) -> list[dict[str, bytes]]:
    with app.office.open_reading() as work:
        return work.rows("case_events")
