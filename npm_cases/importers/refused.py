"""Refused rows written out, so that a person can mend them in a spreadsheet and import the file again.

A spreadsheet runs a cell that begins like a formula. Such cells get an apostrophe in front here, and only files with
our own first column are read back without it: what was typed survives the round trip, and no other file is altered.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from npm_cases.domain.plain_cells import inert
from npm_cases.importers.rows import RefusedRow

MARK: Final = "refused_because"  # the first column of the file, and the sign by which it is known


def write_refused(path: Path, header: Sequence[str], rows: Iterable[RefusedRow]) -> int:
    """Write the refused rows as CSV under ``header`` with the reasons in front, and give their number.

    UTF-8 with a mark, so that spreadsheets open it right; CRLF line ends. Raises FileExistsError rather than overwrite.
    """
    count = 0
    with path.open("x", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((MARK, *header))
        for row in rows:
            count += 1
            why = f"line {row.line}, {row.field}: {row.reason}"
            writer.writerow((why, *map(inert, row.raw)))
    return count
