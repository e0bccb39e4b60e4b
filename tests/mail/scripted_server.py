"""A mail server on the loopback address that does at each stage what a test tells it to.

``script`` maps a stage to what happens there: "silent", "drop", or a line to answer with. A list is used up one entry
each time the stage is reached, and then the stage behaves well.
"""

import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

Script = Mapping[str, "str | Sequence[str]"]
STAGES = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "after_dot")
_COMMANDS = {"EHLO": "ehlo", "STARTTLS": "starttls", "AUTH": "auth", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data"}
_GOOD = {
    "connect": "220 ready",
    "starttls": "220 go on",
    "auth": "235 welcome",
    "mail": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "after_dot": "250 2.0.0 taken",
}


class _HungUpError(Exception):
    pass


class ScriptedServer:
    def __init__(
        self, script: Script, tls: ssl.SSLContext | None = None, *, offers_tls: bool = True, reports: bool = False
    ) -> None:
        self.script = {stage: [acts] if isinstance(acts, str) else list(acts) for stage, acts in script.items()}
        self.is_constant = {stage: isinstance(acts, str) for stage, acts in script.items()}
        self.tls = tls
        self.offers_tls = offers_tls
        self.reports = reports
        self.senders: list[str] = []
        self.connections = 0
        self.clear_commands: list[str] = []
        self.recipients: list[str] = []
        self.messages: list[bytes] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(link,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, link: socket.socket) -> None:
        session = _Session(self, link)
        with suppress(_HungUpError, OSError):
            session.run()
        with suppress(OSError):
            session.close()

    def act(self, stage: str, link: socket.socket, answer: str) -> str:
        """Do what the script says at this stage, answer well where it says nothing, and give the answer."""
        acts = self.script.get(stage, [])
        act = (acts[0] if self.is_constant[stage] else acts.pop(0)) if acts else answer
        if act == "silent":
            self._over.wait(30)
            raise _HungUpError
        if act == "drop":
            raise _HungUpError
        link.sendall(act.encode() + b"\r\n")
        return act


class _Session:
    def __init__(self, server: ScriptedServer, link: socket.socket) -> None:
        self.server = server
        self.link = link
        self.reader = link.makefile("rb")
        self.is_secure = False

    def close(self) -> None:
        self.reader.close()
        self.link.close()

    def run(self) -> None:
        self.server.act("connect", self.link, _GOOD["connect"])
        while line := self.reader.readline():
            verb = line.decode("latin-1").split(maxsplit=1)[0].upper()
            stage = _COMMANDS.get(verb, verb)
            if not self.is_secure:
                self.server.clear_commands.append(verb)
            if verb in {"QUIT", "RSET"}:
                self.link.sendall(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
                continue
            if verb == "MAIL":
                self.server.senders.append(line.decode().strip())
            if verb == "RCPT":
                self.server.recipients.append(line.decode().strip())
            said = self.server.act(
                stage, self.link, self._greeting() if verb == "EHLO" else _GOOD.get(stage, "500 what?")
            )
            if verb == "STARTTLS" and self.server.tls is not None:
                if "handshake" in self.server.script:
                    self.server.act("handshake", self.link, "")
                self.reader.close()
                self.link = self.server.tls.wrap_socket(self.link, server_side=True)
                self.is_secure = True
                self.reader = self.link.makefile("rb")
            if verb == "DATA" and said == _GOOD["data"]:
                self._take()

    def _take(self) -> None:
        lines: list[bytes] = []
        while (line := self.reader.readline()) != b".\r\n":
            if not line:
                raise _HungUpError
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.messages.append(b"".join(lines))
        self.server.act("after_dot", self.link, _GOOD["after_dot"])

    def _greeting(self) -> str:
        offers = ["250-127.0.0.1", "250-AUTH PLAIN", *(["250-DSN"] if self.server.reports else [])]
        if self.server.offers_tls and self.server.tls is not None and not self.is_secure:
            offers.append("250-STARTTLS")
        return "\r\n".join([*offers, "250 SIZE"])
