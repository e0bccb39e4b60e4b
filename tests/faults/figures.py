"""Figures of faults: what each test tried and saw, gathered from all workers and printed as docs/reliability.md.

Which tests are of which fault says the table of ``matrix.py``; what a test saw it says by ``figure(kills=6, lost=0)``. Numbers
of one name are added up; of names that begin with ``most_`` or ``longest_`` the largest counts.

A run of hours may break off, or be split: ``--notes=FILE`` notes each test as it ends, a further run with the same file leaves
out what passed there, and the page is made of everything noted.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults.matrix import FAULTS, SHOWN_BY

_SIZE = "NPM_CASES_NOTES_SIZE"
_MARKED = pytest.StashKey[dict[str, tuple[str, ...]]]()
LARGEST = ("most_", "longest_")
Figure = Callable[..., None]

HEAD = """# What it survives

Each row is a fault, what must hold afterwards, and what was tried and seen. Printed by `make faults`, which runs every test of
a fault, in its long form; `make test` runs the same tests in their short form. After each fault of the engine the
invariants below are checked by `tests/faults/checker.py`, which is written apart from the programme's own verification and runs beside it.

- Every acknowledged command is in the history, and none is there twice; an unanswered one is there once or not at all.
- The tables of the state are what the events replay to, and every replayed move is a lawful one.
- Chains, the tree, the log and its checkpoints verify.
- Every open case has an open obligation with a date, and every due obligation gets its outcome, once.
- Every mail ends sent, or dead with an incident; all tries of one mail carry one Message-ID.
- No word of a case is in a log, a mail, a queue or a temporary file.
- A failure is visible: an error, a red check or an incident.

"""


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--long", action="store_true", help="the long form: every step, every call, a thousand kills")
    group.addoption("--figures", metavar="FILE", help="write what the tests of faults saw into this file")
    group.addoption("--faults", action="store_true", help="the tests of faults alone")
    group.addoption("--notes", metavar="FILE", help="note each test as it ends; leave out what passed by these notes")
    group.addoption("--minutes", type=float, default=0.0, help="how long the soak runs, instead of its own length")


def mark_faults(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tell the report of a test which faults it is of; with --faults keep those alone."""
    marked = [item for item in items if faults_of(item)]
    for item in marked:
        item.user_properties.append(("faults", faults_of(item)))
    if config.getoption("--faults"):
        items[:] = marked
    config.stash[_MARKED] = {item.nodeid: faults_of(item) for item in marked}
    if notes := config.getoption("--notes"):
        passed = _passed_before(Path(notes))
        items[:] = [item for item in items if item.nodeid not in passed]


def read_notes_up_to_here(config: pytest.Config) -> None:
    """Fix which notes count for this run, for all its workers alike: another run may be writing on."""
    for name in ("notes", "figures"):
        if file := config.getoption(name):
            setattr(config.option, name, str(Path(file).absolute()))  # tests work in folders of their own
    notes = config.getoption("--notes")
    if notes and not hasattr(config, "workerinput"):
        os.environ[_SIZE] = str(Path(notes).stat().st_size if Path(notes).exists() else 0)


def note(config: pytest.Config, report: pytest.TestReport) -> None:
    """Note a test that ended; called in the process that gathers all reports."""
    notes = config.getoption("--notes")
    if not notes or hasattr(config, "workerinput") or not (report.when == "call" or report.outcome != "passed"):
        return
    line = {name: getattr(report, name) for name in ("nodeid", "outcome", "when", "user_properties")}
    line["why"] = str(report.longrepr[2]) if report.outcome == "skipped" and isinstance(report.longrepr, tuple) else ""
    with Path(notes).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _passed_before(notes: Path) -> frozenset[str]:
    size = int(os.environ.get(_SIZE, "0"))
    if not size:
        return frozenset()
    lines = notes.read_bytes()[:size].decode().splitlines()
    return frozenset(line["nodeid"] for line in map(json.loads, lines) if line["outcome"] == "passed")


def _noted(notes: Path) -> list[Any]:
    """Read the notes as reports, the last one of each test."""
    found: dict[tuple[str, str], Any] = {}
    for line in map(json.loads, notes.read_text(encoding="utf-8").splitlines()):
        report = SimpleNamespace(**line, longrepr=("", 0, line["why"]))
        if line["outcome"] == "passed":
            found = {key: one for key, one in found.items() if key[0] != line["nodeid"]}
        found[line["nodeid"], line["when"]] = report
    return list(found.values())


def faults_of(item: pytest.Item) -> tuple[str, ...]:
    """Return the faults a test is of, by its file, or by file and name."""
    name = item.nodeid.partition("[")[0]
    file = name.partition("::")[0]
    return tuple(fault for fault, tests in SHOWN_BY.items() if name in tests or file in tests)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Say what was tried and seen, and of which fault if the test is of several."""

    def saw(fault: str = "", **numbers: float) -> None:
        (first, *others) = faults_of(request.node) or ("",)
        assert first, "the test stands in no row of tests/faults/matrix.py"
        assert fault or not others, "say of which fault"
        request.node.user_properties.append(("figure", (fault or first, numbers)))

    return saw


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether the long form was asked for."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def long_only(is_long: bool) -> None:
    """Leave a test of many minutes to the long form."""
    if not is_long:
        pytest.skip("the long form alone: make faults")


class Seen:
    """What was seen of one fault."""

    def __init__(self) -> None:
        self.outcomes: dict[str, int] = defaultdict(int)
        self.numbers: dict[str, float] = {}
        self.skipped: set[str] = set()

    def add(self, numbers: Mapping[str, float]) -> None:
        for name, value in numbers.items():
            before = self.numbers.get(name, 0)
            self.numbers[name] = max(before, value) if name.startswith(LARGEST) else before + value


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write the page from the reports of all workers."""
    file = config.getoption("--figures")
    if not file:
        return
    notes = config.getoption("--notes")
    kinds = ("passed", "failed", "skipped")
    reports = _noted(Path(notes)) if notes else [one for kind in kinds for one in terminalreporter.stats.get(kind, [])]
    seen = gathered(reports)
    if notes:
        _add_what_was_not_run(seen, config.stash.get(_MARKED, {}), {one.nodeid for one in reports})
    text = "\n".join(page(seen, date.today(), is_long=config.getoption("--long")))  # noqa: DTZ011
    Path(file).write_text(text + "\n", encoding="utf-8")
    terminalreporter.write_line(f"written: {file}")


def _add_what_was_not_run(seen: Mapping[str, "Seen"], marked: Mapping[str, tuple[str, ...]], ran: set[str]) -> None:
    """Count the tests of each fault that no run noted: a run of hours that broke off says so."""
    for nodeid in marked.keys() - ran:
        for fault in marked[nodeid]:
            seen[fault].outcomes["not run"] += 1


def gathered(reports: Iterable[Any]) -> dict[str, Seen]:
    seen: dict[str, Seen] = {fault: Seen() for fault in FAULTS}
    for report in reports:
        properties = getattr(report, "user_properties", [])
        for fault in next((names for name, names in properties if name == "faults"), ()):
            seen[fault].outcomes[report.outcome] += report.when == "call" or report.outcome != "passed"
            if report.outcome == "skipped":
                seen[fault].skipped.add(str(report.longrepr[2]).removeprefix("Skipped: "))
        if report.when == "call":
            for fault, numbers in (value for name, value in properties if name == "figure"):
                seen[fault].add(numbers)
    return seen


def page(seen: Mapping[str, Seen], today: date, *, is_long: bool) -> Iterable[str]:
    yield HEAD + f"The figures are of {today.isoformat()}, the {'long' if is_long else 'short'} form.\n"
    yield "| | What goes wrong | What must hold | Seen |\n|---|---|---|---|"
    for fault, (what, holds) in FAULTS.items():
        yield f"| {fault} | {what} | {holds} | {_said(seen[fault])} |"


def _said(seen: Seen) -> str:
    if not seen.outcomes:
        return "**no test yet**"
    failed = [f"**{seen.outcomes['failed']} failed**"] if seen.outcomes["failed"] else []
    passed = [f"{seen.outcomes['passed']} passed"] if seen.outcomes["passed"] else []
    skipped = [f"{seen.outcomes['skipped']} skipped ({'; '.join(sorted(seen.skipped))})"] if seen.skipped else []
    not_run = [f"**{seen.outcomes['not run']} not run**"] if seen.outcomes["not run"] else []
    numbers = [f"{name.replace('_', ' ')} {value:,.10g}" for name, value in seen.numbers.items()]
    return "; ".join([*failed, *not_run, *passed, *skipped, *numbers])
