"""A mail server for this machine alone that keeps every letter as a file: for sandboxes, demonstrations and tests."""

import asyncio
import re
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

_LOOPBACK: Final = "127.0.0.1"
_READY_SECONDS: Final = 10.0
_FILE: Final = re.compile(r"(\d{6,})\.eml\Z")


class MailSink:
    """Takes every letter sent to ``port`` on the loopback address into ``folder``, as 000001.eml and so on.

    A letter is there whole or not at all, and is answered for only when it is there. Its envelope stands above it in
    X-Envelope-From and X-Envelope-To. Letters already in the folder are kept and counted on from.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port
        self.count = 0
        self._next = 1
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.AbstractServer | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-sink", daemon=True)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = [int(found[1]) for path in self.folder.iterdir() if (found := _FILE.match(path.name))]
        self._next = max(kept, default=0) + 1
        self._thread.start()
        try:
            self.port = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(_READY_SECONDS)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(_READY_SECONDS)
        self._end()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep one letter; aiosmtpd calls this by name after the final dot."""
        head = [f"X-Envelope-From: {envelope.mail_from}"] + [f"X-Envelope-To: {to}" for to in envelope.rcpt_tos]
        content = envelope.content
        whole = "".join(f"{line}\r\n" for line in head).encode("utf-8", "surrogateescape")
        whole += content.encode() if isinstance(content, str) else content or b""
        self._keep(whole)
        return "250 2.0.0 kept"

    def _keep(self, letter: bytes) -> None:
        path = self.folder / f"{self._next:06}.eml"
        beside = path.with_suffix(".part")
        beside.write_bytes(letter)
        beside.replace(path)
        self._next += 1
        self.count += 1

    async def _serve(self) -> int:
        self._server = await self._loop.create_server(self._protocol, _LOOPBACK, self.port)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname=_LOOPBACK, ident="sink", loop=self._loop, enable_SMTPUTF8=True)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
