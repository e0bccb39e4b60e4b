"""Why a whole file is refused. A single bad row is not an error but a ``RefusedRow``."""

from pathlib import Path


class ImportRefused(Exception):
    """The file cannot be imported as it is; the message says what to do. Rows read before it stand."""


class BadFile(ImportRefused):
    """The file breaks a rule at a line: ``line`` counts from 1, and 0 means the file as a whole."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        where = f"{path.name}, line {line}" if line else path.name
        super().__init__(f"{where}: {reason}")


class UndecidedEncoding(ImportRefused):
    """The bytes fit no known encoding, or several: a person has to say which one with ``--encoding``."""

    def __init__(self, path: Path, line: int, candidates: tuple[str, ...], reason: str) -> None:
        self.path = path
        self.line = line
        self.candidates = candidates
        self.reason = reason
        super().__init__(f"{path.name}, line {line}: {reason}")
