"""F43: a file may be as large as it likes; what is held of it may not."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from npm_cases.importers import BadFile
from tests.importers.makers import GOOD_UPR, UPR_HEADER, read, upr_file, upr_row

MIB = 1_048_576


def peak_of_refusal(path: Path) -> tuple[BadFile, int]:
    tracemalloc.start()
    try:
        with pytest.raises(BadFile) as caught:
            read(path)
        return caught.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def a_large_file(folder: Path, start: bytes, piece: bytes, size: int, end: bytes = b"") -> Path:
    path = folder / "large.csv"
    with path.open("wb") as file:
        file.write(start)
        for _ in range(size // len(piece)):
            file.write(piece)
        file.write(end)
    return path


HEAD = f"{UPR_HEADER}\n{GOOD_UPR}\n".encode()


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        (HEAD + b"Freedonia,Asia,", b"x" * 1_024, b",Sylvania\n"),  # a cell of 50 MB
        (HEAD, b"a," * 512, b"\n"),  # millions of columns in a row
        (HEAD + b'Freedonia,"never closed,', b"x,y\n" * 256, b""),  # an unclosed quote
        (HEAD + b'"' + b"Freedonia", b"x\r" * 512, b""),
    ],
)
def test_what_would_not_fit_is_refused_where_it_begins(tmp_path: Path, start: bytes, piece: bytes, end: bytes) -> None:
    refusal, peak = peak_of_refusal(a_large_file(tmp_path, start, piece, 50 * MIB, end))
    assert refusal.line == 3
    assert refusal.reason
    assert peak < 8 * MIB


def test_millions_of_columns_in_the_header_are_refused(tmp_path: Path) -> None:
    refusal, peak = peak_of_refusal(a_large_file(tmp_path, b"", b"a," * 512, 20 * MIB))
    assert refusal.line == 1
    assert peak < 8 * MIB


def test_an_unclosed_quote_at_the_end_is_refused_where_its_row_begins(tmp_path: Path) -> None:
    path = upr_file(tmp_path, GOOD_UPR, 'Freedonia,Asia,"never closed', GOOD_UPR)
    with pytest.raises(BadFile, match="never closed") as caught:
        read(path)
    assert caught.value.line == 3


def test_a_cell_with_line_ends_is_one_row_and_later_lines_keep_their_numbers(tmp_path: Path) -> None:
    rows, _ = read(upr_file(tmp_path, upr_row(Text="first\r\nsecond\nthird"), GOOD_UPR))
    assert rows[0].title == "first\r\nsecond\nthird"
    assert [row.line for row in rows] == [2, 5]


def test_a_json_text_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = a_large_file(tmp_path, b'[{"title": "', b"x" * 1_024, 20 * MIB)
    tracemalloc.start()
    try:
        with pytest.raises(BadFile, match="no object ends"):
            read(path, "json")
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


MEASURE = """
import resource, sys
from pathlib import Path
from npm_cases.importers import ImportedRow, read_rows

path = Path(sys.argv[1])
next(read_rows(path, "upr"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
good = sum(isinstance(row, ImportedRow) for row in read_rows(path, "upr"))
print(good, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_a_file_of_100_megabytes_is_read_without_being_held(tmp_path: Path) -> None:
    row = upr_row(Text="Publish the reports of every visit. " * 12).encode() + b"\r"
    path = a_large_file(tmp_path, UPR_HEADER.encode() + b"\r", row, 100 * MIB)
    done = subprocess.run(  # a process of its own: the peak of this one may be higher already
        [sys.executable, "-c", MEASURE, str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    good, grown_kib = map(int, done.stdout.split())
    assert good == 100 * MIB // len(row)
    assert grown_kib < 4 * 1_024
