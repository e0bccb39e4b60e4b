"""The caseload that comes with a pack, or one made from it, through simulated months in which nobody acts.

    python -m tests.packs.two_years [--months 24] [PACK ...]

After each month the invariants of faults are checked from the tables alone (tests/faults/checker.py), the counters are
balanced, and no sealed word may stand in a mail or in the folder of the installation. Prints a row for each pack.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from npm_cases.bootstrap import App, caseload_for, initialise
from npm_cases.domain.caseload import Caseload
from npm_cases.services.balance import balance
from npm_cases.services.case_views import ListFilter
from npm_cases.services.caseload import load_caseload
from npm_cases.services.create_case import TEXTS
from npm_cases.services.mailroom import deliver
from npm_cases.services.passing import let_time_pass
from tests.faults.checker import table, violations
from tests.faults.journal import HOUSE, Mailboxes
from tests.makers import settings_of

FIRST_DAY = date(2024, 9, 2)
FIVE = ("kz", "gb", "fr", "nz", "kg")

ESCALATED = "escalated_to_ombudsman"


@dataclass
class Seen:
    """What was seen of one pack; ``broken`` says what did not hold, in sentences."""

    pack: str
    months: int = 0
    cases: int = 0
    open_cases: int = 0
    at_the_top: int = 0
    events: int = 0
    rungs: int = 0
    mails: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def row(self) -> str:
        """Write it as a row of a table."""
        held = "; ".join(self.broken) or "none"
        counts = (self.months, self.cases, self.open_cases, self.at_the_top, self.events, self.rungs, self.mails)
        return f"| `{self.pack}` | {' | '.join(f'{n:,}' for n in counts)} | {self.seconds:.0f} s | {held} |"


def simulate(country: str, months: int, folder: Path) -> Seen:
    """Load the caseload of a pack and let months pass; what does not hold after one of them ends the walk."""
    began, seen = time.monotonic(), Seen(country)
    app = initialise(settings_of(folder / "data", f"sqlite:///{folder / 'cases.db'}", country=country), sandbox=True)
    caseload, mailboxes = caseload_for(app.office.pack), Mailboxes(folder / "mailboxes")
    load_caseload(app.office, caseload, app.office.times.opening(FIRST_DAY), lambda *_: None)
    for start, end in _months(app, months):
        _pass(app, mailboxes, start, end)
        seen.months += 1
        seen.broken = [f"{end[:10]}: {what}" for what in _broken(app, mailboxes, caseload, folder, end)]
        if seen.broken:
            break
    _count(app, mailboxes, seen)
    seen.seconds = time.monotonic() - began
    app.close()
    return seen


def _months(app: App, months: int) -> Iterator[tuple[str, str]]:
    day = FIRST_DAY
    for _ in range(months):
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        last = date.fromordinal(following.toordinal() - 1)
        yield app.office.times.opening(day), app.office.times.end_of(last, app.office.pack.zone)
        day = following


def _pass(app: App, mailboxes: Mailboxes, start: str, end: str) -> None:
    for _ in let_time_pass(app.office, start, end, lambda at: deliver(app.office, mailboxes.send, HOUSE, at) and None):
        pass
    deliver(app.office, mailboxes.send, HOUSE, end)


def _broken(app: App, mailboxes: Mailboxes, caseload: Caseload, folder: Path, at: str) -> Iterator[str]:
    yield from violations(app)
    yield from balance(app.office, app.counters, at).unbalanced
    late = [
        row["id"]
        for row in table(app, "obligations")
        if not row["discharged_at"] and row["next_rung_at"] and row["next_rung_at"] < at
    ]
    yield from (f"a rung of {one} is due and was not taken" for one in late)
    unsent = [
        row for row in table(app, "outbox") if row["status"] in {"waiting", "bundled"} and row["not_before"] <= at
    ]
    yield from (f"the mail {row['id']} to {row['post']} is due and not sent" for row in unsent)
    twice = len(mailboxes.arrived()) - len({line[0] for line in mailboxes.arrived()})
    if twice:
        yield f"{twice} mails arrived twice"
    yield from _told_in_clear(caseload, folder)


def _told_in_clear(caseload: Caseload, folder: Path) -> Iterator[str]:
    """Search every file for sealed words, in the encodings a file may hold them in."""
    words = {case.given.fields[name] for case in caseload.synthetic for name in TEXTS if name in case.given.fields}
    if not words:
        yield "the caseload has no sealed text that could be looked for"
    looked_for = [word.encode(encoding) for word in words for encoding in ("utf-8", "utf-16-le")]
    for path in (one for one in folder.rglob("*") if one.is_file()):
        content = path.read_bytes()
        if any(word in content for word in looked_for):
            yield f"{path.name} holds a sealed text in clear"


def _count(app: App, mailboxes: Mailboxes, seen: Seen) -> None:
    rows = list(app.views.cases(ListFilter(), (), ()))
    still_open = list(app.views.cases(ListFilter(open_only=True), (), ()))
    seen.cases, seen.open_cases = len(rows), len(still_open)
    seen.at_the_top = sum(row["escalation"] == ESCALATED for row in still_open)
    seen.events, seen.rungs = len(table(app, "case_events")), len(table(app, "rungs_taken"))
    seen.mails = len(mailboxes.arrived())


def main() -> int:
    """Walk the packs named, or five of them, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packs", nargs="*", default=FIVE)
    parser.add_argument("--months", type=int, default=24)
    given = parser.parse_args()
    found = []
    for country in given.packs:
        with tempfile.TemporaryDirectory() as folder:
            found.append(simulate(country, given.months, Path(folder)))
        sys.stdout.write(found[-1].row() + "\n")
        sys.stdout.flush()
    return int(any(one.broken for one in found))


if __name__ == "__main__":
    sys.exit(main())
