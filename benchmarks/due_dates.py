"""Goal P9: due dates in working days, beside the ``holidays`` package, in interleaved slices of one run.

    python benchmarks/due_dates.py [--rounds 15] [--json]

Each slice counts the same terms from the same days of 2015 to 2025; a ratio is the median over the rounds of
(theirs / ours). The goal is measured on terms of 1 to 90 working days; the terms that the law of Kazakhstan names are
printed beside it. Before timing, every answer of the two is compared.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import holidays

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.due_dates import due_date, due_on
from npm_cases.domain.terms import Rule, Unit
from npm_cases.packs.calendar_file import load_calendar

KZ_FILE = Path(__file__).parents[1] / "config" / "calendars" / "kz.toml"
FIRST, LAST = date(2015, 1, 1), date(2025, 12, 31)
TERMS: dict[str, Sequence[int]] = {"1 to 90": range(1, 91), "3": (3,), "10": (10,), "15": (15,), "30": (30,)}
GOALS = {"date alone": 100, "with derivation": 20}
A_SLICE = 400
TIMES = {"holidays": 1, "date alone": 50, "with derivation": 10}  # so that the slices of all ways last about as long

Work = list[tuple[date, Rule]]


def main() -> int:
    """Print the ratios and the disagreements; exit with 1 if the goal is missed or an answer differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    calendar = load_calendar(KZ_FILE)
    theirs = holidays.country_holidays("KZ", years=range(FIRST.year - 1, LAST.year + 2))
    differing = disagreements(calendar, theirs)
    ratios = {name: measure(calendar, theirs, terms, options.rounds) for name, terms in TERMS.items()}
    if options.json:
        print(json.dumps({"disagreements": [str(day) for day in differing], "ratios": ratios, "goals": GOALS}))
    else:
        show(ratios, differing)
    reached = all(ratios["1 to 90"][what] >= goal for what, goal in GOALS.items())
    return 0 if reached and not differing else 1


def disagreements(calendar: Calendar, theirs: holidays.HolidayBase) -> list[date]:
    """Compare every day of the years: the two disagree on a term only if they disagree on a day."""
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    return [day for day in days if calendar.is_working(day) != theirs.is_working_day(day)]


def measure(calendar: Calendar, theirs: holidays.HolidayBase, terms: Sequence[int], rounds: int) -> dict[str, float]:
    """Give the ratios of both ways for one choice of terms, and the microseconds the package takes for one term."""
    work = a_slice(terms)
    ways: dict[str, Callable[[], object]] = {
        "holidays": lambda: [theirs.get_nth_working_day(day, rule.amount) for day, rule in work],
        "date alone": lambda: [due_on(day, rule, calendar) for day, rule in work],
        "with derivation": lambda: [due_date(day, rule, calendar) for day, rule in work],
    }
    for way in ways.values():
        way()  # tables are built and caches filled on all sides
    times = [{name: clocked(way, TIMES[name]) for name, way in ways.items()} for _ in range(rounds)]
    found = {name: statistics.median(t["holidays"] / t[name] for t in times) for name in GOALS}
    return found | {"microseconds": statistics.median(t["holidays"] for t in times) / len(work) * 1e6}


def a_slice(terms: Sequence[int]) -> Work:
    """Draw days and rules by chance, the same in every run."""
    chance = random.Random(1)  # noqa: S311 - the same work in every run
    rules = [a_rule(amount) for amount in terms]
    span = (LAST - FIRST).days - 150
    return [(FIRST + timedelta(days=chance.randrange(span)), chance.choice(rules)) for _ in range(A_SLICE)]


def a_rule(amount: int) -> Rule:
    """Make a rule of working days for measuring; it is no rule of law."""
    return Rule(
        id="measured",
        version="1",
        amount=amount,
        unit=Unit.working_days,
        starts="day_after_receipt",
        rolls_to="next_working_day",
        valid_from=FIRST,
        policy=True,
    )


def clocked(way: Callable[[], object], times: int) -> float:
    """Give the seconds a way takes for its work, repeated to make a slice."""
    began = time.perf_counter()
    for _ in range(times):
        way()
    return (time.perf_counter() - began) / times


def show(ratios: dict[str, dict[str, float]], differing: list[date]) -> None:
    """Print a table, a row for each choice of terms."""
    print(
        f"days of {FIRST.year} to {LAST.year} on which the two disagree: {len(differing)} {list(map(str, differing))}"
    )
    print(f"{'working days':>14} {'holidays, us':>14} {'date alone':>12} {'with derivation':>16}")
    for name, row in ratios.items():
        print(f"{name:>14} {row['microseconds']:>14.1f} {row['date alone']:>11.0f}x {row['with derivation']:>15.0f}x")
    print(f"goal, on 1 to 90: {GOALS['date alone']}x and {GOALS['with derivation']}x")


if __name__ == "__main__":
    sys.exit(main())
