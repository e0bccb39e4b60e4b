"""Goal P10: delivery from the outbox, claiming and marking included, beside a hand-made dialogue over one connection.

    python benchmarks/mail.py [--letters 300] [--rounds 5] [--late 20]

The server is a process of its own on loopback that takes every letter and keeps none. The floor builds each letter
and sends it over one connection, one command after the other; ours claims notices from the outbox, builds each letter, delivers, and
writes down what became of it. A second part lets the server answer each command some milliseconds late, as a relay at
a distance does, and compares one connection with eight. Exits with 0 whether a goal is reached or missed.
"""

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from build import settings_of
from measured import clocked, machine, told

from npm_cases.bootstrap import App, initialise, mail_sender
from npm_cases.domain.records import Actor
from npm_cases.mail import Letter, SmtpSettings, deliver
from npm_cases.mail.letters import as_message
from npm_cases.services.mailroom import deliver as deliver_ready
from npm_cases.services.ports import Notice

AT = "2026-03-02T05:00:00.000000Z"
FOUNDER = Actor("init", frozenset({"administrator"}))
MANY = 8


def main() -> int:
    """Print letters a second and the ratios."""
    if sys.argv[1:2] == ["--serve"]:
        serve(float(sys.argv[2]) / 1_000)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--late", type=float, default=20.0, help="milliseconds until the server answers")
    options = parser.parse_args()
    print(machine())
    beside_by_hand(options)
    over_many(options)
    return 0


def beside_by_hand(options: argparse.Namespace) -> None:
    """Deliver from an outbox and by hand in turn, each over one connection."""
    server, port = a_server(0)
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        app = an_office(Path(name), port)
        ours, theirs = [], []
        for number in range(options.rounds + 1):
            fill_outbox(app, options.letters, number)
            ours.append(clocked(lambda: deliver_ready(app.office, mail_sender(app.settings), app.house, AT)))
            theirs.append(clocked(lambda: by_hand(port, options.letters)))
        app.close()
    server.kill()
    print(f"from the outbox: {options.letters / statistics.median(ours[1:]):.0f} letters a second")
    print(f"by hand:         {options.letters / statistics.median(theirs[1:]):.0f} letters a second")
    ratio = statistics.median(there / here for there, here in zip(theirs[1:], ours[1:], strict=True))
    told("P10", "outbox beside a hand-made dialogue, one connection", ratio, at_least=0.8)


def over_many(options: argparse.Namespace) -> None:
    """Deliver over one connection and over eight to a server that answers late."""
    server, port = a_server(options.late)
    letters = [a_letter(n) for n in range(max(options.letters // 3, MANY * 12))]
    one, many = [], []
    for _ in range(2):
        one.append(clocked(lambda: deliver(letters, settings_for(port, 1))))
        many.append(clocked(lambda: deliver(letters, settings_for(port, MANY))))
    server.kill()
    ratio = statistics.median(alone / together for alone, together in zip(one, many, strict=True))
    told("P10", f"{MANY} connections beside one, {options.late:g} ms late", ratio, at_least=6)


def an_office(folder: Path, port: int) -> App:
    """Make an office that may send to the server over one connection."""
    settings = settings_of(folder).model_copy(
        update={"smtp_port": port, "smtp_security": "none", "smtp_connections": 1, "mail_in_working_time": False}
    )
    app = initialise(settings, sandbox=True)
    return replace(app, settings=settings)


def fill_outbox(app: App, letters: int, round_number: int) -> None:
    """Put notices to as many people into the outbox, so that each becomes a letter of its own."""
    with app.office.open_work() as work:
        for number in range(letters):
            user = f"synthetic-{round_number}-{number}"
            row = {"id": user, "name": user, "email": f"{user}@office.example", "language": "en", "roles": "caseworker"}
            work.insert("users", {**row, "regions": "*", "bodies": "", "token_hash": ""})
            notice = app.office.new_id()
            to, message_id = f"user:{user}", f"<{notice}@office.example>"
            work.queue(Notice(notice, message_id, "office", "", "", to, "", "daily_digest", AT, AT))
        work.commit()


def settings_for(port: int, connections: int) -> SmtpSettings:
    """Return how the server is reached."""
    return SmtpSettings("127.0.0.1", port, "none", "office@office.example", connections=connections)


def a_letter(number: int) -> Letter:
    """Return a synthetic letter."""
    text = "Two cases are due this week. Open your day to see them."
    return Letter(
        f"<{number}@office.example>", f"clerk-{number}@office.example", "Due this week", text, f"<p>{text}</p>", "en",
        datetime(2026, 3, 2, 5, tzinfo=UTC),
    )  # fmt: skip


def by_hand(port: int, letters: int) -> None:
    """Build each letter and hold the dialogue with a socket: the floor."""
    settings = settings_for(port, 1)
    with socket.create_connection(("127.0.0.1", port)) as link, link.makefile("rb") as answers:
        answers.readline()

        def say(line: bytes) -> None:
            link.sendall(line)
            answers.readline()

        say(b"HELO office.example\r\n")
        for number in range(letters):
            letter = as_message(a_letter(number), settings).as_bytes()
            say(b"MAIL FROM:<office@office.example>\r\n")
            say(f"RCPT TO:<clerk-{number}@office.example>\r\n".encode())
            say(b"DATA\r\n")
            say(letter + b".\r\n")
        say(b"QUIT\r\n")


# -- the server


def a_server(late: float) -> tuple[Any, int]:
    """Start a server that answers so many milliseconds late; returns its process and port."""
    process: Any = subprocess.Popen([sys.executable, __file__, "--serve", str(late)], stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


def serve(late: float) -> None:
    """Take letters for ever."""
    door = socket.create_server(("127.0.0.1", 0))
    print(door.getsockname()[1], flush=True)
    while True:
        link, _ = door.accept()
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=talk, args=(link, late), daemon=True).start()


def talk(link: socket.socket, late: float) -> None:
    """Answer one client."""
    with suppress(OSError, ValueError), link, link.makefile("rb") as lines:
        link.sendall(b"220 ready\r\n")
        while line := lines.readline():
            if late:
                time.sleep(late)
            command = line[:4].upper()
            if command == b"DATA":
                link.sendall(b"354 go on\r\n")
                while lines.readline() != b".\r\n":
                    pass
                if late:
                    time.sleep(late)
            link.sendall(b"250 ok\r\n" if command != b"QUIT" else b"221 bye\r\n")


if __name__ == "__main__":
    sys.exit(main())
