"""Import in the browser: give a file, see what it would do, mend what was refused, then do exactly what was shown."""

from dataclasses import asdict
from functools import partial

from starlette.responses import Response

from npm_cases.domain.errors import BadInput
from npm_cases.domain.messages import say
from npm_cases.domain.rights import RIGHTS
from npm_cases.importers import ENCODINGS, ImportRefused
from npm_cases.services.dry_run import KINDS, MOST_SHOWN, DryRun, dry_run
from npm_cases.services.import_rows import ImportReport
from npm_cases.services.uploads import LARGEST_UPLOAD, Kept, forget, keep, kept, need_same
from npm_cases.web.handing_out import CSV, as_attachment
from npm_cases.web.importing import (
    FORMATS,
    LONG_COLUMNS,
    REFUSED_NAME,
    ReadAs,
    cells_of,
    do_import,
    mended_file,
    read_as,
    refused_rows,
    rows_of,
)
from npm_cases.web.pages.trying import wrong_of
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit, as_query
from npm_cases.web.words import all_words

CAN = RIGHTS["import cases"]
UNUSABLE = 422
MOST_DIGITS = 9
COUNTS = ("read", "new", "changed", "same", "refused")
CELL, IN = "cell.", "in."
"""What the fields of a refused row begin with: its cells, and whether it is tried again."""


def _form(visit: Visit) -> Response:
    return _form_of(visit, None)


def _form_of(visit: Visit, error: BadInput | None) -> Response:
    wrong = wrong_of(error, visit.lang, ()) if error else None
    return visit.render(
        "import.html", UNUSABLE if error else 200, wrong=wrong, formats=FORMATS, encodings=ENCODINGS, most=LARGEST_UPLOAD,
        typed=_given(visit), done=_done(visit),
    )  # fmt: skip


def _done(visit: Visit) -> dict[str, int]:
    """Return the counts of the import that was just done, empty when none was."""
    given = {name: visit.query.get(name, "") for name in COUNTS}
    return {name: int(count) for name, count in given.items()} if all(map(_is_count, given.values())) else {}


def _is_count(text: str) -> bool:
    return text.isdecimal() and len(text) <= MOST_DIGITS


def _take(visit: Visit) -> Response:
    try:
        name, content = visit.one_upload("file")
        upload = keep(visit.office, visit.app.uploads, (name, content), visit.actor, visit.at)
    except BadInput as error:
        return _form_of(visit, error)
    return visit.go("import_file", as_query(_given(visit)), upload=upload)


def _given(visit: Visit) -> dict[str, str]:
    return {name: visit.given(name) for name in ("format", "encoding")}


def _to_file(visit: Visit, upload: str, how: ReadAs, more: str = "") -> Response:
    return visit.go("import_file", f"{as_query(asdict(how))}{more}", upload=upload)


def _kept(visit: Visit) -> Kept:
    return kept(visit.office, visit.app.uploads, visit.path["upload"], visit.actor, visit.at)


def _asked(visit: Visit, file: Kept) -> ReadAs:
    """Return how the address says to read the file."""
    return read_as(visit.query.get("format", ""), visit.query.get("encoding", ""), file.content)


def _show(visit: Visit) -> Response:
    file, after = _kept(visit), visit.query.get("after", "")
    how = _asked(visit, file)
    skip = int(after) if _is_count(after) else 0
    found: DryRun | None = None
    wrong: ImportRefused | None = None
    try:
        with rows_of(visit.app, file, how, visit.at) as (rows, vocabulary):
            found = dry_run(visit.office, rows, visit.actor, visit.at, skip, vocabulary)
    except ImportRefused as error:
        wrong = error
    return visit.render(
        "import_file.html", UNUSABLE if wrong else 200, file=file, how=how, found=found,
        wrong=wrong_of(wrong, visit.lang, ()) if wrong else None, kinds=KINDS, most=MOST_SHOWN, skip=skip,
        formats=FORMATS, encodings=ENCODINGS, done=_done(visit), long_columns=LONG_COLUMNS,
        counts=[(name, getattr(found.report, name)) for name in COUNTS] if found else [], column=partial(_column, visit),
        rows=[(row, cells_of(row, how)) for row in found.refused] if found else [],
        query=as_query(asdict(how)), cell=CELL, into=IN,
    )  # fmt: skip


def _column(visit: Visit, name: str) -> str:
    """Say a column of a format or a code of a case; a member no format has stands for itself."""
    code = "import.field_row" if name == "row" else f"import.col_{name.lower().replace('-', '_')}"
    return visit.speaker.t(code) if code in all_words() else name


def _posted(visit: Visit, file: Kept) -> ReadAs:
    """Return how the form says to read the file: as it was shown."""
    return read_as(visit.given("format"), visit.given("encoding"), file.content)


def _do(visit: Visit) -> Response:
    file = _kept(visit)
    how = _posted(visit, file)
    need_same(file, visit.given("digest"))
    report, refused = do_import(visit.app, file, how, visit.actor, visit.at)
    forget(visit.app.uploads, file.id, visit.actor)
    if not refused:
        return visit.go("import", _counts(report))
    left = keep(visit.office, visit.app.uploads, (REFUSED_NAME, refused), visit.actor, visit.at)
    return _to_file(visit, left, ReadAs(how.mended, "utf-8"), f"&{_counts(report)}")


def _counts(report: ImportReport) -> str:
    return "&".join(f"{name}={getattr(report, name)}" for name in COUNTS)


def _mend(visit: Visit) -> Response:
    file = _kept(visit)
    how = _posted(visit, file)
    rows = [_cells(visit, number, len(how.header)) for number in _left_in(visit)]
    if not rows:
        raise BadInput(say("no_row_mended"))
    again = ReadAs(how.mended, "utf-8")
    mended = mended_file(rows, again)
    upload = keep(visit.office, visit.app.uploads, (REFUSED_NAME, mended), visit.actor, visit.at, file.id)
    return _to_file(visit, upload, again)


def _left_in(visit: Visit) -> list[str]:
    return [name.removeprefix(IN) for name in visit.form if name.startswith(IN)]


def _cells(visit: Visit, number: str, width: int) -> list[str]:
    """Return the cells of one row as typed, blanks at the ends included: a title is kept as it is."""
    values = [visit.form.get(f"{CELL}{number}.{column}", "") for column in range(width)]
    return [value if isinstance(value, str) else "" for value in values]


def _take_refused(visit: Visit) -> Response:
    file = _kept(visit)
    content = refused_rows(visit.app, file, _asked(visit, file), visit.actor, visit.at)
    return Response(content, media_type=CSV, headers={"Content-Disposition": as_attachment(REFUSED_NAME)})


PAGES = (
    Page("import", "/import", CAN, Data.CASES, get=_form, post=_take),
    Page("import_file", "/import/{upload}", CAN, Data.CASES, get=_show, post=_do),
    Page("import_mend", "/import/{upload}/mend", CAN, Data.CASES, post=_mend),
    Page("import_refused", "/import/{upload}/refused", CAN, Data.CASES, get=_take_refused),
)
