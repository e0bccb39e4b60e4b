"""The world outside: everybody's mailbox, which remembers what arrived although the programme was killed."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from npm_cases.services.mailroom import House, Outgoing, Tried

HOUSE = House(
    {"kk": "Synthetic office", "ru": "Synthetic office", "en": "Synthetic office"},
    "http://localhost:8000",
    "reply@office.example",
)


class Mailboxes:
    """Takes every mail and writes it down before it answers."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def send(self, letters: Sequence[Outgoing]) -> list[Tried]:
        with self.file.open("a", encoding="utf-8") as journal:
            for one in letters:
                line = [one.message_id, one.to, one.template, one.lang, repr(sorted(one.values.items()))]
                journal.write(json.dumps(line) + "\n")
            journal.flush()
            os.fsync(journal.fileno())
        return [Tried(one.message_id, "sent", "after_dot", 250, "") for one in letters]

    def arrived(self) -> list[tuple[str, ...]]:
        if not self.file.exists():
            return []
        return [tuple(json.loads(line)) for line in self.file.read_text(encoding="utf-8").splitlines()]
