"""Import published recommendations: each row becomes one case, once, however often the file comes.

A batch is one transaction, all or nothing; an import that broke off is run again, and what is in is the same.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.incoming import ImportedRow, RefusedRow
from npm_cases.domain.instants import from_text
from npm_cases.domain.look_alikes import look_alikes
from npm_cases.domain.message_values import labelled, quoted
from npm_cases.domain.messages import Said, say
from npm_cases.domain.records import RECOMMENDATION, Actor, By, Case
from npm_cases.domain.vocabulary import Vocabulary
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import obligations
from npm_cases.services.clock_guard import need_clock_not_behind
from npm_cases.services.committed import insert_committed
from npm_cases.services.create_case import birth_facts, new_case
from npm_cases.services.exclusion import is_kept_from
from npm_cases.services.moves import born, is_final
from npm_cases.services.ports import Office, Work
from npm_cases.services.published_status import published_facts, state_meant, status_codes, status_unfit
from npm_cases.services.recording import instant, record

BATCH_ROWS = 500
MOST_KEPT_REFUSALS = 1_000
STATE_OF_RESPONSE = {"accepted": "accepted", "rejected": "rejected"}
_NOT_CODE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A name in a new row that a person should look at: it holds words of Latin and Cyrillic letters that look alike."""

    line: int
    field: str
    words: tuple[str, ...]


@dataclass(slots=True)
class ImportReport:
    """What an import did: read = new + same + changed + refused; ``look_alikes`` are the first names to look at.

    ``vocabulary`` is the one the statuses were read by.
    """

    read: int = 0
    new: int = 0
    same: int = 0
    changed: int = 0
    refused: int = 0
    refusals: list[RefusedRow] = field(default_factory=list)
    look_alikes: list[LookAlike] = field(default_factory=list)
    vocabulary: Vocabulary | None = None


OnRow = Callable[[ImportedRow, str, str], None]
"""Told of each row that is not refused: whether it is new, the same or changed, and the id of its case, empty for none."""


@dataclass(slots=True)
class _Batch:
    work: Work
    office: Office
    actor: Actor
    role: str
    at: str
    batch: str
    today: date
    report: ImportReport
    dry_run: bool
    seen: dict[str, tuple[str, str, str]]
    on_row: OnRow
    vocabulary: Vocabulary | None = None
    keeps_some: bool = False


def import_rows(
    office: Office,
    rows: Iterable[ImportedRow | RefusedRow],
    actor: Actor,
    at: str,
    *,
    vocabulary: Vocabulary | None = None,
    dry_run: bool = False,
    on_refused: Callable[[RefusedRow], None] = lambda _: None,
    on_batch: Callable[[ImportReport], None] = lambda _: None,
    on_row: OnRow = lambda _, __, ___: None,
) -> ImportReport:
    """Import rows batch by batch and return the counts; a dry run counts the same and writes nothing.

    ``vocabulary`` says what the status of a row means; without one a row with a status is refused.
    Raises NotAllowed for a role that may not import; whatever breaks a batch undoes that batch alone.
    """
    role = access.need(actor, "import cases")
    report = ImportReport(vocabulary=vocabulary)
    batch_id = office.new_id()
    today = office.times.day(from_text(at))
    seen: dict[str, tuple[str, str, str]] = {}
    for chunk in _chunks(rows):
        good = [row for row in chunk if isinstance(row, ImportedRow)]
        for refused in (row for row in chunk if isinstance(row, RefusedRow)):
            _refuse(report, refused, on_refused)
        with office.open_reading() if dry_run else office.open_work() as work:
            office.at_point("import.before_batch")
            need_clock_not_behind(work, office, at)
            work.look_up_imported([row.key for row in good])
            keeps_some = is_kept_from(work, actor)
            batch = _Batch(
                work, office, actor, role, at, batch_id, today, report, dry_run, seen, on_row, vocabulary, keeps_some
            )  # fmt: skip
            for row in good:
                _import_one(batch, row, on_refused)
            office.at_point("import.before_commit")
            if not dry_run:
                work.commit()
        office.at_point("import.after_commit")
        on_batch(report)
    if not dry_run and report.new + report.changed:
        _finish(office, report, batch_id, actor, role, at)
    return report


def _chunks(rows: Iterable[ImportedRow | RefusedRow]) -> Iterator[list[ImportedRow | RefusedRow]]:
    stream = iter(rows)
    while chunk := list(islice(stream, BATCH_ROWS)):
        yield chunk


def _refuse(report: ImportReport, row: RefusedRow, on_refused: Callable[[RefusedRow], None]) -> None:
    report.read += 1
    report.refused += 1
    if len(report.refusals) < MOST_KEPT_REFUSALS:
        report.refusals.append(row)
    on_refused(row)


def _import_one(batch: _Batch, row: ImportedRow, on_refused: Callable[[RefusedRow], None]) -> None:
    wrong = _unfit(batch, row)
    if wrong is not None:
        _refuse(batch.report, wrong, on_refused)
        return
    report = batch.report
    report.read += 1
    known = batch.seen.get(row.key) or batch.work.imported(row.key)
    if known is None:
        report.new += 1
        _warn(report, row)
        batch.on_row(row, "new", "")
        if not batch.dry_run:
            _new(batch, row)
    elif known[0] == row.digest:
        report.same += 1
        batch.on_row(row, "same", known[1])
    elif known[2] == batch.batch:
        report.read -= 1
        _refuse(report, _refused(row, "row", say("same_key_in_file")), on_refused)
    else:
        report.changed += 1
        batch.on_row(row, "changed", known[1])
        if not batch.dry_run:
            _amend(batch, row, known[1])
    if batch.dry_run and known is None:
        batch.seen[row.key] = (row.digest, "", batch.batch)


def _warn(report: ImportReport, row: ImportedRow) -> None:
    """Note the names of a new row that may be taken for others; they are kept as they are."""
    for name in ("addressee", "recommended_by"):
        words = look_alikes(getattr(row, name))
        if words and len(report.look_alikes) < MOST_KEPT_REFUSALS:
            report.look_alikes.append(LookAlike(row.line, name, words))


def _unfit(batch: _Batch, row: ImportedRow) -> RefusedRow | None:
    """Refuse what the file's form could not show: a channel or region the pack does not have, a day to come."""
    pack = batch.office.pack
    channel = pack.channels.get(row.channel)
    if channel is None or channel.kind != RECOMMENDATION:
        known = labelled({c.id: c.labels for c in pack.channels.values() if c.kind == RECOMMENDATION})
        return _refused(row, "channel", say("not_one_of", given=quoted(row.channel), known=known))
    if row.region and row.region not in pack.regions:
        known = labelled(pack.regions)
        return _refused(row, "region", say("not_one_of", given=quoted(row.region), known=known))
    if why := status_unfit(row, batch.vocabulary):
        return _refused(row, "status", why)
    if not _is_theirs(batch, row):
        return _refused(row, "row", say("row_not_yours"))
    for name in ("issued_on", "responded_on"):
        day = getattr(row, name)
        if day is not None and day > batch.today:
            return _refused(row, name, say("day_in_future", day=day, today=batch.today))
    return None


def _is_theirs(batch: _Batch, row: ImportedRow) -> bool:
    """Say whether the importer may know the case of a row, and make one in its region."""
    regions = batch.actor.regions
    known = batch.work.imported(row.key)
    if known is not None and (access.EVERYWHERE not in regions or batch.keeps_some):
        case = batch.work.read_case(known[1])
        return access.may_see(batch.actor, case, batch.work.excluded(case.id))
    return access.EVERYWHERE in regions or row.region in regions


def _refused(row: ImportedRow, name: str, why: Said) -> RefusedRow:
    return RefusedRow(row.line, name, why, row.raw or (row.addressee, row.title, row.recommended_by))


def _new(batch: _Batch, row: ImportedRow) -> None:
    work, office = batch.work, batch.office
    series = f"R-{batch.today.year}"
    start = row.responded_on or row.issued_on or batch.today
    case = new_case(
        office, RECOMMENDATION, row.channel, f"{series}-{work.next_number(series):06d}", batch.at,
        region=row.region, addressee=_body(batch, row.addressee), place="", title=row.title, assignee="",
        facts=codes_of(row, batch.vocabulary) | published_facts(row, start),
    )  # fmt: skip
    born(case, {RECOMMENDATION: state_meant(row, batch.vocabulary) or _state(office, row)})
    case.closed_at = batch.at if is_final(case) else ""
    work.add_case(case)
    facts = birth_facts(case) | {"row": row.key, "batch": batch.batch}
    sealed: dict[str, str] = {}
    if office.pack.channel(row.channel).public:
        facts["title"] = hashlib.sha256(row.title.encode()).hexdigest()
    else:
        sealed["title"] = row.title
    facts["occurred_on"] = start.isoformat()
    record(
        work, office, case, EventType.CASE_IMPORTED, batch.at, batch.actor, batch.role, to=case.state,
        reason=row.reason_code, facts=facts, sealed=sealed,
    )  # fmt: skip
    by = By(batch.actor, batch.role, batch.at)
    for duty, owed_by in obligations.running_duties(office, case).items():
        obligations.open_obligation(work, office, case, duty, owed_by, start, by)
    work.remember_import(row.key, row.digest, case.id, batch.batch)


def _state(office: Office, row: ImportedRow) -> str:
    if row.response:
        return STATE_OF_RESPONSE[row.response]
    published = not office.pack.channel(row.channel).issued_here and row.issued_on is not None
    return "served" if published else "draft"


def codes_of(row: ImportedRow, vocabulary: Vocabulary | None = None) -> dict[str, Any]:
    """Return what a row says of its case as codes: those of the case follow it when the row changes."""
    codes: dict[str, Any] = {
        "symbol": row.symbol, "paragraph": row.paragraph, "recommended_by": code(row.recommended_by),
        "themes": [code(theme) for theme in row.themes], **status_codes(row, vocabulary),
    }  # fmt: skip
    if row.session is not None:
        codes["session"] = row.session
    return {name: value for name, value in codes.items() if value}


@lru_cache(8_192)  # the same few hundred names stand in every file
def code(text: str) -> str:
    """Write a published name as a code: small Latin letters, digits and underscores."""
    return _NOT_CODE.sub("_", text.lower()).strip("_") or hashlib.sha256(text.encode()).hexdigest()[:12]


def _body(batch: _Batch, name: str) -> str:
    """Return the id of the addressee, which is registered when the first row names it."""
    if not name:
        return ""
    body_id = code(name)
    if batch.work.has_body(body_id):
        return body_id
    values = {"id": body_id, "name": name, "kind": "state", "superior": "", "email": "", "language": "", "zone": ""}
    work, office = batch.work, batch.office
    facts = {"body": body_id, "row": insert_committed(work, office, "bodies", values)}
    record(work, office, work.chain(OFFICE), EventType.BODY_ADDED, batch.at, batch.actor, batch.role, facts=facts)
    return body_id


def _amend(batch: _Batch, row: ImportedRow, case_id: str) -> None:
    """Write down what the file now says otherwise; no state moves without a person."""
    work = batch.work
    case: Case = work.case(case_id)
    was = dict(case.facts)
    codes = codes_of(row, batch.vocabulary)
    case.facts = {**case.facts, **codes}
    facts: dict[str, Any] = {"row": row.key, "batch": batch.batch, "response": row.response or "none"}
    facts |= {name: value for name, value in codes.items() if was.get(name) != value}
    case.version += 1
    record(
        work, batch.office, case, EventType.CASE_AMENDED, batch.at, batch.actor, batch.role, reason=row.reason_code,
        facts=facts,
    )  # fmt: skip
    work.save_case(case)
    work.remember_import(row.key, row.digest, case.id, batch.batch)


def _finish(office: Office, report: ImportReport, batch_id: str, actor: Actor, role: str, at: str) -> None:
    counts = {name: getattr(report, name) for name in ("read", "new", "same", "changed", "refused")}
    with office.open_work() as work:
        chain = work.chain(OFFICE)
        at = instant(chain, at)
        record(work, office, chain, EventType.IMPORT_FINISHED, at, actor, role, facts={"batch": batch_id, **counts})
        work.insert("import_batches", {"id": batch_id, "started_at": at, "finished_at": at, **counts})
        work.commit()
