"""Published status words come in as states, and a report gives a published split back exactly as it was published."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.records import Actor
from npm_cases.domain.vocabulary import Vocabulary
from npm_cases.importers import read_rows, statuses_in
from npm_cases.importers.plain import HEADER
from npm_cases.packs.vocabulary_file import vocabularies, vocabulary
from npm_cases.services.act import DoAct, act
from npm_cases.services.import_rows import ImportReport, import_rows
from npm_cases.services.narrative import story
from npm_cases.services.status_report import Asked, StatusReport, report_status
from tests.faults.checker import violations
from tests.makers import CASEWORKER, LETTER, MON_2_MAR, a_row

UPR = Path(__file__).parents[3] / "shared" / "data" / "upr_kazakhstan.csv"
# Figures of the Chief Ombudsman of New Zealand, 6 December 2017; what became of the rest is not published.
PRISONS = {
    "Arohata": (17, {"Achieved": 4, "Partially achieved": 3}),
    "Manawatu": (22, {"Achieved": 11, "Partially achieved": 4}),
    "Rolleston": (11, {"Achieved": 5}),
}
UNTOLD = "Not told apart"


def a_file(folder: Path, statuses: list[str], **columns: str) -> Path:
    """Write a file of synthetic recommendations with these statuses."""
    text = io.StringIO()
    given = {"channel": "visit", "addressee": "Synthetic prison", "issued_on": "2026-02-02", **columns}
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows({**given, "title": f"Synthetic {n}", "status": one} for n, one in enumerate(statuses))
    path = folder / "synthetic.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def imported(app: App, path: Path, words: Vocabulary | None) -> ImportReport:
    return import_rows(app.office, read_rows(path, "csv"), CASEWORKER, MON_2_MAR, vocabulary=words)


def reported(app: App, words: Vocabulary, asked: Asked | None = None) -> StatusReport:
    return report_status(app.views, words, asked or Asked(), CASEWORKER)


def told(report: StatusReport) -> Mapping[str, int]:
    return {word.word: count for word, count in report.by_word if count}


WORDS = [(one.id, word.word) for one in vocabularies() for word in one.words if word.state]
REFUSED = [(one.id, word.word) for one in vocabularies() for word in one.words if word.refused]


@pytest.mark.parametrize("name", [one.id for one in vocabularies()])
def test_every_word_comes_back_with_its_number(app: App, tmp_path: Path, name: str) -> None:
    words = vocabulary(name)
    published = {word: number for number, word in enumerate(words.taken, start=1)}
    statuses = [word for word, number in published.items() for _ in range(number)]
    report = imported(app, a_file(tmp_path, statuses), words)
    assert (report.new, report.refused) == (len(statuses), 0)
    found = reported(app, words)
    assert told(found) == published
    assert found.total == len(statuses)
    assert found.not_told_apart == found.without_word == ()
    assert violations(app) == []


@pytest.mark.parametrize(("name", "word"), WORDS)
def test_one_word_is_one_case_under_that_word(app: App, tmp_path: Path, name: str, word: str) -> None:
    imported(app, a_file(tmp_path, [word.upper()]), vocabulary(name))
    assert told(reported(app, vocabulary(name))) == {word: 1}


@pytest.mark.parametrize(("name", "word"), REFUSED)
def test_a_refused_word_is_refused_with_its_line_and_reason(app: App, tmp_path: Path, name: str, word: str) -> None:
    words = vocabulary(name)
    report = imported(app, a_file(tmp_path, [words.taken[0], word]), words)
    (refusal,) = report.refusals
    assert (refusal.line, refusal.field) == (3, "status")
    assert words.taken[0] in refusal.reason
    assert {refusal.why.told(lang) for lang in ("ru", "kk")} != {refusal.reason}
    assert told(reported(app, words)) == {words.taken[0]: 1}


def test_an_unknown_word_and_a_word_without_vocabulary_are_refused(app: App, tmp_path: Path) -> None:
    path = a_file(tmp_path, ["Achieved", "Somehow"])
    assert [one.reason for one in imported(app, path, vocabulary("hmip")).refusals if "'Somehow'" in one.reason]
    assert imported(app, path, None).refused == 2


@pytest.mark.parametrize("prison", PRISONS)
def test_the_published_split_of_a_prison_comes_out_as_published(app: App, tmp_path: Path, prison: str) -> None:
    made, split = PRISONS[prison]
    published = {**split, UNTOLD: made - sum(split.values())}
    statuses = [word for word, number in published.items() for _ in range(number)]
    words = vocabulary("nz_ombudsman")
    imported(app, a_file(tmp_path, statuses, addressee=f"Prison {prison}"), words)
    found = reported(app, words)
    assert found.total == made
    assert told(found) == published


def test_responses_to_kazakhstan_come_out_as_published(app: App) -> None:
    if not UPR.exists():
        pytest.skip("the published file is not here")
    import_rows(app.office, read_rows(UPR, "upr"), CASEWORKER, MON_2_MAR)
    with UPR.open(encoding="utf-8", newline="") as file:
        responses = [row["Response"].strip() for row in csv.DictReader(file)]
    found = reported(app, vocabulary("upr_response"))
    assert found.total == len(responses)
    assert told(found) == {word: responses.count(word) for word in ("Accepted", "Noted") if word in responses}


def test_a_case_that_moved_on_counts_under_the_word_of_its_present_state(any_app: App, tmp_path: Path) -> None:
    app, words = any_app, vocabulary("nz_ombudsman")
    imported(app, a_file(tmp_path, ["Not achieved", "Not achieved"]), words)
    with app.office.open_reading() as work:
        number = min(row["number"] for row in work.rows("cases"))
    act(app.office, DoAct(number, "record_claim", CASEWORKER, MON_2_MAR, files=LETTER))
    found = reported(app, words)
    assert told(found) == {"Not achieved": 1}
    assert found.without_word == (("implementation_claimed", 1),)
    assert told(reported(app, vocabulary("action_plan"))) == {"Completed": 1}


def test_words_of_one_state_are_told_apart_only_while_the_case_remembers_them(app: App, tmp_path: Path) -> None:
    words = vocabulary("action_plan")
    imported(app, a_file(tmp_path, ["In process, not due", "In process, past due"]), words)
    assert told(reported(app, words)) == {"In process, not due": 1, "In process, past due": 1}
    row = a_row(9, channel="visit", response="", status="Not due", region="")
    other = Vocabulary("other", words.labels, words.source, words.words)
    import_rows(app.office, [row], CASEWORKER, MON_2_MAR, vocabulary=other)
    ((state, several, count),) = reported(app, words).not_told_apart
    assert (state, [one.id for one in several], count) == (
        "in_progress", ["in_process_not_due", "in_process_past_due"], 1,
    )  # fmt: skip
    assert reported(app, words).total == 3


def test_a_row_that_comes_again_with_another_word_moves_no_state(app: App, tmp_path: Path) -> None:
    words = vocabulary("hmip")
    imported(app, a_file(tmp_path, ["Not achieved"]), words)
    report = imported(app, a_file(tmp_path, ["Achieved"]), words)
    assert report.changed == 1
    assert told(reported(app, words)) == {"Not achieved": 1}
    with app.office.open_reading() as work:
        (case,) = work.rows("cases")
        assert work.read_case(case["id"]).facts["published_status"] == "achieved"
    with app.reader as reader:
        (changed,) = [
            one
            for line in story(app.office, reader, case["number"], CASEWORKER, "en")
            for one in line.changes
            if one.field == "published_status" and one.before != "—"
        ]
    assert (changed.label, changed.before, changed.after) == ("published status", "not_achieved", "achieved")
    assert violations(app) == []


def test_a_file_without_statuses_keeps_the_digests_it_had(tmp_path: Path) -> None:
    with_column = a_file(tmp_path, ["", ""])
    (first, second) = read_rows(with_column, "csv")
    without = tmp_path / "without.csv"
    lines = with_column.read_text(encoding="utf-8").splitlines()
    without.write_text("\n".join(line.rpartition(",")[0] for line in lines), encoding="utf-8")
    assert [row.digest for row in read_rows(without, "csv")] == [first.digest, second.digest]  # type: ignore[union-attr]
    assert statuses_in(without, "csv") == statuses_in(with_column, "csv") == frozenset()


def test_a_report_counts_one_channel_and_the_days_of_the_publication(app: App, tmp_path: Path) -> None:
    words = vocabulary("hmip")
    imported(app, a_file(tmp_path, ["Achieved"], issued_on="2025-05-05"), words)
    imported(app, a_file(tmp_path, ["Achieved"], issued_on="2026-01-05", channel="cat"), words)
    assert reported(app, words, Asked(channel="cat")).total == 1
    assert reported(app, words, Asked(first=date(2026, 1, 5))).total == 1
    assert reported(app, words, Asked(last=date(2026, 1, 4))).total == 1
    assert reported(app, words, Asked(first=date(2025, 5, 5), last=date(2026, 1, 5))).total == 2


def test_a_report_counts_what_its_reader_may_know(app: App, tmp_path: Path) -> None:
    words = vocabulary("hmip")
    imported(app, a_file(tmp_path, ["Achieved"], region="abai"), words)
    elsewhere = Actor("elsewhere", frozenset({"caseworker"}), frozenset({"almaty"}))
    assert report_status(app.views, words, Asked(), elsewhere).total == 0
    assert report_status(app.views, words, Asked(), Actor("administrator", frozenset({"administrator"}))).total == 0
    with pytest.raises(NotAllowed):
        report_status(app.views, words, Asked(), Actor("nobody", frozenset()))
