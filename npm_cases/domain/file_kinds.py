"""What a document is, by its content and never by its name: what is not known here is not kept.

The signatures are those of the formats' own specifications; what browsers take for HTML is read from the WHATWG MIME
Sniffing Standard, section 7.1. Nothing is unpacked and nothing is run.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Final

HEAD_BYTES: Final = 8_192
"""How much of a document's beginning tells its kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its code, the media type it is given out as, the ends of names that fit it."""

    code: str
    media_type: str
    suffixes: tuple[str, ...]


PDF: Final = Kind("pdf", "application/pdf", (".pdf",))
PNG: Final = Kind("png", "image/png", (".png",))
JPEG: Final = Kind("jpeg", "image/jpeg", (".jpg", ".jpeg"))
TIFF: Final = Kind("tiff", "image/tiff", (".tif", ".tiff"))
WEBP: Final = Kind("webp", "image/webp", (".webp",))
TEXT: Final = Kind("text", "text/plain", (".txt", ".md", ".csv", ".log", ".json"))
EML: Final = Kind("eml", "message/rfc822", (".eml",))
MP3: Final = Kind("mp3", "audio/mpeg", (".mp3",))
MP4: Final = Kind("mp4", "video/mp4", (".mp4",))
M4A: Final = Kind("m4a", "audio/mp4", (".m4a", ".m4b"))
OGG: Final = Kind("ogg", "audio/ogg", (".ogg", ".oga", ".opus"))
WAV: Final = Kind("wav", "audio/wav", (".wav",))
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
DOCX: Final = Kind("docx", f"{_OOXML}wordprocessingml.document", (".docx",))
XLSX: Final = Kind("xlsx", f"{_OOXML}spreadsheetml.sheet", (".xlsx",))
PPTX: Final = Kind("pptx", f"{_OOXML}presentationml.presentation", (".pptx",))
ODT: Final = Kind("odt", "application/vnd.oasis.opendocument.text", (".odt",))
ODS: Final = Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", (".ods",))
KINDS: Final = (PDF, PNG, JPEG, TIFF, WEBP, TEXT, EML, MP3, MP4, M4A, OGG, WAV, DOCX, XLSX, PPTX, ODT, ODS)

ZIP_MARK: Final = b"PK\x03\x04"
OLE_MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SIGNATURES: Final = (
    (b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG), (b"II*\0", TIFF), (b"MM\0*", TIFF),
    (b"OggS", OGG), (b"ID3", MP3),
)  # fmt: skip
_RIFF: Final = {b"WEBP": WEBP, b"WAVE": WAV}
_MP4_BRANDS: Final = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V "}
)
_M4A_BRANDS: Final = frozenset({b"M4A ", b"M4B "})
_ZIPPED: Final = ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX))
_ODF_PLACE: Final = slice(
    38, 38 + 80
)  # the content of the first entry, "mimetype", stored (OpenDocument 1.3, part 2, 3.3)

_MARKUP: Final = re.compile(
    rb"<(!doctype|\?xml|\?php|!--|(html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg)[\s>/])",
    re.IGNORECASE,
)
_SCRIPTS: Final = (b"#!", b"{\\rtf", b"%!PS")
"""Text by its letters, a program or a carrier of programs by its beginning: scripts, RTF, PostScript."""

_HEADER: Final = re.compile(rb"^([!-9;-~]+):[ \t]*[^\r\n]*(\r?\n[ \t][^\r\n]*)*\r?\n", re.MULTILINE)
_LETTER_HEADS: Final = frozenset({b"date", b"subject", b"received", b"message-id", b"mime-version", b"to"})
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of a document by its first ``HEAD_BYTES`` bytes, fewer only where it is shorter; None for no kind.

    A file of Office is named by the parts its beginning shows; whether all of it may be kept is for ``zipped_kinds``. The
    rest of a text is for ``TextCheck``.
    """
    for mark, kind in _SIGNATURES:
        if head.startswith(mark):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head.startswith(ZIP_MARK):
        return _zipped(head)
    return _film(head) or _sound(head) or _letter(head) or _text(head)


def _zipped(head: bytes) -> Kind | None:
    if head[30:38] == b"mimetype":
        found = [kind for kind in (ODS, ODT) if head[_ODF_PLACE].startswith(kind.media_type.encode() + b"PK")]
        return found[0] if found else None
    return next((kind for mark, kind in _ZIPPED if mark in head), None)


def _film(head: bytes) -> Kind | None:
    if head[4:8] != b"ftyp":
        return None
    return MP4 if head[8:12] in _MP4_BRANDS else M4A if head[8:12] in _M4A_BRANDS else None


def _sound(head: bytes) -> Kind | None:
    """Find a frame of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.1.3): eleven bits of sync, then no reserved value."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - the header of a frame
        return None
    version, layer, rate, sampling = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return MP3 if layer == 1 and version != 1 and rate not in {0, 15} and sampling != 3 else None  # noqa: PLR2004


def _letter(head: bytes) -> Kind | None:
    """Find a letter: header lines first (RFC 5322, 2.2), From and another known one among them."""
    names, place = set(), 0
    while found := _HEADER.match(head, place):
        names.add(found[1].lower())
        place = found.end()
    return EML if b"from" in names and names & _LETTER_HEADS and b"\0" not in head else None


def _text(head: bytes) -> Kind | None:
    plain = head.removeprefix(codecs.BOM_UTF8)
    if head.startswith(_UTF16):
        plain = head.decode("utf-16", "ignore").encode()
    begins = plain.lstrip()
    if begins.startswith(_SCRIPTS) or _MARKUP.match(begins):
        return None
    check = TextCheck()
    return TEXT if check.take(head) else None


class TextCheck:
    """Holds a text to one encoding, piece by piece: UTF-8, or UTF-16 with its mark, and no NUL character."""

    def __init__(self) -> None:
        self._decoder: codecs.IncrementalDecoder | None = None

    def take(self, piece: bytes, *, is_last: bool = False) -> bool:
        """Say whether what came so far is text; after ``is_last`` a character cut in two is none."""
        if self._decoder is None:
            name = "utf-16" if piece.startswith(_UTF16) else "utf-8"
            self._decoder = codecs.getincrementaldecoder(name)()
        try:
            return "\0" not in self._decoder.decode(piece, is_last)
        except UnicodeDecodeError:
            return False
