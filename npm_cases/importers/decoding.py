"""In which encoding a file is written: decided only where exactly one answer is possible, never guessed.

Most one-byte encodings read every byte as something, so "it decodes" proves nothing. Here a candidate decodes a file
only if what comes out could be text: no control characters, no letters of another script inside a word, no signs that
stand in for letters. A Windows or KOI8 file in Kazakh or Russian fits several candidates and is always refused: one
wrong answer would store names that nobody can read again.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.importers.errors import BadFile, UndecidedEncoding
from npm_cases.importers.opening import BLOCK, line_at, opened

LATIN: Final = ("cp1252", "mac_roman")
CYRILLIC: Final = ("cp1251", "kz1048", "koi8_r")
ENCODINGS: Final = ("utf-8", *LATIN, *CYRILLIC)

_SIGNS = frozenset("\u00a0«»„“”‘’‚–—…•§°№£€©®™¿¡ªº½¼¾·")  # signs people type between words
_LONE = frozenset("àÀ")  # one-letter words of Western languages that hold no plain letter
_MAX_ACCENTED_RUN = 2  # "créée" is the longest usual one; three in a row is another alphabet read wrongly

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_WORD_END = re.compile(rb"[^A-Za-z\x80-\xff][A-Za-z\x80-\xff]*\Z")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decoded_as(path: Path, encoding: str | None) -> str:
    """Say in which encoding the whole file can be read: the one named, or the only one that fits.

    One of ``ENCODINGS``; plain ASCII is "utf-8", and so is UTF-8 with a mark at its start. Reads the file once or
    twice.
    Raises UndecidedEncoding (none or several fit), BadFile (UTF-16, NUL bytes, or the named encoding does not fit).
    """
    wanted = None if encoding is None else _known(path, encoding)
    first_bad = _check_bytes(path)
    if wanted == "utf-8" or (wanted is None and first_bad is None):
        if first_bad is not None:
            raise BadFile(path, line_at(path, first_bad), say("not_in_encoding", encoding="UTF-8"))
        return "utf-8"
    if wanted is not None:
        _check_named(path, wanted)
        return wanted
    return _only_candidate(path, line_at(path, first_bad or 0))


def _known(path: Path, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name.replace("-", "_")
    except (LookupError, ValueError):
        name = ""
    by_python_name = {codecs.lookup(known).name.replace("-", "_"): known for known in ENCODINGS}
    by_python_name["utf_8_sig"] = "utf-8"
    if name not in by_python_name:
        raise BadFile(path, 0, say("no_such_encoding", given=quoted(encoding), known=", ".join(ENCODINGS)))
    return by_python_name[name]


def _blocks(path: Path) -> Iterator[bytes]:
    with opened(path) as file:
        while block := file.read(BLOCK):
            yield block


def _check_bytes(path: Path) -> int | None:
    """The offset of the first byte that is not UTF-8, or None. Raises BadFile for UTF-16 and NUL bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset, first_bad = 0, None
    for block in _blocks(path):
        if offset == 0 and block.startswith(_UTF16):
            raise BadFile(path, 1, say("file_is_utf16"))
        if (nul := block.find(b"\0")) >= 0:
            line = line_at(path, offset + nul)
            raise BadFile(path, line, say("nul_in_file"))
        if first_bad is None:
            first_bad = _first_undecodable(decoder, block, offset)
        offset += len(block)
    if first_bad is None:
        first_bad = _first_undecodable(decoder, b"", offset, final=True)
    return first_bad


def _first_undecodable(
    decoder: codecs.IncrementalDecoder, block: bytes, offset: int, *, final: bool = False
) -> int | None:
    held = len(decoder.getstate()[0])
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as error:
        return offset - held + error.start
    return None


def _check_named(path: Path, encoding: str) -> None:
    offset = 0
    for block in _blocks(path):
        if offset == 0 and block.startswith(codecs.BOM_UTF8):
            raise BadFile(path, 1, say("utf8_mark", encoding=encoding))
        try:
            block.decode(encoding)
        except UnicodeDecodeError as error:
            line = line_at(path, offset + error.start)
            raise BadFile(path, line, say("not_in_encoding", encoding=encoding)) from error
        offset += len(block)


def _only_candidate(path: Path, line: int) -> str:
    fitting = list(LATIN + CYRILLIC)
    for words in _words(path):
        if any(_MULTIBYTE.search(word) for word in words):
            raise UndecidedEncoding(path, line, (), say("two_encodings"))
        fitting = [name for name in fitting if all(_reads_as_text(word, name) for word in words)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise UndecidedEncoding(path, line, (), say("no_encoding_fits", known=", ".join(ENCODINGS)))
    raise UndecidedEncoding(path, line, tuple(fitting), say("encodings_fit", known=", ".join(fitting)))


def _words(path: Path) -> Iterator[set[bytes]]:
    """The distinct words that hold a byte above 127, block by block; a word cut by a block's end is kept whole."""
    rest = b""
    for block in _blocks(path):
        text = rest + block
        end = _WORD_END.search(text, max(0, len(text) - BLOCK // 2))
        cut = end.start() + 1 if end else len(text)
        yield _unplain_words(text[:cut])
        rest = text[cut:]
    yield _unplain_words(rest)


def _unplain_words(text: bytes) -> set[bytes]:
    if text.isascii():
        return set()
    return {word for word in _WORD.findall(text) if not word.isascii()}


@cache
def _script_of(character: str) -> str:
    """How a character above 127 may stand in text: as a sign, a letter of a script, or not at all ("")."""
    if character in _SIGNS:
        return "sign"
    name = unicodedata.name(character, "")
    if not character.isalpha() or unicodedata.category(character) == "Lm":
        return ""
    return name.split(" ", 1)[0]


def _reads_as_text(word: bytes, encoding: str) -> bool:
    """Whether these bytes, read in this encoding, could be a word that a person wrote."""
    try:
        text = word.decode(encoding)
    except UnicodeDecodeError:
        return False
    script = "LATIN" if encoding in LATIN else "CYRILLIC"
    scripts = {character: _script_of(character) for character in text if character > "\x7f"}
    if not set(scripts.values()) <= {"sign", script}:
        return False
    pieces = "".join(" " if scripts.get(character) == "sign" else character for character in text).split()
    return all(piece.isascii() or _one_alphabet(piece, script) for piece in pieces)


def _one_alphabet(piece: str, script: str) -> bool:
    plain = sum(character <= "\x7f" for character in piece)
    if script == "CYRILLIC":
        return plain == 0
    longest = max(len(run) for run in re.findall(r"[^\x00-\x7f]+", piece))
    return (plain > 0 and longest <= _MAX_ACCENTED_RUN) or piece in _LONE
