"""Files for the import tests. Every State, body and text here is invented."""

from collections.abc import Sequence
from pathlib import Path

from npm_cases.importers import Format, ImportedRow, RefusedRow, read_rows

UPR_HEADER = "To,To-Rgrp,To-Org,Text,From,From-Rgrp,From-Org,Response,Action,Issue,Session"
GOOD_UPR = 'Freedonia,Asia,"OIC, CIS",Publish the reports of every visit,Sylvania,WEOG,EU,Accepted,5,"Justice,NHRI",7'


def upr_file(folder: Path, *rows: str, end: str = "\r\n", encoding: str = "utf-8") -> Path:
    path = folder / "upr.csv"
    path.write_bytes((end.join((UPR_HEADER, *rows)) + end).encode(encoding))
    return path


def plain_file(folder: Path, *lines: str) -> Path:
    path = folder / "plain.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
    return path


def read(path: Path, fmt: Format = "upr", encoding: str | None = None) -> tuple[list[ImportedRow], list[RefusedRow]]:
    rows = list(read_rows(path, fmt, encoding))
    return [row for row in rows if isinstance(row, ImportedRow)], [row for row in rows if isinstance(row, RefusedRow)]


def upr_row(**changed: str) -> str:
    """A good row with some of its cells replaced; cells with commas or quotes are quoted."""
    cells: dict[str, str] = dict(zip(UPR_HEADER.split(","), _cells(GOOD_UPR), strict=True))
    cells |= {name.replace("_", "-"): value for name, value in changed.items()}
    return ",".join(quoted(cell) for cell in cells.values())


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _cells(row: str) -> Sequence[str]:
    import csv

    return next(csv.reader([row]))
