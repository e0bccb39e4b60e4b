"""F42, F45, F47: what goes out comes back, and a mended file is imported as if it had been right at once."""

import csv
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from npm_cases.domain.plain_cells import as_typed, inert
from npm_cases.importers import HEADERS, Format, read_rows, write_refused
from npm_cases.importers.rows import ImportedRow
from tests.importers.makers import GOOD_UPR, read, upr_file, upr_row

typed = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\t\r\n=+-@'\""), max_size=60)
some_text = typed.filter(lambda text: not text.isspace() and text != "")


@settings(deadline=None)  # it writes files, on machines that do other things too
@given(rows=st.lists(st.tuples(some_text, some_text, typed, typed), max_size=8), fmt=st.sampled_from(["upr", "csv"]))
def test_rows_written_as_csv_come_back_as_typed(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str, str]], fmt: Format
) -> None:
    path = tmp_path_factory.mktemp("round") / "rows.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # without a mark, a leading U+FEFF would be one
        writer = csv.writer(file)
        if fmt == "upr":
            writer.writerow(("To", "Text", "From", "Issue", "Response", "Session"))
            writer.writerows((to, text, by, issue, "Accepted", "7") for to, text, by, issue in rows)
        else:
            writer.writerow(("addressee", "title", "from", "region", "channel"))
            writer.writerows((to, text, by, region, "spt") for to, text, by, region in rows)
    found = [row for row in read_rows(path, fmt, "utf-8") if isinstance(row, ImportedRow)]
    assert [row.title for row in found] == [text for _, text, _, _ in rows]
    assert [row.addressee for row in found] == [to.strip() for to, _, _, _ in rows]
    assert [row.recommended_by for row in found] == [by.strip() for _, _, by, _ in rows]


@given(typed)
@example("'=1")
@example("''=1")
@example("'\t")
@example("'")
def test_making_a_cell_inert_is_undone_exactly(cell: str) -> None:
    assert as_typed(inert(cell)) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", " =1", '"=1', "\uff1d1", "'=1", "\xa0=1"])
def test_no_cell_that_could_run_begins_as_typed(cell: str) -> None:
    assert inert(cell).startswith("'")


def test_refused_rows_are_mended_and_imported_again(tmp_path: Path) -> None:
    rows, refused = read(upr_file(tmp_path, GOOD_UPR, upr_row(Text="=A1", Session="?"), upr_row(To="", Text="x")))
    assert len(rows) == 1
    out = tmp_path / "refused.csv"
    assert write_refused(out, HEADERS["upr"], refused) == 2
    assert "'=A1" in out.read_text("utf-8-sig")
    again, still = read(out)
    assert (again, [row.field for row in still]) == ([], ["Session", "To"])

    with out.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    table[1][table[0].index("Session")] = "20"
    table[2][1] = "Freedonia"
    mended = tmp_path / "mended.csv"
    with mended.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)
    rows, refused = read(mended)
    assert not refused
    assert [row.title for row in rows] == ["=A1", "x"]


def test_a_mended_row_is_the_row_it_would_have_been(tmp_path: Path) -> None:
    (right,), _ = read(upr_file(tmp_path, upr_row(Text="-dash")))
    _, refused = read(upr_file(tmp_path, upr_row(Text="-dash", Response="?")))
    out = tmp_path / "refused.csv"
    write_refused(out, HEADERS["upr"], refused)
    out.write_text(out.read_text("utf-8").replace("'?'", "it").replace("?", "Accepted"), "utf-8")
    (mended,), _ = read(out)
    assert (mended.key, mended.digest) == (right.key, right.digest)


def test_no_file_is_overwritten_by_refused_rows(tmp_path: Path) -> None:
    path = upr_file(tmp_path, GOOD_UPR)
    with pytest.raises(FileExistsError):
        write_refused(path, HEADERS["upr"], [])
