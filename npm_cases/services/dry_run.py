"""What an import would do, shown before it is done: the first rows that are new, the same or changed, and a page of the refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from npm_cases.domain import access
from npm_cases.domain.errors import NotFound
from npm_cases.domain.incoming import ImportedRow, RefusedRow
from npm_cases.domain.records import Actor
from npm_cases.domain.vocabulary import Vocabulary
from npm_cases.services.import_rows import ImportReport, codes_of, import_rows
from npm_cases.services.ports import Office, Work

MOST_SHOWN = 50
MOST_MENDED = 20
"""Refused rows on one page: each takes a field for every cell, and a form takes some hundreds."""
KINDS = ("new", "changed", "same")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row with the number of the case it belongs to, and the codes of that case it would change.

    ``number`` is empty for a new row, and for a case that is kept from the reader.
    """

    row: ImportedRow
    number: str = ""
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DryRun:
    """The counts of a dry run, the first rows of each kind, and one page of refused rows, by line."""

    report: ImportReport
    shown: dict[str, tuple[ShownRow, ...]]
    refused: tuple[RefusedRow, ...]
    has_more: bool


@dataclass(slots=True)
class _Kept:
    """What is kept of a dry run as it goes: bounded, however long the file."""

    after: int
    rows: dict[str, list[tuple[ImportedRow, str]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    refused: list[RefusedRow] = field(default_factory=list)
    met: int = 0

    def row(self, row: ImportedRow, kind: str, case: str) -> None:
        if len(self.rows[kind]) < MOST_SHOWN:
            self.rows[kind].append((row, case))

    def refuse(self, row: RefusedRow) -> None:
        self.met += 1
        if self.after < self.met <= self.after + MOST_MENDED:
            self.refused.append(row)


def dry_run(
    office: Office, rows: Iterable[ImportedRow | RefusedRow], actor: Actor, at: str, after: int = 0,
    vocabulary: Vocabulary | None = None,
) -> DryRun:  # fmt: skip
    """Count what an import of these rows would do, and write nothing; ``after`` so many refused rows the next are shown.

    Raises NotAllowed; whatever reading the rows raises.
    """
    kept = _Kept(after)
    report = import_rows(
        office, rows, actor, at, vocabulary=vocabulary, dry_run=True, on_refused=kept.refuse, on_row=kept.row
    )
    with office.open_reading() as work:
        shown = {
            kind: tuple(_shown(work, row, case, actor) for row, case in found) for kind, found in kept.rows.items()
        }
    refused = sorted(kept.refused, key=lambda row: row.line)
    return DryRun(report, shown, tuple(refused), kept.met > after + MOST_MENDED)


def _shown(work: Work, row: ImportedRow, case_id: str, actor: Actor) -> ShownRow:
    if not case_id:
        return ShownRow(row)
    try:
        case = work.read_case(case_id)
    except NotFound:
        return ShownRow(row)
    changes = tuple(name for name, value in codes_of(row).items() if case.facts.get(name) != value)
    is_known = access.may_see(actor, case, work.excluded(case.id))
    return ShownRow(row, case.number, changes) if is_known else ShownRow(row)
