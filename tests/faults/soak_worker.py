"""The process that lives through a soak: it sweeps and delivers all the time, by a mail server with faults, and says how large it is.

``python -m tests.faults.soak_worker FOLDER DATABASE_URL``: one line of JSON for every round, until it is ended.
"""

import json
import random
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from npm_cases.bootstrap import build_for_life
from npm_cases.domain.errors import TryAgain
from npm_cases.services.mailroom import Outgoing, Tried, deliver
from npm_cases.services.sweep import sweep
from tests.faults.journal import HOUSE, Mailboxes
from tests.faults.mixed_load import now_of
from tests.makers import settings_of

BATCH = 50
PAUSE = 0.1
MEBIBYTE = 1024 * 1024


class FaultyServer:
    """Takes most letters; says later to some, and of some nobody learns whether it took them."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self.mailboxes = mailboxes
        self.chance = random.Random(19)  # noqa: S311 - faults, not secrets

    def send(self, letters: Sequence[Outgoing]) -> list[Tried]:
        found = []
        for one in letters:
            outcome, stage, code = self.chance.choices(
                [("sent", "after_dot", 250), ("retry", "rcpt", 450), ("unknown", "after_dot", 0)], [8, 1, 1]
            )[0]
            if outcome != "retry":
                self.mailboxes.send([one])
            found.append(Tried(one.message_id, outcome, stage, code, ""))
        return found


def main(folder: str, database_url: str = "") -> None:
    app = build_for_life(settings_of(Path(folder), database_url))
    server, log = FaultyServer(Mailboxes(Path(folder) / "mailboxes")), Path(folder) / "cases.db-wal"
    while True:
        lost = 0
        try:
            now = now_of(app)
            sweep(app.office, now, BATCH)
            deliver(app.office, server.send, HOUSE, now, BATCH, BATCH)
            app.sequence()
        except TryAgain:
            lost = 1
        pool = app.database.engine.pool
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        line = {
            "rss": pages * resource.getpagesize() / MEBIBYTE, "lost": lost,
            "handles": len(list(Path("/proc/self/fd").iterdir())), "out": pool.checkedout(),  # type: ignore[attr-defined]
            "wal": log.stat().st_size / MEBIBYTE if log.exists() else 0,
        }  # fmt: skip
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        time.sleep(PAUSE)
        rest(Path(folder))


def rest(folder: Path) -> None:
    """Do nothing while somebody looks: what they read table by table is one state then."""
    while (folder / "look").exists():
        (folder / "rests").touch()
        time.sleep(PAUSE)
    (folder / "rests").unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
