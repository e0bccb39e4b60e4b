import json
from datetime import date
from pathlib import Path

import pytest

from npm_cases.importers import HEADERS, BadFile
from tests.importers.makers import plain_file, read

HEADER = ",".join(HEADERS["csv"])
FULL = (
    "visit,Department of Invented Affairs,Install call buttons,health;equipment,R-1,12,Visiting group 4,7/2024,"
    "2024-01-10,accepted,2024-02-10,,Northern region,Achieved"
)


def test_a_full_row_is_read(tmp_path: Path) -> None:
    (row,), refused = read(plain_file(tmp_path, HEADER, FULL), "csv")
    assert not refused
    assert (row.channel, row.symbol, row.paragraph, row.number) == ("visit", "R-1", "12", "7/2024")
    assert row.themes == ("health", "equipment")
    assert (row.issued_on, row.responded_on) == (date(2024, 1, 10), date(2024, 2, 10))
    assert (row.region, row.status) == ("Northern region", "Achieved")


def test_three_columns_are_enough(tmp_path: Path) -> None:
    (row,), refused = read(plain_file(tmp_path, "title,channel,addressee", "Install,cat,Freedonia"), "csv")
    assert not refused
    assert (row.title, row.response, row.issued_on) == ("Install", "", None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("channel", ""),
        ("addressee", ""),
        ("title", "  "),
        ("response", "maybe"),
        ("issued_on", "10.01.2024"),
        ("issued_on", "20240110"),
        ("issued_on", "2024-02-30"),
        ("responded_on", "2023-12-31"),
        ("session", "-1"),
    ],
)
def test_a_bad_cell_refuses_its_row_by_column(tmp_path: Path, column: str, value: str) -> None:
    cells = FULL.split(",")
    cells[HEADERS["csv"].index(column)] = value
    rows, (refused,) = read(plain_file(tmp_path, HEADER, ",".join(cells), FULL), "csv")
    assert len(rows) == 1
    assert (refused.line, refused.field) == (2, column)


def test_the_same_rows_come_out_of_json_and_csv(tmp_path: Path) -> None:
    members: dict[str, object] = dict(zip(HEADERS["json"], FULL.split(","), strict=True))
    members |= {"theme": ["health", "equipment"], "paragraph": 12, "session": None}
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([members]))
    (from_json,), _ = read(path, "json")
    (from_csv,), _ = read(plain_file(tmp_path, HEADER, FULL), "csv")
    assert (from_json.key, from_json.digest) == (from_csv.key, from_csv.digest)


def test_a_bad_object_is_refused_with_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    good = {"channel": "spt", "addressee": "Freedonia", "title": "Install"}
    bad: list[object] = [good | {"title": True}, good | {"colour": "red"}, 5, good | {"title": "half \ud800"}]
    path = tmp_path / "rows.json"
    path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in (*bad, good)) + "\n]\n")
    rows, refused = read(path, "json")
    assert [row.line for row in rows] == [6]
    assert [(row.line, row.field) for row in refused] == [(2, "title"), (3, "colour"), (4, "row"), (5, "title")]
    assert refused[1].raw[:3] == ("spt", "Freedonia", "Install")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1}', "not a JSON list"),
        ("", "not a JSON list"),
        ('[{"title": "a"', "not JSON"),
        ('[{"title": "a"}', "missing"),
        ('[{"title": "a"} {"title": "b"}]', "missing"),
        ('[{"title": "a"},]', "not JSON"),
        ("[] []", "follows the end"),
        ('[{"title": "a", "title": "b"}]', "twice"),
        ("[" * 100_000, "without end"),
    ],
)
def test_a_file_that_is_no_list_of_objects_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "rows.json"
    path.write_text(text)
    with pytest.raises(BadFile, match=says):
        read(path, "json")


def test_an_empty_list_holds_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text(" [ ] ")
    assert read(path, "json") == ([], [])
