"""A small synthetic caseload, lived through with the real services into a folder: something of everything."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.settings import Settings
from npm_cases.bootstrap import App, build, initialise
from npm_cases.domain.errors import RefusedByRule
from npm_cases.domain.incoming import ImportedRow
from npm_cases.domain.instants import as_text
from npm_cases.domain.records import Actor
from npm_cases.persistence.reading import SqlReader
from npm_cases.services import casework, registers
from npm_cases.services.act import Confirm, DoAct, Done, act, confirm
from npm_cases.services.case_views import open_text
from npm_cases.services.casework import OnCase
from npm_cases.services.consent import RecordConsent, record_consent
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.daily_digest import queue_daily_digests
from npm_cases.services.import_rows import import_rows
from npm_cases.services.mailroom import House, Outgoing, Tried, deliver
from npm_cases.services.sweep import sweep
from npm_cases.services.users import HUMAN_ROLES, AddUser, add_user
from npm_cases.services.verify import Verification, verify

START = datetime(2025, 3, 3, 5, 0, tzinfo=UTC)
ALL = frozenset(HUMAN_ROLES)
ONE, TWO = Actor("one", ALL), Actor("two", ALL)
END = as_text(START + timedelta(days=400))
HOUSE = House(
    {"kk": "Synthetic office", "ru": "Synthetic office", "en": "Synthetic office"},
    "http://localhost:8000",
    "reply@example.org",
)


def settings(folder: Path, url: str = "") -> Settings:
    return Settings(data_dir=folder, database_url=url, _env_file=None)


def after(days: float) -> str:
    return as_text(START + timedelta(days=days))


@dataclass
class Live:
    """The services of one sandbox with less to type."""

    app: App

    def make(self, kind: str, day: float, **fields: str) -> str:
        return create_case(self.app.office, CreateCase(kind, ONE, after(day), fields)).id

    def do(self, case: str, event: str, day: float, **fields: str) -> Done:
        return act(self.app.office, DoAct(case, event, ONE, after(day), fields))

    def do_both(self, case: str, event: str, day: float, **fields: str) -> Done:
        proposed = self.do(case, event, day, **fields)
        return confirm(self.app.office, Confirm(proposed.pending, TWO, after(day)))

    def document(self, case: str, day: float) -> str:
        return casework.add_document(self.app.office, OnCase(case, ONE, after(day)), "paper.pdf", b"synthetic paper")[0]

    def pass_time(self, first: int, last: int) -> None:
        for day in range(first, last, 7):
            sweep(self.app.office, after(day + 0.5))
        deliver(self.app.office, take_all_but_some, HOUSE, after(last))


def take_all_but_some(mails: Sequence[Outgoing]) -> Sequence[Tried]:
    """Take mail, but refuse one in five for good."""
    bad = {mail.message_id for number, mail in enumerate(mails) if number % 5 == 4}
    return [
        Tried(m.message_id, "refused", "rcpt", 550, "no such box") if m.message_id in bad
        else Tried(m.message_id, "sent", "data", 250, "")
        for m in mails
    ]  # fmt: skip


def live_through(folder: Path, url: str = "") -> None:
    """Fill a fresh sandbox with a year of synthetic work."""
    app = initialise(settings(folder, url), sandbox=True)
    live, office = Live(app), app.office
    for actor in (ONE, TWO):
        add_user(office, AddUser(actor.user, tuple(ALL), ONE, after(0), email=f"{actor.user}@example.org"))
    for post in ("commissioner", "secretariat", "board", "council_chair"):
        given = {"post": post, "email": f"{post}@example.org", "valid_from": "2025-01-01"}
        registers.fill_post(office, given, ONE, after(0))
    registers.add_body(office, {"name": "Synthetic ministry", "email": "ministry@example.org"}, ONE, after(0))
    registers.add_body(office, {"name": "Synthetic prosecutor", "email": "p@example.org"}, ONE, after(0))
    registers.add_place(office, {"name": "Synthetic place", "region": "astana"}, ONE, after(0))
    visit = registers.record_visit(
        office, {"place": "synthetic_place", "kind": "periodic", "started_on": "2025-03-03"}, ONE, after(0)
    )
    recommendations(live, visit)
    allegations(live)
    import_rows(office, imported(), ONE, after(360))
    live.pass_time(361, 380)
    sweep(office, after(390))
    open_case = live.make("recommendation", 391, channel="visit", title="Repair the roof")
    live.do(open_case, "mark_obsolete", 391, reason_code="place_closed")
    open_text(office, open_case, 1, ONE, after(391), "check")
    queue_daily_digests(office, after(392))
    app.close()


def recommendations(live: Live, visit: str) -> None:
    """Walk one recommendation to its end; leave one in silence, one suspended, one to be confirmed."""
    common = {"channel": "ombudsman", "region": "astana", "addressee": "synthetic_ministry", "title": "Install windows"}
    whole, silent, stopped, waiting = (live.make("recommendation", 1, **common) for _ in range(4))
    for case in (whole, silent, stopped):
        live.do(case, "approve", 2)
        live.do(case, "issue", 3, measurable="true")
        live.do(case, "record_service", 4, document=live.document(case, 4))
        live.do(case, "acknowledge", 5)
    live.do(whole, "record_extension", 6, document=live.document(whole, 6), due_on="2025-04-20")
    live.do(whole, "record_extension", 7, document=live.document(whole, 7), due_on="2025-12-20")
    live.do(whole, "record_reply", 8, document=live.document(whole, 8))
    live.do(whole, "find_insufficient", 9, reason_code="insufficient_reply")
    live.do(whole, "record_reply", 10, document=live.document(whole, 10))
    live.do(whole, "accept", 11)
    live.do(whole, "start_implementation", 12, due_on="2025-08-01")
    live.do(whole, "record_claim", 13, document=live.document(whole, 13))
    live.do_both(whole, "verify", 14, visit=visit)
    live.do_both(whole, "close", 15)
    casework.suspend(live.app.office, OnCase(stopped, ONE, after(16)), "reply", None, "court")
    casework.link(live.app.office, OnCase(stopped, ONE, after(16)), silent, "related")
    casework.assign(live.app.office, OnCase(silent, ONE, after(16)), "two")
    live.pass_time(17, 60)
    casework.resume(live.app.office, OnCase(stopped, ONE, after(61)), "reply", None, "court")
    live.do(waiting, "mark_obsolete", 62, reason_code="place_closed")
    live.pass_time(63, 100)
    live.do(waiting, "mark_obsolete", 101, reason_code="place_closed")
    try:
        live.do(silent, "issue", 102)
    except RefusedByRule:
        live.do(stopped, "record_meeting", 103)


def allegations(live: Live) -> None:
    """Walk one allegation into an investigation with redress and a reprisal; leave another in silence."""
    told = live.make("allegation", 105, channel="complaint", region="astana", statement="synthetic", excluded="board")
    live.make("allegation", 105, channel="visit_allegation", statement="synthetic too")
    live.do(told, "register", 106, consent="given", reprisal_risk="low")
    live.do(told, "transfer", 106.1)
    live.do(told, "notify_prosecutor", 106.2, authority="synthetic_prosecutor")
    live.do(told, "record_registration", 108, register_number="synthetic 1")
    live.do(told, "open_investigation", 109, qualification="146-1")
    live.do(told, "recognise_victim", 110)
    live.do(told, "apply", 111)
    live.do(told, "report_reprisal", 112)
    live.pass_time(113, 140)
    live.do(told, "record_protection", 141, protection_measures="moved", persons_view="content")
    live.do(told, "withdraw_consent", 142)
    record_consent(live.app.office, RecordConsent(told, "limit", ONE, after(142), "synthetic_prosecutor"))
    live.pass_time(143, 355)


def imported() -> Iterator[ImportedRow]:
    for number, response in enumerate(("accepted", "rejected", "")):
        yield ImportedRow(
            line=number + 1, key=f"row-{number}", digest=f"{number:064}", channel="upr", addressee="Synthetic State",
            title=f"Synthetic text {number}", recommended_by="Elsewhere", symbol="A/HRC/0/0", paragraph=str(number),
            session=1, themes=("torture",), region="", response=response, reason_code="",
            issued_on=(START - timedelta(days=40 * number)).date(), responded_on=None,
        )  # fmt: skip


@contextmanager
def reading(folder: Path, url: str = "") -> Iterator[tuple[App, SqlReader]]:
    app = build(settings(folder, url))
    try:
        with SqlReader(app.database) as reader:
            yield app, reader
    finally:
        app.close()


def verified(folder: Path, url: str = "", at: str = END) -> Verification:
    with reading(folder, url) as (app, reader):
        return verify(app.office, reader, at)


def copy_of(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def tampered(folder: Path, tamper: Callable[[sqlite3.Connection], None]) -> None:
    """Change the file as somebody who has it can: the triggers are taken away first, and put back after."""
    with closing(sqlite3.connect(folder / "cases.db")) as connection:
        made = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in made:
            connection.execute(f"DROP TRIGGER {name}")
        tamper(connection)
        for _, sql in made:
            connection.execute(sql)
        connection.commit()


def one_row(connection: sqlite3.Connection, query: str, values: Mapping[str, object] | None = None) -> dict[str, Any]:
    connection.row_factory = sqlite3.Row
    row = connection.execute(query, values or {}).fetchone()
    assert row is not None, f"the made history has nothing for: {query}"
    return dict(row)
