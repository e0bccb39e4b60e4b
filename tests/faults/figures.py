"""Figures of faults: what each test tried and saw, gathered from all workers and printed as docs/reliability.md.

Which tests are of which fault says the table of ``matrix.py``; what a test saw it says by ``figure(kills=6, lost=0)``. Numbers
of one name are added up; of names that begin with ``most_`` or ``longest_`` the largest counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.faults.matrix import FAULTS, SHOWN_BY

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
    group.addoption("--minutes", type=float, default=0.0, help="how long the soak runs, instead of its own length")


def mark_faults(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tell the report of a test which faults it is of; with --faults keep those alone."""
    marked = [item for item in items if faults_of(item)]
    for item in marked:
        item.user_properties.append(("faults", faults_of(item)))
    if config.getoption("--faults"):
        items[:] = marked


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
    reports = [report for kind in ("passed", "failed", "skipped") for report in terminalreporter.stats.get(kind, [])]
    text = "\n".join(page(gathered(reports), date.today(), is_long=config.getoption("--long")))  # noqa: DTZ011
    Path(file).write_text(text + "\n", encoding="utf-8")
    terminalreporter.write_line(f"written: {file}")


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
    numbers = [f"{name.replace('_', ' ')} {value:,.10g}" for name, value in seen.numbers.items()]
    return "; ".join([*failed, *passed, *skipped, *numbers])
