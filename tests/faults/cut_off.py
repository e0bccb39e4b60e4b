"""A program in a network namespace of its own that loses its network in the middle, and says how long it waited for it.

``python -m tests.faults.cut_off CASE FOLDER SOCKET DATABASE``, run under ``unshare --net``: the loopback of the namespace is the
network; a proxy and a mail server listen on it, and the database's own socket is reached through the proxy alone.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from npm_cases.bootstrap import App, build, mail_sender
from npm_cases.domain.errors import TryAgain
from npm_cases.domain.instants import as_text, from_text
from npm_cases.mail.sink import MailSink
from npm_cases.services.mailroom import LEASE, deliver
from npm_cases.services.sweep import sweep
from tests.faults.checker import table, violations
from tests.faults.journal import HOUSE
from tests.faults.postgres import PLAIN
from tests.faults.proxy import Proxy
from tests.makers import settings_of

NOW = "2027-09-07T06:00:00.000000Z"
BUSY_SECONDS = 2.0
SETTLE_SECONDS = 10.0


def network(state: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


def cut(_: str = "") -> None:
    network("down")


class CutOff:
    """The installation in its namespace; ``wait`` times what must end by itself."""

    def __init__(self, folder: Path, server: Path, database: str) -> None:
        network("up")
        self.folder = folder
        self.proxy = Proxy(server)
        url = f"postgresql+psycopg://postgres@127.0.0.1:{self.proxy.port}/{database}?{PLAIN}"
        self.app = build(settings_of(folder, url, busy_seconds=BUSY_SECONDS))

    def wait(self, ask: Callable[[], object]) -> dict[str, object]:
        began, told = time.monotonic(), ""
        try:
            ask()
        except TryAgain as error:
            told = type(error).__name__
        seconds = time.monotonic() - began
        network("up")
        return {"seconds": round(seconds, 2), "told": told}

    def at(self, point: str, does: Callable[[str], None]) -> App:
        def reach(here: str) -> None:
            if here == point:
                does(here)

        return replace(self.app, office=replace(self.app.office, at_point=reach))


def in_a_sweep(here: CutOff) -> dict[str, object]:
    found = here.wait(lambda: sweep(here.at("sweep.before_commit", cut).office, NOW, 2))
    sweep(here.app.office, NOW)
    return found


def while_the_server_works(here: CutOff) -> dict[str, object]:
    def ask() -> None:
        with here.app.database.reading() as tx:
            threading.Timer(0.3, cut).start()
            tx.one(text("SELECT pg_sleep(60)"))

    found = here.wait(ask)
    sweep(here.app.office, NOW)
    return found


def when_it_begins(here: CutOff) -> dict[str, object]:
    here.app.database.engine.dispose()
    cut()
    found = here.wait(lambda: sweep(here.app.office, NOW))
    sweep(here.app.office, NOW)
    return found


class CutsOff(MailSink):
    """Takes a letter and loses the network before it answers, once."""

    has_cut = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if not self.has_cut:
            self.has_cut = True
            cut()
        return answer


def in_a_mail(here: CutOff) -> dict[str, object]:
    sweep(here.app.office, NOW)
    with CutsOff(here.folder / "mail") as sink:
        given = {"smtp_port": sink.port, "smtp_security": "none", "smtp_timeout_seconds": BUSY_SECONDS}
        send = mail_sender(here.app.settings.model_copy(update=given))
        found = here.wait(lambda: send_in_the_dark(here, send))
        later = as_text(from_text(NOW) + 4 * LEASE)
        deliver(here.app.office, send, HOUSE, later)
        waiting = [row for row in table(here.app, "outbox") if row["status"] != "sent"]
    return {**found, "waiting": len(waiting)}


def send_in_the_dark(here: CutOff, send: object) -> None:
    """The link to the database is lost with that to the mail server."""
    deliver(here.app.office, send, HOUSE, NOW)  # type: ignore[arg-type]


CASES: Mapping[str, Callable[[CutOff], dict[str, object]]] = {
    "in a sweep": in_a_sweep,
    "while the server works": while_the_server_works,
    "when it begins": when_it_begins,
    "in a mail": in_a_mail,
}


def main(case: str, folder: str, server: str, database: str) -> None:
    here = CutOff(Path(folder), Path(server), database)
    found = CASES[case](here)
    found["violations"] = violations(here.app)
    found["rungs"] = len(table(here.app, "rungs_taken"))
    found["checked_out"] = here.app.database.engine.pool.checkedout()  # type: ignore[attr-defined]
    here.app.close()
    until = time.monotonic() + SETTLE_SECONDS
    while (left := threads()) and time.monotonic() < until:
        time.sleep(0.1)
    found["threads"] = left
    sys.stdout.write(json.dumps(found) + "\n")


def threads() -> list[str]:
    """Name the threads that are not those of the servers here, which are daemons."""
    return [one.name for one in threading.enumerate() if one is not threading.main_thread() and not one.daemon]


if __name__ == "__main__":
    main(*sys.argv[1:])
