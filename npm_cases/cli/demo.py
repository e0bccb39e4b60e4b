"""The demo: real recommendations, simulated time, sweeps as Prefect flow runs, mail to a local sink, and a report."""

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npm_cases.cli.shell import Shell, as_typed, console, settings, table
from npm_cases.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

FIRST_DAY = date(2024, 9, 2)  # a Monday; fixed, so that two demos tell the same story
MARK = ".npm-cases-demo"


def run_demo(shell: Shell, months: int, country: str = "") -> None:
    """Run the whole story and print what happened; a country is set for this process and the flows it starts."""
    if country:
        os.environ["NPM_CASES_COUNTRY"] = country
    began = time.monotonic()
    where = console(stderr=shell.as_json)
    folder = _fresh_folder(settings().data_dir / "demo")
    from npm_cases.bootstrap import on_simulated_clock
    from npm_cases.services.passing import set_clock

    app = on_simulated_clock(_sandbox(folder))
    office = app.office
    first = office.times.opening(FIRST_DAY)
    where.print(f"[bold]1. A fresh sandbox[/bold] in {folder}, with a caseload as of {FIRST_DAY:%A %d %B %Y}")
    set_clock(office, first)
    loaded = _load(where, app, first)
    where.print(
        f"   {loaded.published} published UN recommendations, {loaded.synthetic} synthetic ones of the mechanism, "
        f"{loaded.allegations} synthetic allegations, {loaded.places} places"
    )
    app.close()
    totals = _let_months_pass(where, folder, months)
    from npm_cases.bootstrap import build

    app = build(settings())
    report = _report(where, app, totals, months)
    report["seconds"] = round(time.monotonic() - began, 1)
    app.close()
    if shell.as_json:
        shell.out(report)
    _next_commands(where, folder, report)


def _fresh_folder(folder: Path) -> Path:
    """Make the demo's folder anew; only a folder a demo made before is ever removed.

    Raises ConfigurationError for a folder that holds something else.
    """
    if folder.exists():
        if not (folder / MARK).exists():
            raise ConfigurationError(f"{folder} is not a demo's folder; move it away or set NPM_CASES_DATA_DIR")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("made by npm-cases demo; removed by the next one\n", encoding="utf-8")
    return folder


def _sandbox(folder: Path) -> Any:
    os.environ["NPM_CASES_DATA_DIR"] = str(folder)
    os.environ.pop("NPM_CASES_DATABASE_URL", None)
    from npm_cases.bootstrap import initialise

    return initialise(settings(), sandbox=True)


def _load(where: "Console", app: Any, first: str) -> Any:
    from npm_cases.bootstrap import caseload_for
    from npm_cases.services.caseload import load_caseload

    caseload = caseload_for(app.office.pack)
    with where.status("   loading") as status:
        loaded = load_caseload(
            app.office, caseload, first, lambda what, done, of: status.update(f"   loading {what} {done}/{of}")
        )
    rows = [(v.year, v.visits, v.special, v.source) for v in caseload.years]
    if rows:
        table(where, "   Visits of the mechanism, as published", ("Year", "Visits", "Special", "Source"), rows)
    return loaded


def _months(months: int) -> Iterator[tuple[date, date]]:
    year, month = FIRST_DAY.year, FIRST_DAY.month
    for n in range(months):
        start = date(year, month, 1) if n else FIRST_DAY
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - months of a year
        yield start, date(year, month, 1)


def _let_months_pass(where: "Console", folder: Path, months: int) -> dict[str, Any]:
    from npm_cases.mail.sink import MailSink
    from workflows.environment import prepare

    with MailSink(folder / "mail") as sink:
        os.environ |= {"NPM_CASES_SMTP_PORT": str(sink.port), "NPM_CASES_SMTP_SECURITY": "none"}
        prepare(settings())
        where.print(
            f"[bold]2. {months} months pass[/bold], one Prefect flow run each; nobody acts; mail goes to 127.0.0.1:{sink.port}"
        )
        with where.status("   starting Prefect's temporary server (about half a minute)") as status:
            from workflows.simulated_month import simulated_month

            status.update("   Prefect is loaded; its temporary server starts with the first flow run")
            totals = _run_months(where, status, simulated_month, months)
        totals["files"] = sink.count
        os.environ.pop("NPM_CASES_SMTP_PORT")
        os.environ.pop("NPM_CASES_SMTP_SECURITY")
    return totals


def _run_months(where: "Console", status: Any, simulated_month: Any, months: int) -> dict[str, Any]:
    from workflows.parts import installation

    times = installation().office.times
    zone = times.pack.zone
    totals: dict[str, Any] = {"months": 0, "until": ""}
    for start, end in _months(months):
        counts = simulated_month(
            start=times.opening(start), until=times.end_of(date.fromordinal(end.toordinal() - 1), zone)
        )
        for name, value in counts.items():
            if isinstance(value, int):
                totals[name] = totals.get(name, 0) + value
        totals["months"] += 1
        totals["until"] = end.isoformat()
        line = (
            f"   {start:%b %Y}: {counts['days']:3} days with due rungs, {counts['reminders']:4} reminders, "
            f"{counts['escalations']:4} escalations, {counts['to_ombudsman']:4} to the Ombudsman, {counts['sent']:4} mails"
        )
        where.print(line)
        status.update(f"   {start:%B %Y} has passed")
    installation().close()
    return totals


def _report(where: "Console", app: Any, totals: Mapping[str, Any], months: int) -> dict[str, Any]:
    from npm_cases.services.passing import set_clock

    counts, until = app.views.counts(), str(totals["until"])
    now = app.office.times.opening(date.fromisoformat(until))
    set_clock(app.office, now)
    where.print(f"[bold]3. What happened[/bold] from {FIRST_DAY} to {until} ({months} months)")
    table(where, "Cases per state", ("State", "Cases"), counts["state"].items())
    table(where, "Cases per escalation level", ("Level", "Cases"), counts["escalation"].items())
    named = ("reminders", "notices", "escalations", "to_ombudsman", "sent", "dead", "late_by_engine")
    table(where, "Acts of the clock", ("Act", "How many"), [(name, totals.get(name, 0)) for name in named])
    told = app.views.told()
    table(where, "Who was told", ("Post", "Notices"), told.items())
    deadlines = app.views.next_deadlines(now, 10)
    rows = [(d["due_on"], d["number"], d["duty"], d["owed_by"]) for d in deadlines]
    table(where, "The next ten deadlines", ("Due on", "Case", "Duty", "Owed by"), rows)
    shown = _explain_one(where, app, now)
    found = _prove(where, app, now)
    return {
        "from": FIRST_DAY.isoformat(), "until": until, "flow_runs": totals["months"], **counts, "told": told,
        "totals": {name: totals.get(name, 0) for name in named}, "next_deadlines": deadlines, "explained": shown,
        **found, "mail_files": totals["files"],
    }  # fmt: skip


def _prove(where: "Console", app: Any, now: str) -> dict[str, Any]:
    """Sign a checkpoint, verify the history against it, and export what an outsider needs to do the same without us."""
    from npm_cases.proving.one_file import one_file
    from npm_cases.services.bundle import Export, export
    from npm_cases.services.users import sandbox_user
    from npm_cases.services.verify import verify

    where.print("[bold]4. The history, proved[/bold]")
    signed, folder = app.checkpoint(now), app.settings.data_dir / "proof"
    folder.mkdir()
    (folder / "checkpoint.txt").write_text(signed.note, encoding="utf-8")
    (folder / "npm_verify.py").write_text(one_file(), encoding="utf-8")
    with where.status("   verifying"), app.reader as reader:
        found = verify(app.office, reader, now)
    where.print(f"   {found.events} events, {len(found.findings)} findings, assurance level {found.level}")
    for finding in found.findings[:10]:
        where.print(f"   [red]{finding.case} event {finding.seq}: {finding.what}[/red]")
    wanted = Export(sandbox_user(app.office, ""), now)
    with where.status("   exporting"), (folder / "log.zip").open("wb") as to:
        events = export(app.office, lambda: app.reader, app.sequence, lambda: app.checkpoint(now), wanted, to)
    where.print(f"   checkpoint over {signed.size} entries, root {signed.root.hex()}")
    where.print(f"   {events} events exported; in {folder}: the log, a checkpoint, and the one-file verifier")
    return {"events": found.events, "findings": len(found.findings), "level": found.level, "checkpoint": signed.size}


def _explain_one(where: "Console", app: Any, now: str) -> str:
    """Explain one escalated case in sentences, from its history alone."""
    from npm_cases.services.case_views import ListFilter
    from npm_cases.services.explain import explain
    from npm_cases.services.explain_words import sentences
    from npm_cases.services.users import sandbox_user

    raised = app.views.cases(ListFilter(channel="spt"), (), ()) or app.views.cases(ListFilter(limit=1), (), ())
    number = str(raised[0]["number"])
    where.print(f"[bold]One case explained: {number}[/bold] {as_typed(str(raised[0]['title']))}")
    with app.reader as reader:
        found = explain(app.office, reader, number, now, sandbox_user(app.office, ""))
    for line in sentences(found, "en"):
        where.print(f"   {line}", markup=False)
    return number


def _next_commands(where: "Console", folder: Path, report: Mapping[str, Any]) -> None:
    number = report["explained"]
    where.print(f"[bold]5. Try next[/bold] (done in {report['seconds']} s)")
    if shutil.which("npm-cases") is None:
        where.print(f'   export PATH="{Path(sys.argv[0]).resolve().parent}:$PATH"', soft_wrap=True)
    where.print(f"   export NPM_CASES_DATA_DIR={folder}")
    if "NPM_CASES_COUNTRY" in os.environ:
        where.print(f"   export NPM_CASES_COUNTRY={os.environ['NPM_CASES_COUNTRY']}", soft_wrap=True)
    python = Path(sys.executable)
    for line in (
        "npm-cases case list --overdue --limit 20", f"npm-cases case show {number}", f"npm-cases case explain {number} --lang ru",
        f"npm-cases case history {number}", "npm-cases machine show recommendation --format mermaid", "npm-cases audit verify",
        f"P={folder}/proof", f'{python} $P/npm_verify.py $P/log.zip --key "$(npm-cases audit log-key)" --kept $P/checkpoint.txt',
        "npm-cases fsck", f"ls {folder}/mail | head",
    ):  # fmt: skip
        where.print(f"   {line}", soft_wrap=True)
