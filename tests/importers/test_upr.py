from datetime import date
from pathlib import Path

import pytest

from npm_cases.importers import BadFile, Progress, RefusedRow, decoded_as, read_rows, statuses_in
from tests.importers.makers import GOOD_UPR, UPR_HEADER, read, upr_file, upr_row

DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_row_is_read_whatever_ends_the_lines(tmp_path: Path, end: str) -> None:
    rows, refused = read(upr_file(tmp_path, GOOD_UPR, GOOD_UPR, end=end))
    assert not refused
    assert [row.line for row in rows] == [2, 3]
    row = rows[0]
    assert (row.channel, row.addressee, row.recommended_by) == ("upr", "Freedonia", "Sylvania")
    assert row.title == "Publish the reports of every visit"
    assert row.themes == ("Justice", "NHRI")
    assert row.session == 7


def test_noted_is_a_rejection_with_its_reason_and_carries_the_month_of_the_session(tmp_path: Path) -> None:
    (row,), _ = read(upr_file(tmp_path, upr_row(Response="Noted", Session="20")))
    assert (row.response, row.reason_code) == ("rejected", "noted")
    assert row.responded_on == row.issued_on == date(2014, 11, 1)


def test_a_row_without_response_has_no_day_of_response(tmp_path: Path) -> None:
    (row,), _ = read(upr_file(tmp_path, upr_row(Response="")))
    assert (row.response, row.responded_on) == ("", None)
    assert row.issued_on == date(2010, 2, 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"To": " "}, "To"),
        ({"Text": ""}, "Text"),
        ({"Session": ""}, "Session"),
        ({"Session": "seven"}, "Session"),
        ({"Session": "99"}, "Session"),
        ({"Response": "Perhaps"}, "Response"),
        ({"Text": "a\x07bell"}, "Text"),
        ({"From": "a\x9dcontrol"}, "From"),
    ],
)
def test_a_bad_cell_refuses_its_row_by_field_and_leaves_the_others(
    tmp_path: Path, changed: dict[str, str], field: str
) -> None:
    rows, (refused,) = read(upr_file(tmp_path, GOOD_UPR, upr_row(**changed), GOOD_UPR))
    assert len(rows) == 2
    assert (refused.line, refused.field) == (3, field)
    assert refused.reason
    assert len(refused.raw) == 12


def test_a_row_with_a_stray_comma_is_refused_with_its_cells(tmp_path: Path) -> None:
    rows, (refused,) = read(upr_file(tmp_path, GOOD_UPR + ",more", GOOD_UPR))
    assert len(rows) == 1
    assert (refused.line, refused.field, len(refused.raw)) == (2, "row", 12)


def test_a_misplaced_quote_is_the_fault_of_its_row_only(tmp_path: Path) -> None:
    rows, (refused,) = read(upr_file(tmp_path, GOOD_UPR.replace('"Justice', '"Jus"tice'), GOOD_UPR))
    assert len(rows) == 1
    assert (refused.line, refused.field) == (2, "row")
    assert "closing quote" in refused.reason


@pytest.mark.parametrize("lead", ["=1+1", "+1", "-1", "@x", "\tx", "\uff1dx", "'=x", ' "=x'])
def test_text_that_begins_like_a_formula_is_kept_as_typed(tmp_path: Path, lead: str) -> None:
    (row,), refused = read(upr_file(tmp_path, upr_row(Text=lead)))
    assert not refused
    assert row.title == lead


def test_the_same_row_keeps_key_and_digest_and_a_changed_one_keeps_its_key(tmp_path: Path) -> None:
    (first, again, changed, other), _ = read(
        upr_file(tmp_path, GOOD_UPR, GOOD_UPR, upr_row(Response="Noted"), upr_row(From="Ruritania"))
    )
    assert (first.key, first.digest) == (again.key, again.digest)
    assert changed.key == first.key
    assert changed.digest != first.digest
    assert other.key != first.key


def test_cells_cannot_run_into_each_other_in_a_key(tmp_path: Path) -> None:
    (one, two), _ = read(upr_file(tmp_path, upr_row(To="ab", From="c"), upr_row(To="a", From="bc")))
    assert one.key != two.key


def test_columns_in_another_order_give_the_same_rows(tmp_path: Path) -> None:
    (expected,), _ = read(upr_file(tmp_path, upr_row(To_Rgrp="", To_Org="", From_Rgrp="", From_Org="", Action="")))
    path = tmp_path / "other.csv"
    path.write_text(
        "Session,To,From,Response,Issue,Text\n"
        '7,Freedonia,Sylvania,Accepted,"Justice,NHRI",Publish the reports of every visit\n'
    )
    (row,), _ = read(path)
    assert (row.key, row.digest) == (expected.key, expected.digest)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (UPR_HEADER.replace("Session", "Round"), "Session"),
        (UPR_HEADER + ",Extra", "Extra"),
        (UPR_HEADER + ",To", "twice"),
        (UPR_HEADER.replace(",", ";"), "comma"),
    ],
)
def test_a_header_of_another_shape_is_refused_with_what_is_wrong(tmp_path: Path, header: str, says: str) -> None:
    path = tmp_path / "upr.csv"
    path.write_text(f"{header}\n{GOOD_UPR}\n")
    with pytest.raises(BadFile, match=says) as caught:
        read(path)
    assert caught.value.line == 1


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_which_columns_it_should_have(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "upr.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile, match="Session"):
        read(path)


def test_a_folder_or_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(BadFile, match="no such plain file"):
            read(path)


@pytest.mark.parametrize(
    ("name", "encoding", "count", "keys"),
    [
        ("upr_sessions_01-05.csv", "mac_roman", 6_094, 6_094),
        ("upr_sessions_14-17.csv", "mac_roman", 9_598, 9_597),  # one row stands there twice
        ("upr_kazakhstan.csv", "utf-8", 327, 327),
    ],
)
def test_the_published_files_are_read_whole(name: str, encoding: str, count: int, keys: int) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip("the published files are not beside this checkout")
    progress = Progress()
    rows = list(read_rows(path, "upr", None, progress))
    assert decoded_as(path, None) == encoding
    assert len(rows) == count
    assert not [row for row in rows if isinstance(row, RefusedRow)]
    assert len({row.key for row in rows if not isinstance(row, RefusedRow)}) == keys
    assert progress.bytes_read == progress.total == path.stat().st_size


def test_a_published_status_may_stand_beside_and_changes_the_row(tmp_path: Path) -> None:
    (plain,), _ = read(upr_file(tmp_path, GOOD_UPR))
    with_status = tmp_path / "with_status.csv"
    with_status.write_text(f"{UPR_HEADER},Status\n{GOOD_UPR}, Noted \n{GOOD_UPR},\n", encoding="utf-8")
    (given, empty), refused = read(with_status)
    assert refused == []
    assert (given.status, given.key, given.digest == plain.digest) == ("Noted", plain.key, False)
    assert (empty.status, empty.digest) == ("", plain.digest)
    assert statuses_in(with_status, "upr") == {"Noted"}
