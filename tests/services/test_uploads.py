"""Files kept between two pages: sealed, for their giver alone, for an hour, and gone after use; and what a dry run shows."""

from io import BytesIO
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, Conflict, IntegrityBroken, NotAllowed, NotFound
from npm_cases.domain.incoming import RefusedRow
from npm_cases.domain.messages import say
from npm_cases.services.dry_run import MOST_MENDED, MOST_SHOWN, dry_run
from npm_cases.services.import_rows import import_rows
from npm_cases.services.uploads import LARGEST_UPLOAD, MOST_KEPT, forget, keep, kept, need_same, stamp
from tests.makers import AUDITOR, CASEWORKER, MON_2_MAR, SECOND, a_row, keep_from

CONTENT = b"channel,addressee,title\nvisit,Synthetic ministry,canary-of-the-upload\n"
FIFTY_NINE_LATER, AN_HOUR_LATER = "2026-03-02T05:59:00.000000Z", "2026-03-02T06:00:00.000000Z"


def given(app: App, content: bytes = CONTENT, at: str = MON_2_MAR) -> str:
    return keep(app.office, app.uploads, ("rows.csv", BytesIO(content)), CASEWORKER, at)


def folder(app: App) -> Path:
    return app.settings.data_dir / "uploads"


def test_a_file_comes_back_to_its_giver_as_it_was_and_lies_sealed_meanwhile(app: App) -> None:
    upload = given(app)
    found = kept(app.office, app.uploads, upload, CASEWORKER, FIFTY_NINE_LATER)
    assert (found.content, found.name) == (CONTENT, "rows.csv")
    (path,) = folder(app).iterdir()
    assert b"canary" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert folder(app).stat().st_mode & 0o077 == 0


def test_nobody_else_gets_it_and_nobody_after_an_hour(app: App) -> None:
    upload = given(app)
    for actor, at in ((SECOND, MON_2_MAR), (CASEWORKER, AN_HOUR_LATER)):
        with pytest.raises(NotFound, match="60 minutes"):
            kept(app.office, app.uploads, upload, actor, at)
    assert app.uploads.names() == []  # a look removes what is old


def test_it_is_gone_after_use(app: App) -> None:
    upload, other = given(app), given(app)
    forget(app.uploads, upload, SECOND)
    forget(app.uploads, upload, CASEWORKER)
    with pytest.raises(NotFound):
        kept(app.office, app.uploads, upload, CASEWORKER, MON_2_MAR)
    assert kept(app.office, app.uploads, other, CASEWORKER, MON_2_MAR).content == CONTENT


def test_bytes_changed_or_put_under_another_name_do_not_open(app: App) -> None:
    upload = given(app)
    (path,) = folder(app).iterdir()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IntegrityBroken):
        kept(app.office, app.uploads, upload, CASEWORKER, MON_2_MAR)
    other = given(app)
    sealed = next(one for one in folder(app).iterdir() if one.name.endswith(other))
    path.write_bytes(sealed.read_bytes())
    with pytest.raises(IntegrityBroken):
        kept(app.office, app.uploads, upload, CASEWORKER, MON_2_MAR)


def test_only_what_was_shown_is_imported(app: App) -> None:
    found = kept(app.office, app.uploads, given(app), CASEWORKER, MON_2_MAR)
    need_same(found, found.digest)
    with pytest.raises(Conflict):
        need_same(found, "0" * 64)


def test_an_empty_a_too_large_and_a_strangers_file_are_refused(app: App) -> None:
    for content in (b"", b"x" * (LARGEST_UPLOAD + 1)):
        with pytest.raises(BadInput):
            given(app, content)
    with pytest.raises(NotAllowed):
        keep(app.office, app.uploads, ("rows.csv", CONTENT), AUDITOR, MON_2_MAR)
    assert app.uploads.names() == []


def test_the_oldest_file_of_a_person_makes_room(app: App) -> None:
    first = given(app, at="2026-03-02T04:30:00.000000Z")
    for _ in range(MOST_KEPT):
        last = given(app)
    assert len(app.uploads.names()) == MOST_KEPT
    with pytest.raises(NotFound):
        kept(app.office, app.uploads, first, CASEWORKER, MON_2_MAR)
    assert kept(app.office, app.uploads, last, CASEWORKER, MON_2_MAR).content == CONTENT


def test_a_plain_file_lies_there_only_while_it_is_read(app: App) -> None:
    name = "Қорытынды " * 19 + ".csv"
    with app.uploads.laid_out(stamp(MON_2_MAR), name, CONTENT) as path:
        assert path.read_bytes() == CONTENT
        assert path.suffix == ".csv"
        assert path.parent.stat().st_mode & 0o077 == 0
    assert app.uploads.names() == []
    with pytest.raises(ZeroDivisionError), app.uploads.laid_out(stamp(MON_2_MAR), "rows.csv", CONTENT):
        _ = 1 / 0
    assert app.uploads.names() == []
    left = folder(app) / f"{stamp(MON_2_MAR)}-read-1"  # as a process leaves it that was killed
    left.mkdir()
    given(app, at=AN_HOUR_LATER)
    assert not left.exists()


# -- what a dry run shows


def test_a_dry_run_tells_new_same_and_changed_apart_and_writes_nothing(app: App) -> None:
    import_rows(app.office, [a_row(1), a_row(2), a_row(3)], CASEWORKER, MON_2_MAR)
    rows = [a_row(1), a_row(2, digest="other", symbol="A/HRC/0/2"), a_row(3, digest="other"), a_row(4)]
    found = dry_run(app.office, rows, CASEWORKER, MON_2_MAR)
    report = found.report
    assert (report.read, report.new, report.same, report.changed, report.refused) == (4, 1, 1, 2, 0)
    assert [(one.number, one.changes) for one in found.shown["changed"]] == [
        ("R-2026-000002", ("symbol",)),
        ("R-2026-000003", ()),
    ]
    assert [one.number for one in (*found.shown["same"], *found.shown["new"])] == ["R-2026-000001", ""]
    assert dry_run(app.office, rows, CASEWORKER, MON_2_MAR).report.new == 1


def test_a_dry_run_names_no_case_that_is_kept_from_the_reader(app: App) -> None:
    import_rows(app.office, [a_row(1)], CASEWORKER, MON_2_MAR)
    keep_from(app, "R-2026-000001", CASEWORKER.user)
    found = dry_run(app.office, [a_row(1, digest="other", symbol="new")], CASEWORKER, MON_2_MAR)
    assert found.shown["changed"] == found.shown["same"] == ()
    assert ["not yours" in one.reason for one in found.refused] == [True]


def test_a_dry_run_keeps_the_first_rows_and_one_page_of_the_refused(app: App) -> None:
    bad = [RefusedRow(n, "row", say("cell_missing"), (str(n),)) for n in range(2 * MOST_MENDED + 1)]
    rows = [a_row(n) for n in range(MOST_SHOWN + 5)]
    pages = [dry_run(app.office, [*rows, *bad], CASEWORKER, MON_2_MAR, MOST_MENDED * n) for n in range(3)]
    assert len(pages[0].shown["new"]) == MOST_SHOWN
    assert [len(page.refused) for page in pages] == [MOST_MENDED, MOST_MENDED, 1]
    assert [page.has_more for page in pages] == [True, True, False]
    assert [row.line for page in pages for row in page.refused] == [row.line for row in bad]


def test_a_row_the_services_refuse_comes_back_with_all_its_cells(app: App) -> None:
    row = a_row(1, region="nowhere", raw=("visit", "Synthetic ministry", "A title"))
    assert [one.raw for one in dry_run(app.office, [row], CASEWORKER, MON_2_MAR).refused] == [row.raw]
