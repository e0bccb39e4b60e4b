"""The Maildir into which our mail server puts what comes back to the sender of our letters.

A letter lies in ``new`` until what it says is committed; then it is moved to ``cur`` in one step, so that a death in between
only means that it is read again. Source: the Maildir format, https://cr.yp.to/proto/maildir.html.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from npm_cases.mail.reports import LARGEST, Report, read_report

SEEN, NOT_SEEN = ":2,S", ":2,"


class ReturnedFolder:
    """Reads the letters of a Maildir, oldest first, and puts away those that were dealt with."""

    def __init__(self, folder: Path) -> None:
        self._new, self._cur = folder / "new", folder / "cur"

    def waiting(self, most: int) -> Iterator[tuple[str, Report | None]]:
        """Yield the name of each letter that waits, not more than ``most``, and the report it is, if it is one."""
        for path in sorted(path for path in self._new.iterdir() if not path.name.startswith("."))[:most]:
            if path.is_symlink() or not path.is_file():
                continue
            with suppress(FileNotFoundError), path.open("rb") as file:  # another reader was first
                yield path.name, read_report(file.read(LARGEST + 1))

    def put_away(self, name: str, *, seen: bool) -> None:
        """Move a letter out of the way; one not ``seen`` still shows as unread to a person with a mail program."""
        with suppress(FileNotFoundError):
            (self._new / name).rename(self._cur / f"{name.partition(':')[0]}{SEEN if seen else NOT_SEEN}")
