"""Objects out of a JSON list, one at a time, in bounded memory."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TextIO

from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.importers.errors import BadFile
from npm_cases.importers.opening import BLOCK, MAX_RECORD

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


class _Twice(ValueError):
    """A member stands twice in one object: which one was meant is not ours to choose."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return members


class _Buffer:
    """The part of the text not yet read as objects, and the line on which it begins."""

    def __init__(self, path: Path, text: TextIO) -> None:
        self._path = path
        self._text = text
        self._decoder = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str)
        self._held = ""
        self.line = 1

    def next_sign(self) -> str:
        """The next character that is not white space, left in place; "" at the end of the text."""
        while True:
            space = _SPACE.match(self._held)
            self._drop(space.end() if space else 0)
            if self._held or not self._more():
                return self._held[:1]

    def take_sign(self) -> None:
        self._drop(1)

    def take_value(self) -> object:
        """One whole value. Raises BadFile where there is none, or it is longer than MAX_RECORD characters."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held)
            except _Twice as error:
                raise BadFile(self._path, self.line, say("member_twice", name=quoted(error))) from error
            except RecursionError as error:
                raise BadFile(self._path, self.line, say("lists_without_end")) from error
            except json.JSONDecodeError as error:
                if len(self._held) >= MAX_RECORD:
                    raise BadFile(self._path, self.line, say("object_too_long", most=MAX_RECORD)) from error
                if not self._more():
                    raise BadFile(self._path, self.line + error.lineno - 1, say("not_json", wrong=error.msg)) from error
            else:
                self._drop(end)
                return value

    def _drop(self, count: int) -> None:
        self.line += len(_LINE_END.findall(self._held, 0, count))
        self._held = self._held[count:]

    def _more(self) -> bool:
        try:
            block = self._text.read(BLOCK)
        except UnicodeDecodeError as error:
            raise BadFile(self._path, self.line, say("changed_while_read")) from error
        self._held += block
        return bool(block)


def objects(path: Path, text: TextIO) -> Iterator[tuple[int, Mapping[str, object] | None]]:
    """Give each object of the list with its line; None stands for a member of the list that is no object.

    Raises BadFile: not a list, broken JSON, an object over MAX_RECORD characters, a member twice in an object.
    """
    buffer = _Buffer(path, text)
    if buffer.next_sign() != "[":
        raise BadFile(path, buffer.line, say("not_a_json_list"))
    buffer.take_sign()
    expects_value = buffer.next_sign() != "]"
    while expects_value:
        buffer.next_sign()
        line = buffer.line
        value = buffer.take_value()
        yield line, value if isinstance(value, dict) else None
        sign = buffer.next_sign()
        if sign not in {",", "]"}:
            raise BadFile(path, buffer.line, say("comma_missing"))
        expects_value = sign == ","
        if expects_value:
            buffer.take_sign()
    buffer.take_sign()
    if buffer.next_sign():
        raise BadFile(path, buffer.line, say("text_after_list"))
