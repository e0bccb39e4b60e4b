"""Files given to a browser to keep, never to show: from text at hand, or from a nameless file that is gone when it was sent."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

PIECE_BYTES = 256 * 1024
OCTETS, CSV, JSON, PLAIN, ZIP = (
    "application/octet-stream", "text/csv; charset=utf-8", "application/json", "text/plain; charset=utf-8", "application/zip",
)  # fmt: skip


def as_attachment(name: str) -> str:
    """Name a file for the browser to keep: RFC 6266, with the letters of RFC 8187."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name) or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def text_to_keep(text: str, name: str, kind: str = PLAIN) -> Response:
    """Give out a short text as a file."""
    return Response(text.encode(), media_type=kind, headers={"Content-Disposition": as_attachment(name)})


@contextmanager
def nameless_file(folder: Path) -> Iterator[BinaryIO]:
    """Give a file to write in that has no name on the disk; it is closed when writing fails, else by whoever sends it.

    It lies in the data folder, with everything else that is confidential: a folder for temporary files is for everybody.
    """
    file = cast("BinaryIO", TemporaryFile(dir=folder))  # noqa: SIM115 - whoever sends it closes it
    try:
        yield file
    except BaseException:
        file.close()
        raise


class FileToKeep(StreamingResponse):
    """A written file as an attachment, in pieces; it is closed when it was sent, or the browser went away."""

    def __init__(self, file: BinaryIO, name: str, kind: str) -> None:
        length = file.tell()
        file.seek(0)
        self._file = file
        headers = {"Content-Disposition": as_attachment(name), "Content-Length": str(length)}
        super().__init__(_pieces(file), media_type=kind, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _pieces(file: BinaryIO) -> Iterable[bytes]:
    while piece := file.read(PIECE_BYTES):
        yield piece
