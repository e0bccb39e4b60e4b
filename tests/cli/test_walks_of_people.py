"""What people meet on the command line: words before codes, their own clock, and what to type next."""

from pathlib import Path

import pytest

from config.settings import Settings
from npm_cases.cli.starting import start
from tests.cli.conftest import Run
from tests.databases import work_in

LATER = "2026-03-20T10:00:00+05:00"


def a_complaint(run: Run) -> str:
    fields = ["-f", "channel=complaint", "-f", "region=abai", "-f", "statement=Synthetic [/red] words."]
    return str(run("case", "new", "allegation", *fields, "--as", "demo-caseworker", "--json").json["number"])


def test_a_case_shown_says_what_is_still_needed_in_words_and_how_to_give_it(run: Run) -> None:
    shown = run("case", "show", a_complaint(run), "--as", "demo-caseworker").out
    assert "record the risk of reprisal" in shown
    assert "reprisal_risk=none|low|medium|high" in shown
    assert "2026-03-03 09:00" in shown  # the next rung, by the clock of the country


def test_square_brackets_in_the_words_of_people_are_printed_as_typed(run: Run) -> None:
    number = a_complaint(run)
    text = run("case", "text", number, "1", "--reason", "first_reading", "--as", "demo-caseworker")
    assert (text.code, "Synthetic [/red] words." in text.out) == (0, True)
    made = run(
        "case", "new", "recommendation", "-f", "channel=visit", "-f", "title=Mend [/b] it", "--as", "demo-caseworker"
    )
    assert made.code == 0
    assert "Mend [/b] it" in run("case", "list", "--as", "demo-caseworker").out
    assert "Mend [/b] it" in run("case", "show", "R-2026-000001", "--as", "demo-caseworker").out


def test_what_is_overdue_is_called_so_without_colours(run: Run) -> None:
    a_complaint(run)
    assert "2026-03-03 overdue" in run("case", "list", "--as", "demo-caseworker", now=LATER).out


def test_a_proposal_that_lapsed_is_no_longer_shown_as_waiting(run: Run) -> None:
    number = a_complaint(run)
    proposed = ["decline", "-f", "about_ill_treatment=false", "-f", "reasons=Synthetic."]
    pending = run("case", "act", number, *proposed, "--as", "demo-caseworker", "--json").json["pending"]
    waiting = run("case", "show", number, "--as", "demo-caseworker").out
    assert pending in waiting
    assert pending not in run("case", "show", number, "--as", "demo-caseworker", now="2026-05-20T10:00:00+05:00").out


def test_a_sandbox_made_today_takes_a_simulated_clock_of_years_ago(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made-today"
    work_in(folder, monkeypatch)
    start(Settings(data_dir=folder, _env_file=None), sandbox=True)  # type: ignore[call-arg]
    body = run("body", "add", "-f", "name=Synthetic court", "--as", "demo-caseworker", now="2017-05-03T10:00:00+06:00")
    assert body.code == 0, body.err
    a_complaint(run)
    swept = run("tick", "--json", now=LATER)
    assert swept.json["to_ombudsman"] == 1
    found = run("doctor", "--json", now=LATER).json["checks"]
    assert [check["found"] for check in found if check["what"] == "incidents"] == ["none open"]


def test_an_administrator_learns_of_no_case(run: Run) -> None:
    a_complaint(run)
    assert run("case", "list", "--as", "demo-admin", "--json").json == []
    assert len(run("case", "list", "--as", "demo-auditor", "--json").json) == 1


def test_a_simulation_is_told_by_the_clock_of_the_country(run: Run) -> None:
    a_complaint(run)
    told = run("simulate", "--until", "2026-03-31").out
    assert "2026-03-03 09:00" in told
    assert "T04:00" not in told
