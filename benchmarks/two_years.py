"""Two simulated years of an imported caseload in which nobody acts: is anybody forgotten, and do outages change the acts.

    python benchmarks/two_years.py FILE [FILE ...]      UPR files as `npm-cases import` takes them

Prints the figures for the note and docs/performance.md; exits 1 when a case was forgotten or the sets differ.
"""

import argparse
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from config.settings import Settings
from npm_cases.bootstrap import App, copy_of, initialise
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import Actor
from npm_cases.importers import read_rows
from npm_cases.services.case_views import ListFilter, list_cases
from npm_cases.services.import_rows import import_rows
from npm_cases.services.passing import let_time_pass
from npm_cases.services.policy_check import check_policy

START = "2024-09-02T04:00:00.000000Z"
DAYS = 730
OUTAGES = 60
END = as_text(from_text(START) + timedelta(days=DAYS))
ACTOR = Actor("benchmark", frozenset({"caseworker"}))


def main() -> int:
    """Import, simulate twice, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        app = initialise(Settings(data_dir=Path(folder), log_level="error"), sandbox=True)
        for path in files:
            began = time.perf_counter()
            report = import_rows(app.office, read_rows(path, "upr"), ACTOR, START)
            seconds = time.perf_counter() - began
            print(f"{path.name}: {report.read} read, {report.new} new, {report.same} same, {report.refused} refused")
            print(f"  {report.read / seconds:,.0f} rows a second")
        again = [import_rows(app.office, read_rows(path, "upr"), ACTOR, START) for path in files]
        print(f"the second time: {sum(r.same for r in again)} same of {sum(r.read for r in again)} read")
        return compare(app)


def compare(app: App) -> int:
    """Let two years pass on two copies, one steady and one with outages."""
    bounds = [b for b in check_policy(app.office.pack, from_text(START).date()).bounds if b.channel == "upr"]
    overdue = {row["overdue"] for row in list_cases(app.views, ListFilter(open_only=True), ACTOR, START)}
    states = {"overdue_at_intake"} if overdue == {True} else {b.state for b in bounds}
    bound = max(b.days for b in bounds if b.state in states)
    with copy_of(app) as steady, copy_of(app) as broken:
        began = time.perf_counter()
        slowest = walk(steady, [])
        wanted, levels = state_of(steady)
        print(f"steady: {len(wanted):,} acts in {time.perf_counter() - began:.0f} s")
        walk(broken, outages())
        found, their_levels = state_of(broken)
        print(f"stopped {OUTAGES} times for days: {len(found):,} acts, the same set: {found == wanted}")
    forgotten = [number for number, level in levels.items() if level != "escalated_to_ombudsman"]
    print(f"{len(levels):,} open cases, {len(forgotten)} not at the Ombudsman; the last arrived after {slowest} days")
    print(f"the bound `policy check` prints for {', '.join(sorted(states))} is {bound} days")
    return int(bool(forgotten) or found != wanted or levels != their_levels or slowest > bound)


def walk(app: App, stops: list[str]) -> int:
    """Let time pass, steadily or only at the stops; returns after how many days the last case reached the Ombudsman."""
    slowest = 0
    for start, until in [(stop, stop) for stop in stops] or [(START, END)]:
        for at, counts in let_time_pass(app.office, start, until):
            if counts.to_ombudsman:
                slowest = (from_text(at) - from_text(START)).days
    for _ in let_time_pass(app.office, END, END):
        pass
    return slowest


def outages() -> list[str]:
    """Choose the only instants at which the engine runs."""
    chance = random.Random(20240902)  # noqa: S311 - a fixed choice, nothing secret
    return [as_text(from_text(START) + timedelta(days=day)) for day in sorted(chance.sample(range(1, DAYS), OUTAGES))]


def state_of(app: App) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """Return every act taken and the escalation of every open case."""
    acts = {(act["obligation"], act["rung"]) for act in app.views.rungs_since(START)}
    return acts, {row["number"]: row["escalation"] for row in app.views.cases(ListFilter(open_only=True), (), ())}


if __name__ == "__main__":
    sys.exit(main())
