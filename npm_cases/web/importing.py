"""A kept file read as rows of a format, and rows written as a file again: refused ones to keep, mended ones to try."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from npm_cases.bootstrap import App
from npm_cases.domain.incoming import ImportedRow, RefusedRow
from npm_cases.domain.records import Actor
from npm_cases.domain.vocabulary import Vocabulary, fitting
from npm_cases.importers import ENCODINGS, HEADERS, Format, read_rows, statuses_in, write_refused
from npm_cases.packs.vocabulary_file import vocabularies
from npm_cases.services.import_rows import ImportReport, import_rows
from npm_cases.services.uploads import Kept, stamp

FORMATS: tuple[Format, ...] = ("upr", "csv", "json")
LONG_COLUMNS = frozenset({"Text", "title"})
REFUSED_NAME = "refused.csv"
FIRST_LINE = 4_096


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a file is read; an empty encoding is found out where only one fits."""

    format: Format
    encoding: str

    @property
    def header(self) -> tuple[str, ...]:
        """Its columns."""
        return HEADERS[self.format]

    @property
    def mended(self) -> Format:
        """The format its refused rows are written in."""
        return "upr" if self.format == "upr" else "csv"


def read_as(given_format: str, encoding: str, content: bytes = b"") -> ReadAs:
    """Return how to read a file; a format that is not given is told from how the file begins."""
    chosen = next((one for one in FORMATS if one == given_format), None) or _told_by(content)
    return ReadAs(chosen, encoding if encoding in ENCODINGS else "")


def _told_by(content: bytes) -> Format:
    begins = content[:FIRST_LINE].removeprefix(codecs.BOM_UTF8).lstrip()
    if begins.startswith(b"["):
        return "json"
    return "csv" if b"channel" in begins.partition(b"\n")[0] else "upr"


@contextmanager
def rows_of(
    app: App, file: Kept, how: ReadAs, at: str
) -> Iterator[tuple[Iterator[ImportedRow | RefusedRow], Vocabulary | None]]:
    """Give the rows of a kept file, and the only vocabulary that knows every status in it, if there is one.

    Raises ImportRefused, also while the rows are read.
    """
    with app.uploads.laid_out(stamp(at), file.name, file.content) as path:
        fit = fitting(vocabularies(), statuses_in(path, how.format, how.encoding or None))
        yield read_rows(path, how.format, how.encoding or None), fit[0] if len(fit) == 1 else None


def do_import(app: App, file: Kept, how: ReadAs, actor: Actor, at: str) -> tuple[ImportReport, bytes]:
    """Import a kept file and return the counts, and its refused rows as a file; empty where there are none.

    Raises like ``import_rows``, and ImportRefused: batches before the line it names stand.
    """
    return _imported(app, file, how, actor, at, dry_run=False)


def refused_rows(app: App, file: Kept, how: ReadAs, actor: Actor, at: str) -> bytes:
    """Return the rows that would be refused as a file, and write nothing; raises like ``do_import``."""
    return _imported(app, file, how, actor, at, dry_run=True)[1]


def _imported(app: App, file: Kept, how: ReadAs, actor: Actor, at: str, *, dry_run: bool) -> tuple[ImportReport, bytes]:
    refused: list[RefusedRow] = []  # no more than the file holds
    with rows_of(app, file, how, at) as (rows, vocabulary):
        report = import_rows(
            app.office, rows, actor, at, vocabulary=vocabulary, dry_run=dry_run, on_refused=refused.append
        )
    return report, _written(app, refused, how, at) if refused else b""


def _written(app: App, refused: Iterable[RefusedRow], how: ReadAs, at: str) -> bytes:
    """Write refused rows as the command line does: the reason in front, safe to open in a spreadsheet."""
    with app.uploads.laid_out(stamp(at), REFUSED_NAME, b"") as path:
        path.unlink()
        write_refused(path, how.header, refused)
        return path.read_bytes()


def cells_of(row: RefusedRow, how: ReadAs) -> list[tuple[str, str]]:
    """Return the cells of a refused row by column; what is more than the columns stands in the last one."""
    width = len(how.header)
    cells = [*row.raw[: width - 1], ",".join(row.raw[width - 1 :])]
    return list(zip(how.header, [*cells, *[""] * width], strict=False))


def mended_file(rows: Iterable[Sequence[str]], how: ReadAs) -> bytes:
    """Write mended rows as a file of their own, each cell as typed; a browser's line ends become plain ones."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(how.header)
    for cells in rows:
        writer.writerow([cell.replace("\r\n", "\n") for cell in cells])
    return text.getvalue().encode("utf-8-sig", errors="backslashreplace")
