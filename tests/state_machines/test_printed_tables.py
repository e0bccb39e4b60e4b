"""The signed tables in docs/tables are the law: they equal the code, and nothing outside them is allowed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from state_machines import MACHINES, TransitionRefused
from state_machines.printed import as_json, as_markdown, as_mermaid
from state_machines.table import Role
from tests.state_machines.made_facts import in_order_for
from tests.state_machines.printed_law import permitted_in, rows_of, text_of

each_machine = pytest.mark.parametrize("name", MACHINES)


@each_machine
def test_the_printed_table_equals_the_signed_one(name: str) -> None:
    assert as_markdown(MACHINES[name]) == text_of(name), "run: python -m state_machines.printed docs/tables"


@each_machine
def test_every_printed_row_says_what_the_code_does(name: str) -> None:
    printed = {
        (state, row.event, row.next or state, role, row.guards, row.records_others)
        for row in rows_of(name)
        for state in row.states
        for role in row.who
    }
    coded = {
        (row.state, row.event, row.next, role.value, tuple(guard.code for guard in row.guards), row.records_others)
        for row in MACHINES[name].rows
        for role in row.who
    }
    assert printed == coded


@each_machine
def test_what_is_printed_is_permitted_and_all_else_is_refused(name: str) -> None:
    table, allowed = MACHINES[name], set()
    for role in Role:
        for state in table.states:
            for event in table.events:
                try:
                    table.take(state, event, role, in_order_for(event))
                except TransitionRefused:
                    continue
                allowed.add((role.value, state, event))
    assert allowed == permitted_in(name)


@each_machine
def test_permitted_lists_exactly_the_printed_events(name: str) -> None:
    table = MACHINES[name]
    listed = {
        (role.value, state, permitted.event)
        for role in Role
        for state in table.states
        for permitted in table.permitted(state, role)
    }
    assert listed == permitted_in(name)


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@each_machine
def test_the_table_prints_in_every_language_with_the_same_codes(name: str, lang: str) -> None:
    printed = as_markdown(MACHINES[name], lang)
    assert printed.count("`") == text_of(name).count("`")


@each_machine
def test_mermaid_names_each_state(name: str) -> None:
    drawn = as_mermaid(MACHINES[name])
    assert drawn.startswith("stateDiagram-v2\n")
    words = set(drawn.replace(":", " ").split())
    assert not set(MACHINES[name].states) - words


@each_machine
def test_json_holds_every_row_for_replay(name: str) -> None:
    table = MACHINES[name]
    document = json.loads(as_json(table))
    moves = {(row["state"], row["event"]): row["next"] for row in document["rows"]}
    assert len(document["rows"]) == len(table.rows)
    assert all(table.next_state(*move) == next_state for move, next_state in moves.items())
    assert {state["state"] for state in document["states"] if state["final"]} == table.final


def test_the_writer_writes_one_file_per_machine(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    subprocess.run([sys.executable, "-m", "state_machines.printed", str(folder)], check=True)
    assert {path.stem for path in folder.iterdir()} == set(MACHINES)
