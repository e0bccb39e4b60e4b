"""The history for people on the command line: the past, the story, the search with its files, who read what."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from npm_cases.cli.history import add_to_cases
from tests.cli.conftest import Run

LATER = "2026-03-20T10:00:00+05:00"
AUDITOR = ("--as", "demo-auditor")


@pytest.fixture
def number(run: Run, paper: str) -> str:
    """A recommendation issued on 2 March; that it was received on 5 March was recorded on 20 March."""
    given = ("-f", "channel=visit", "-f", "title=Repair the heating", "-f", "addressee=administration_1")
    said = run("case", "new", "recommendation", *given, "-f", "region=abai", "--as", "demo-caseworker", "--json")
    number = str(said.json["number"])
    served = ("record_service", "--document", paper, "-f", "happened_on=2026-03-05", "--as", "demo-secretariat")
    assert run("case", "act", number, "approve", "--as", "demo-leader").code == 0
    assert run("case", "act", number, "issue", "-f", "measurable=true", "--as", "demo-secretariat").code == 0
    assert run("case", "act", number, *served, now=LATER).code == 0
    return number


def test_the_past_is_told_on_two_axes_and_against_another_view(run: Run, number: str) -> None:
    given = ("--on", "2026-03-10", "--known", "2026-03-10", "--against-known", "2026-03-20")
    said = run("audit", "as-of", number, *given, *AUDITOR, "--json", now=LATER)
    assert said.code == 0, said.err
    told = said.json
    assert (told["on"], told["known"], told["states"]["recommendation"]) == ("2026-03-10", "2026-03-10", "issued")
    assert (told["against"]["known"], told["against"]["states"]["recommendation"]) == ("2026-03-20", "served")
    assert {"field": "recommendation", "before": "issued", "after": "served"} in told["changes"]
    shown = run("audit", "as-of", number, *given, *AUDITOR, now=LATER)
    assert "Against 2026-03-10, as known at the end of 2026-03-20" in shown.out


def test_the_caseload_is_told_and_compared(run: Run, number: str) -> None:
    given = ("--on", "2026-03-10", "--known", "2026-03-10", "--against-known", "2026-03-20", *AUDITOR)
    told = run("audit", "as-of", *given, "--limit", "0", "--json", now=LATER).json
    assert told["cases"] == told["against"]["cases"] == sum(told["states"]["escalation"].values())
    assert number in {one["number"] for one in told["differing"]}
    assert told["differ"] == len(told["differing"])
    assert "cases differ" in run("audit", "as-of", *given, now=LATER).out


def test_a_day_that_cannot_be_is_bad_input(run: Run, number: str) -> None:
    assert run("audit", "as-of", number, "--on", "2026-04-01", *AUDITOR, now=LATER).code == 7
    assert run("audit", "as-of", number, "--on", "2026-03-10", "--known", "2026-03-01", *AUDITOR, now=LATER).code == 7


def test_a_story_has_a_line_for_every_event_in_every_language(run: Run, number: str) -> None:
    events = run("case", "history", number, *AUDITOR, "--json", now=LATER).json
    for lang in ("kk", "ru", "en"):
        assert len(a_story(number, "--lang", lang).splitlines()) == len(events)
    lines = json.loads(a_story(number, "--json"))
    assert [one["seq"] for one in lines] == [one["seq"] for one in events]
    assert any("It happened on March 5, 2026" in one["line"] for one in lines)


def a_story(*given: str) -> str:
    group = typer.Typer()
    group.callback()(lambda: None)
    add_to_cases(group)
    said = CliRunner().invoke(group, ["story", *given, *AUDITOR, "--now", LATER])
    assert said.exit_code == 0, said.output
    return said.stdout


def test_a_search_shows_pages_and_the_newest_checkpoint(run: Run, number: str) -> None:
    assert run("audit", "checkpoint", "--json", now=LATER).code == 0
    told = run("audit", "search", "--case", number, "--limit", "1", *AUDITOR, "--json", now=LATER).json
    assert (len(told["events"]), told["next"]) == (1, told["events"][0]["index"])
    assert told["checkpoint"]["size"] > 0
    shown = run("audit", "search", "--case", number, "--late", *AUDITOR, now=LATER).out
    assert f"{number}/" in shown
    assert f"checkpoint: {told['checkpoint']['size']} entries, root {told['checkpoint']['root']}" in shown


def test_files_are_written_once_and_their_export_is_in_the_history_before_them(
    run: Run, number: str, tmp_path: Path
) -> None:
    given = ("audit", "search", "--case", number, *AUDITOR)
    csv, to_json, nowhere = tmp_path / "found.csv", tmp_path / "found.json", tmp_path / "no" / "where.csv"
    assert run(*given, "--csv", str(csv), now=LATER).code == 0
    assert csv.read_text(encoding="utf-8").startswith('"checkpoint: ') or csv.read_bytes().startswith(b"checkpoint: ")
    assert run(*given, "--to-json", str(to_json), now=LATER).code == 0
    assert json.loads(to_json.read_text(encoding="utf-8"))["count"] > 0
    assert run(*given, "--csv", str(csv), now=LATER).code == 7
    assert run(*given, "--csv", str(nowhere), now=LATER).code == 7
    exports = [
        one for one in run("audit", "reads", *AUDITOR, "--json", now=LATER).json["reads"] if one["what"] == "export"
    ]
    assert [one["fields"] for one in exports] == [["search", "csv"], ["search", "json"], ["search", "csv"]]
    assert not nowhere.exists()
    assert run("audit", "verify", "--json", now=LATER).json["findings"] == []


def test_a_caseworker_sees_their_own_reads_and_not_those_of_others(run: Run, number: str) -> None:
    for user in ("demo-caseworker", "demo-second"):
        assert run("case", "text", number, "1", "--reason", "check", "--as", user, now=LATER).code == 0
    own = run("audit", "reads", "--as", "demo-caseworker", "--json", now=LATER).json["reads"]
    assert {one["actor"] for one in own} == {"demo-caseworker"}
    assert run("audit", "reads", "--actor", "demo-second", "--as", "demo-caseworker", now=LATER).code == 4
    assert "demo-second" in run("audit", "reads", "--case", number, *AUDITOR, now=LATER).out
