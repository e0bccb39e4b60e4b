"""A proxy between a client and PostgreSQL that loses the link at a chosen moment, as a network does.

It listens on a free port of loopback and passes bytes on to the server's socket. Before ``COMMIT`` was passed on nothing is
done; after it the server has done everything and nobody is told.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path

PIECE = 65_536
COMMIT = b"COMMIT\0"


class Loses(Enum):
    """What is lost, once."""

    NOTHING = auto()
    BEFORE_COMMIT = auto()
    ANSWER_TO_COMMIT = auto()
    EVERYTHING = auto()  # every new link, until told otherwise


class Proxy:
    """One proxy; ``loses`` is set by the test and goes back to NOTHING once something was lost."""

    def __init__(self, server: Path) -> None:
        self.server = server
        self.loses = Loses.NOTHING
        self.lost = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._receive, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _receive(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                client, _ = self._door.accept()
                if self.loses is Loses.EVERYTHING:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self.server))
                answer_is_lost = threading.Event()
                self._pass(
                    client,
                    server,
                    lambda piece, ends=(client, server), lost=answer_is_lost: self._asked(piece, ends, lost),
                )
                self._pass(
                    server, client, lambda _, ends=(client, server), lost=answer_is_lost: self._answered(ends, lost)
                )

    def _pass(self, source: socket.socket, sink: socket.socket, look: Callable[[bytes], bool]) -> None:
        def run() -> None:
            with suppress(OSError):
                while (piece := source.recv(PIECE)) and look(piece):
                    sink.sendall(piece)
            _cut((source, sink))

        threading.Thread(target=run, daemon=True).start()

    def _asked(self, piece: bytes, ends: tuple[socket.socket, socket.socket], lost: threading.Event) -> bool:
        if COMMIT not in piece:
            return True
        if self.loses is Loses.BEFORE_COMMIT:
            return self._lose(ends)
        if self.loses is Loses.ANSWER_TO_COMMIT:
            lost.set()
        return True

    def _answered(self, ends: tuple[socket.socket, socket.socket], lost: threading.Event) -> bool:
        return self._lose(ends) if lost.is_set() else True

    def _lose(self, ends: tuple[socket.socket, socket.socket]) -> bool:
        self.loses, self.lost = Loses.NOTHING, self.lost + 1
        _cut(ends)
        return False


def _cut(ends: tuple[socket.socket, socket.socket]) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
