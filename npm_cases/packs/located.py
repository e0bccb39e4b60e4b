"""Reading TOML so that every complaint names file and line. Shared by all loaders of country data."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError

Where = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_STRINGS = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: the line (1 is the first, 0 the file as a whole) and the reason.

    ``file`` is empty where it is the file that was read, and names the template where the entry stands in one.
    """

    line: int
    reason: str
    file: str = ""


class BadPack(ValueError):
    """A file of country data cannot be used. ``file``, ``line`` and ``reason`` are those of the first problem.

    ``problems`` holds all of them, in the order of their lines: correct them and load the file again.
    """

    def __init__(self, file: str, line: int, reason: str, others: Iterable[Problem] = ()) -> None:
        self.problems = (Problem(line, reason), *others)
        super().__init__("\n".join(f"{one.file or file}:{one.line}: {one.reason}" for one in self.problems))
        self.file, self.line, self.reason = file, line, reason

    @classmethod
    def of(cls, file: str, problems: Iterable[Problem]) -> Self:
        """Collect problems, of which there is at least one: those of ``file`` first, then those of its templates."""
        listed = [Problem(one.line, one.reason, "" if one.file == file else one.file) for one in problems]
        first, *others = sorted(listed, key=lambda problem: (problem.file, problem.line))
        return cls(first.file or file, first.line, first.reason, others)


@dataclass(frozen=True)
class LocatedToml:
    """The content of a TOML file, and the line on which each of its tables and keys stands.

    ``files`` names the file of what was taken over from another one, table by table.
    """

    file: str
    content: dict[str, Any]
    lines: Mapping[Where, int] = field(repr=False)
    files: Mapping[Where, str] = field(default_factory=dict, repr=False)

    def line_of(self, where: Sequence[str | int]) -> int:
        """Give the line of a path such as ``("transfers", 3, "source")``, or of the nearest table that holds it."""
        return self.lines.get(self._nearest(where), 0)

    def file_of(self, where: Sequence[str | int]) -> str:
        """Give the file in which a path stands: this one, or the template it was taken over from."""
        return self.files.get(self._nearest(where), self.file)

    def problem(self, where: Sequence[str | int], reason: str) -> Problem:
        """Say what is wrong at a path, with its file and line."""
        return Problem(self.line_of(where), reason, self.file_of(where))

    def refuse(self, where: Sequence[str | int], reason: str) -> BadPack:
        return BadPack(self.file_of(where), self.line_of(where), reason)

    def _nearest(self, where: Sequence[str | int]) -> Where:
        path = tuple(where)
        while path and path not in self.lines:
            path = path[:-1]
        return path

    def checked(self, model: type[Model]) -> Model:
        """Read the content as a model. Raises BadPack with every field that does not fit, each with its line."""
        try:
            return model.model_validate(self.content)
        except ValidationError as wrong:
            problems = [self.problem(e["loc"], _sentence(e["loc"], e["msg"])) for e in wrong.errors()]
            raise BadPack.of(self.file, problems) from wrong


def read_toml(path: Path) -> LocatedToml:
    """Read a TOML file. Raises BadPack when it cannot be opened, is not UTF-8, or is not TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as wrong:
        raise BadPack(str(path), 0, f"cannot be read: {wrong.strerror}; check the name and the rights") from wrong
    except UnicodeDecodeError as wrong:
        line = wrong.object.count(b"\n", 0, wrong.start) + 1
        raise BadPack(str(path), line, "is not UTF-8 text: save the file in UTF-8") from wrong
    return parse_toml(text, str(path))


def parse_toml(text: str, file: str) -> LocatedToml:
    """Read TOML text; ``file`` is what to call it in complaints. Raises BadPack when it is not TOML."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        at = _AT_LINE.search(str(wrong))
        line = int(at.group(1)) if at else text.count("\n") + 1
        raise BadPack(file, line, f"is not TOML: {_AT_LINE.sub('', str(wrong)).strip()}") from wrong
    return LocatedToml(file, content, _lines_of(text))


def _sentence(where: Sequence[str | int], message: str) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")
    return f"{path}: {message.removeprefix('Value error, ')}" if path else message.removeprefix("Value error, ")


def _lines_of(text: str) -> dict[Where, int]:
    """Find the line of each header and key; lines inside a longer value belong to the key that opened it."""
    lines: dict[Where, int] = {}
    counts: dict[Where, int] = {}
    table: Where = ()
    depth, quotes = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if depth <= 0 and not quotes:
            if header := _HEADER.match(line):
                table = _table_path(header, counts)
                lines.setdefault(table, number)
                continue
            if key := _KEY.match(line):
                for end in range(1, len(names := _names(key.group(1))) + 1):
                    lines.setdefault((*table, *names[:end]), number)
        depth, quotes = _nesting(line, depth, quotes)
    return lines


def _table_path(header: re.Match[str], counts: dict[Where, int]) -> Where:
    """Turn a header into a path, counting the entries of arrays of tables, its parents' included."""
    *parents, last = _names(header.group(2))
    path: Where = ()
    for name in parents:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, last)
    if header.group(1) == "[[":
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def _names(dotted: str) -> list[str]:
    return [quoted.strip("\"'") for quoted in re.findall(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""", dotted)]


def _nesting(line: str, depth: int, quotes: str) -> tuple[int, str]:
    """Give how many brackets are open after a line, and which long string is."""
    if quotes:
        _, closed, line = line.partition(quotes)
        if not closed:
            return depth, quotes
    bare = ""
    end = 0
    for found in _STRINGS.finditer(line):
        bare += line[end : found.start()]
        end = found.end()
        if found.group() in {'"""', "'''"}:
            inner, after = _nesting(line[end:], 0, found.group())
            return depth + _brackets(bare) + inner, after
    return depth + _brackets(bare + line[end:]), ""


def _brackets(bare: str) -> int:
    return sum(bare.count(opening) for opening in "[{") - sum(bare.count(closing) for closing in "]}")
