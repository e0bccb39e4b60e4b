"""Goal P2: one move through the public use case on SQLite with synchronous=FULL, beside raw SQL and beside an ORM.

    python benchmarks/one_move.py [--moves 200] [--rounds 7]

``move`` is `act` with acknowledge, each time on a fresh case: a change of state under which the same clocks run on, so one
event, one log entry and the case are written (the floor: one event, one message and the case). ``meeting`` is
record_meeting, where the state stays. ``answer`` is record_reply and find_insufficient in turn: each ends one clock and
begins another, so it writes three events, three log entries, two obligations and the case, and half of them a
sealed text: more than the floor does, and held to the same goal. Slices of all ways run in turn; a ratio is the
median over the rounds.
Exits with 0 whether a goal is reached or missed.
"""

import argparse
import gc
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from itertools import cycle, islice
from pathlib import Path

from build import CLERK, a_row, opened, settings_of
from measured import clocked, machine, told
from one_move_floor import AT, ByHand, ByOrm, the_tables

from npm_cases.bootstrap import App, initialise
from npm_cases.domain.incoming import ImportedRow
from npm_cases.services.act import DoAct, act
from npm_cases.services.import_rows import import_rows

CASES = 200
LETTER = (("letter.txt", b"A synthetic letter."),)


def main() -> int:
    """Print moves a second and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moves", type=int, default=200, help="moves in a slice")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        times = measure(Path(name), options.moves, options.rounds)
    for way in times:
        print(f"{way:>12}: {options.moves / statistics.median(times[way]):>6.0f} a second")
    print(f"the floor is {ratio(times['ORM'], times['floor']):.2f} times as fast as the ORM")
    for way in ("move", "meeting", "answer"):
        told("P2", f"{way}, of the floor", ratio(times["floor"], times[way]), at_least=0.7)
        told("P2", f"{way}, times the ORM", ratio(times["ORM"], times[way]), at_least=4)
    return 0


def ratio(theirs: list[float], ours: list[float]) -> float:
    """Return the median over the rounds of their time to ours."""
    return statistics.median(there / here for there, here in zip(theirs, ours, strict=True))


def measure(folder: Path, moves: int, rounds: int) -> dict[str, list[float]]:
    """Run slices of every way in turn and return the seconds of each."""
    app, cases = a_caseload(folder / "ours", CASES + moves * (rounds + 1))
    fresh, acknowledged = iter(cases[CASES:]), cases[:CASES]
    for case in acknowledged:
        acknowledge(app, case)
    hand_ids = the_tables(folder / "hand.db", CASES)
    orm_ids = the_tables(folder / "orm.db", CASES)
    by_hand, by_orm = ByHand(folder / "hand.db"), ByOrm(folder / "orm.db")
    ways: dict[str, Callable[[], object]] = {
        "floor": slices(by_hand.move, hand_ids, moves),
        "move": lambda: [acknowledge(app, case) for case in islice(fresh, moves)],
        "meeting": slices(meeting(app), acknowledged, moves),
        "answer": slices(answering(app, acknowledged), acknowledged, moves),
        "ORM": slices(by_orm.move, orm_ids, moves),
    }
    for way in ways.values():
        way()  # statements are compiled and caches filled on all sides
    gc.freeze()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds[name].append(clocked(way))
    return seconds


def slices(move: Callable[[str], object], cases: list[str], moves: int) -> Callable[[], object]:
    """Return what makes the next so many moves, case after case."""
    waiting = cycle(cases)
    return lambda: [move(case) for case in islice(waiting, moves)]


def a_caseload(folder: Path, cases: int) -> tuple[App, list[str]]:
    """Make an installation with cases that wait for a reply, and return their ids."""
    initialise(settings_of(folder), sandbox=True).close()
    app = opened(folder)
    rows: list[ImportedRow] = [a_row(n, date(2026, 2, 2)) for n in range(cases)]
    import_rows(app.office, rows, CLERK, AT)
    with app.office.open_work() as work:
        return app, [str(row["id"]) for row in work.rows("cases")]


def acknowledge(app: App, case: str) -> object:
    """Record that the addressee has the recommendation."""
    return act(app.office, DoAct(case, "acknowledge", CLERK, AT))


def answering(app: App, cases: list[str]) -> Callable[[str], object]:
    """Return a move that answers a case and finds the answer insufficient, in turn; the letter is on file already."""
    letters = {case: letter(app, case) for case in cases}
    answered: set[str] = set()

    def move(case: str) -> object:
        if case in answered:
            answered.remove(case)
            return act(app.office, DoAct(case, "find_insufficient", CLERK, AT, {"reasons": "Synthetic."}))
        answered.add(case)
        return act(app.office, DoAct(case, "record_reply", CLERK, AT, documents=(letters[case],)))

    return move


def letter(app: App, case: str) -> str:
    """Put a letter on file once and return its id."""
    from npm_cases.services.casework import OnCase, add_document

    return add_document(app.office, OnCase(case, CLERK, AT), *LETTER[0])[0]


def meeting(app: App) -> Callable[[str], object]:
    """Return the recording of a meeting."""
    return lambda case: act(app.office, DoAct(case, "record_meeting", CLERK, AT))


if __name__ == "__main__":
    sys.exit(main())
