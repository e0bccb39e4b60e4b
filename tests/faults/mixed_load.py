"""A mixed load that writes down every command before it is sent and after it was acknowledged, to be killed any time.

``python -m tests.faults.mixed_load FOLDER DATABASE_URL`` works until it is killed.
"""

import json
import os
import sys
from dataclasses import asdict
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from npm_cases.bootstrap import App, build
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import Actor
from npm_cases.services.act import DoAct, Done, act
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.mailroom import deliver
from npm_cases.services.sweep import sweep
from tests.faults.journal import HOUSE, Mailboxes
from tests.makers import CASEWORKER, COLONY, COMMISSIONER, ISSUE, SECRETARIAT, settings_of

STEP = timedelta(hours=30)
STEPS: tuple[tuple[str, Actor, dict[str, str]], ...] = (
    ("approve", COMMISSIONER, {}),
    ("issue", SECRETARIAT, dict(ISSUE)),
    ("acknowledge", CASEWORKER, {}),
    ("record_meeting", CASEWORKER, {}),
)


class Journal:
    """What one client asked for and what it was told; it survives the programme it talks to."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def write(self, **line: Any) -> None:
        with self.file.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(line) + "\n")
            journal.flush()
            os.fsync(journal.fileno())

    def lines(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text(encoding="utf-8").splitlines()]

    def unanswered(self) -> list[dict[str, Any]]:
        answered = {line["key"] for line in self.lines() if "receipt" in line}
        return [line for line in self.lines() if "receipt" not in line and line["key"] not in answered]


def send(app: App, journal: Journal, key: str, number: str, step: int, at: str) -> Done:
    """Send one command under its key, as often as it takes: the journal knows what was asked and what was answered."""
    event, actor, fields = STEPS[step]
    journal.write(key=key, number=number, step=step, at=at)
    done = act(app.office, DoAct(number, event, actor, at, fields, idem=key))
    journal.write(key=key, receipt=asdict(done.receipt))
    return done


def now_of(app: App) -> str:
    with app.office.open_work() as work:
        return work.last_instant()


def main(folder: str, database_url: str = "") -> None:
    app = build(settings_of(Path(folder), database_url))
    journal, mailboxes = Journal(Path(folder) / "journal"), Mailboxes(Path(folder) / "mailboxes")
    sys.stdout.write("working\n")
    sys.stdout.flush()
    fields = {"channel": "ombudsman", "title": "Synthetic", "addressee": COLONY}
    for _ in count():
        now = as_text(from_text(now_of(app)) + STEP)
        created = create_case(app.office, CreateCase("recommendation", CASEWORKER, now, fields))
        for step in range(len(STEPS)):
            send(app, journal, f"{created.number}/{step}", created.number, step, now)
        sweep(app.office, now, 3)
        deliver(app.office, mailboxes.send, HOUSE, now, 2)


if __name__ == "__main__":
    main(*sys.argv[1:])
