"""A name of mixed look-alike letters is kept as it was typed, merged with nothing, and shown to whoever enters it (F46)."""

import json
from pathlib import Path
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.services.import_rows import import_rows
from npm_cases.services.register_lists import Wanted, list_bodies
from npm_cases.services.registers import add_body
from tests.cli.conftest import run  # noqa: F401 - a fixture
from tests.makers import CASEWORKER, MON_2_MAR, a_row

HONEST, FALSE = "Синтетическая колония", "Синтетическaя колония"  # a Latin a before the last letter
WORD = FALSE.split(maxsplit=1)[0]


def test_the_two_names_stay_two_bodies_byte_for_byte(any_app: App) -> None:
    for number, name in enumerate((HONEST, FALSE)):
        add_body(any_app.office, {"id": f"body_{number}", "name": name}, CASEWORKER, MON_2_MAR)
    names = {row["name"] for row in list_bodies(any_app.lists, Wanted(), CASEWORKER).rows}
    assert {HONEST, FALSE} <= names


def test_an_import_keeps_the_row_and_names_the_line(app: App) -> None:
    from dataclasses import replace

    rows = [a_row(1), replace(a_row(2), addressee=FALSE), replace(a_row(3), recommended_by=FALSE)]
    for dry_run in (True, False):
        report = import_rows(app.office, rows, CASEWORKER, MON_2_MAR, dry_run=dry_run)
        assert (report.new, report.refused) == (3, 0)
        assert [(one.line, one.field, one.words) for one in report.look_alikes] == [
            (rows[1].line, "addressee", (WORD,)), (rows[2].line, "recommended_by", (WORD,)),
        ]  # fmt: skip
    again = import_rows(app.office, rows, CASEWORKER, MON_2_MAR)
    assert (again.same, again.look_alikes) == (3, [])


@pytest.mark.parametrize(
    "command",
    [
        ("body", "add", "-f", f"name={FALSE}"),
        ("place", "add", "-f", f"name={FALSE}", "-f", "region=abai"),
        ("user", "add", "somebody", "--role", "caseworker", "--full-name", FALSE),
        (
            "post",
            "add",
            "-f",
            "post=secretariat",
            "-f",
            "email=new@office.example",
            "-f",
            f"name={FALSE}",
            "-f",
            "valid_from=2026-03-10",
        ),
    ],
)
def test_the_command_that_entered_it_warns_and_does_it(command: tuple[str, ...], run: Any) -> None:  # noqa: F811
    said = run(*command, "--json")
    assert said.code == 0, said.err
    assert said.json["look_alikes"] == [WORD]


def test_a_name_of_one_script_is_not_warned_of(run: Any) -> None:  # noqa: F811
    said = run("body", "add", "-f", f"name={HONEST}", "--json")
    assert "look_alikes" not in said.json
    assert "look at" not in run("body", "add", "-f", "name=Another").out


def test_the_import_command_lists_them(run: Any, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "rows.csv"
    file.write_text(f"channel,addressee,title\nvisit,{FALSE},Repair the roof\n", encoding="utf-8")
    said = run("import", str(file), "--format", "csv", "--dry-run", "--json")
    assert json.loads(said.out)["look_alikes"] == [{"line": 2, "field": "addressee", "words": [WORD]}]
    assert WORD in run("import", str(file), "--format", "csv").out
