"""Why a whole file is refused. A single bad row is not an error but a ``RefusedRow``."""

from pathlib import Path

from npm_cases.domain.errors import BadInput
from npm_cases.domain.messages import Said, say


class ImportRefused(BadInput):
    """The file cannot be imported as it is; the message says what to do. Rows read before it stand."""


class BadFile(ImportRefused):
    """The file breaks a rule at a line: ``line`` counts from 1, and 0 means the file as a whole."""

    def __init__(self, path: Path, line: int, why: Said) -> None:
        self.path = path
        self.line = line
        self.reason = str(why)
        super().__init__(_in_file(path, line, why))


class UndecidedEncoding(ImportRefused):
    """The bytes fit no known encoding, or several: a person has to say which one with ``--encoding``."""

    def __init__(self, path: Path, line: int, candidates: tuple[str, ...], why: Said) -> None:
        self.path = path
        self.line = line
        self.candidates = candidates
        self.reason = str(why)
        super().__init__(_in_file(path, line, why))


def _in_file(path: Path, line: int, why: Said) -> Said:
    if line:
        return say("at_line", file=path.name, line=line, why=why)
    return say("in_file", file=path.name, why=why)
