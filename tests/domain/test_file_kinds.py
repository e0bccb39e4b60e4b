"""What a document is, by its content: every kind that is kept, everything else refused, whatever its name says."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator

import pytest

from npm_cases.domain import zipped_kinds
from npm_cases.domain.errors import BadInput
from npm_cases.domain.file_kinds import HEAD_BYTES, KINDS, OLE_MARK, PNG, TEXT, Kind, kind_of
from npm_cases.domain.file_names import LONGEST_NAME, NAMELESS, clean_name, download_name
from npm_cases.domain.incoming_files import Incoming
from npm_cases.domain.zipped_kinds import MOST_ENTRIES, Tail

CONTENT_TYPES = "[Content_Types].xml"
MANIFEST = "META-INF/manifest.xml"
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def an_archive(parts: dict[str, bytes], *, stored: tuple[str, ...] = ("mimetype",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name in stored else None)
    return out.getvalue()


def an_office_file(
    main: str = "word/document.xml", more: dict[str, bytes] | None = None, types: bytes = b"<Types/>"
) -> bytes:
    return an_archive({CONTENT_TYPES: types, "_rels/.rels": b"<Relationships/>", main: b"<synthetic/>", **(more or {})})


def an_open_document(
    kind: bytes = ODT_TYPE, manifest: bytes = b"<manifest/>", more: dict[str, bytes] | None = None
) -> bytes:
    return an_archive({"mimetype": kind, "content.xml": b"<synthetic/>", MANIFEST: manifest, **(more or {})})


def taken(content: bytes, name: str = "synthetic.pdf", piece: int = 65_536) -> Kind:
    """Read content as a use case does: piece by piece, and once more where its end decides."""

    def pieces() -> Iterator[bytes]:
        yield from (content[start : start + piece] for start in range(0, len(content), piece))

    incoming = Incoming(name)
    for one in pieces():
        incoming.take(one)
    assert incoming.size == len(content)
    return incoming.finish(pieces)


LETTER = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: synthetic\r\n  folded\r\n\r\nBody \xe9\r\n"
WELL_FORMED = {
    "pdf": b"%PDF-1.7\nsynthetic",
    "png": b"\x89PNG\r\n\x1a\nsynthetic",
    "jpeg": b"\xff\xd8\xff\xe0synthetic",
    "tiff": b"II*\0synthetic",
    "webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "text": "Ескертпе: синтетикалық мәтін.\n".encode(),
    "eml": LETTER,
    "mp3": b"\xff\xfb\x90\x64synthetic",
    "mp4": b"\0\0\0\x18ftypmp42synthetic",
    "m4a": b"\0\0\0\x18ftypM4A synthetic",
    "ogg": b"OggSsynthetic",
    "wav": b"RIFF\x10\0\0\0WAVEfmt ",
    "docx": an_office_file(),
    "xlsx": an_office_file("xl/workbook.xml", {"xl/printerSettings/printerSettings1.bin": b"\0settings"}),
    "pptx": an_office_file("ppt/presentation.xml"),
    "odt": an_open_document(),
    "ods": an_open_document(b"application/vnd.oasis.opendocument.spreadsheet"),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
@pytest.mark.parametrize("name", ["synthetic.pdf", "synthetic.exe", "synthetic"])
def test_every_kind_is_known_by_its_content_whatever_its_name(kind: Kind, name: str) -> None:
    content = WELL_FORMED[kind.code]
    assert taken(content, name) == kind
    assert taken(content, name, piece=1) == kind
    assert kind_of(content[:HEAD_BYTES]) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"# Heading, *Markdown* and <b>tags</b> further on\n", b"\xef\xbb\xbfwith a mark", b"a,b\r\n1,2\r\n",
        "Қағаз".encode("utf-16"), b"x" * 3_000_000, ("ұ" * 9_000).encode(), b"< less than, a comparison", b"-----\n",
    ],
    ids=["markdown", "mark", "csv", "utf16", "long", "cut_letter", "less_than", "dashes"],
)  # fmt: skip
def test_plain_text_is_taken_in_utf_8_and_in_utf_16(content: bytes) -> None:
    assert taken(content, "README.md") == TEXT
    assert taken(content, "README.md", piece=7_001) == TEXT


REFUSED = {
    "exe": b"MZ\x90\0\x03\0\0\0" + b"\0" * 100,
    "elf": b"\x7fELF\x02\x01\x01\0" + b"\0" * 100,
    "mach_o": b"\xcf\xfa\xed\xfe\x07\0\0\x01" + b"\0" * 20,
    "java_class": b"\xca\xfe\xba\xbe\0\0\0\x34",
    "shebang": b"#!/bin/sh\necho synthetic\n",
    "shebang_after_mark": b"\xef\xbb\xbf#!/bin/sh\n",
    "html": b"  <!DOCTYPE html><html></html>",
    "html_in_utf16": "<html><script>1</script>".encode("utf-16"),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "xml": b"<?xml version='1.0'?><svg/>",
    "html_comment": b"<!-- --><script>1</script>",
    "php": b"<?php echo 1;",
    "rtf": b"{\\rtf1 synthetic}",
    "postscript": b"%!PS-Adobe-3.0\n",
    "one_byte_cyrillic": "Жалоба".encode("cp1251"),
    "nul_in_text": b"plain\0text",
    "nul_far_in_text": b"x" * 200_000 + b"\0",
    "letter_cut_at_the_end": "ұ".encode() * 9_000 + "ұ".encode()[:1],
    "gzip": b"\x1f\x8b\x08\0synthetic",
    "seven_zip": b"7z\xbc\xaf\x27\x1csynthetic",
    "rar": b"Rar!\x1a\x07\x01\0",
    "avi": b"RIFF\x10\0\0\0AVI LIST",
    "heic": b"\0\0\0\x18ftypheicsynthetic",
    "gif": b"GIF89a\x01\0\x01\0\0\0",
    "plain_zip": an_archive({"a.txt": b"synthetic"}),
    "jar": an_archive({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "A.class": b"\xca\xfe\xba\xbe"}),
    "two_kinds_at_once": an_office_file("word/document.xml", {"xl/workbook.xml": b"<w/>"}),
    "another_open_document": an_open_document(b"application/vnd.oasis.opendocument.base"),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("piece", [5, 65_536])
def test_what_is_no_kind_is_refused_and_the_kinds_are_named(what: str, piece: int) -> None:
    if piece == 5 and len(REFUSED[what]) > HEAD_BYTES:
        piece = 4_999
    with pytest.raises(BadInput) as refused:
        taken(REFUSED[what], "synthetic.pdf", piece)
    assert refused.value.code == "kind_not_taken"
    for lang in ("kk", "ru", "en"):
        assert "docx" in refused.value.said(lang)


def test_an_office_file_of_the_old_kind_is_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match="save it as docx") as refused:
        taken(OLE_MARK + b"\0" * 600, "letter.doc")
    assert refused.value.code == "old_office_file"


@pytest.mark.parametrize(
    "content",
    [
        an_office_file(more={"word/vbaProject.bin": b"x"}),
        an_office_file(more={"word/embeddings/oleObject1.bin": b"x"}),
        an_office_file(more={"word/embeddings/book.xlsm": b"x"}),
        an_office_file(more={"word/activeX/activeX1.xml": b"x"}),
        an_office_file(more={"customUI/run.exe": b"MZ"}),
        an_office_file("xl/workbook.xml", {"xl/macrosheets/sheet1.xml": b"x"}),
        an_office_file(types=b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
        an_office_file(types=b'<Default Extension="xml" ContentType="application/vnd.ms-office.vbaProject"/>'),
        an_open_document(more={"Basic/Standard/Module1.xml": b"x"}),
        an_open_document(more={"Scripts/python/run.py": b"x"}),
    ],
)
def test_programs_inside_an_office_file_are_found_by_name_and_by_what_the_file_says_of_itself(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        taken(content, "plain.docx")
    assert refused.value.code == "file_has_macros"


def test_a_locked_file_is_refused() -> None:
    locked = bytearray(an_office_file())
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + flag] |= 1
    for content in (bytes(locked), an_open_document(manifest=b"<manifest:encryption-data/>")):
        with pytest.raises(BadInput) as refused:
            taken(content)
        assert refused.value.code == "file_encrypted"


def a_bomb_of_zeros() -> bytes:
    return an_office_file(more={"word/media/image1.png": b"\0" * 20_000_000})


def a_bomb_of_entries() -> bytes:
    return an_office_file(more={f"word/{number}": b"" for number in range(MOST_ENTRIES)})


def a_bomb_by_its_directory() -> bytes:
    content = bytearray(an_office_file())
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize("make", [a_bomb_of_zeros, a_bomb_of_entries, a_bomb_by_its_directory])
def test_a_file_that_would_unpack_to_far_more_is_refused_without_unpacking_it(make: Callable[[], bytes]) -> None:
    with pytest.raises(BadInput) as refused:
        taken(make())
    assert refused.value.code == "archive_too_large"


def overlapping() -> bytes:
    """Two entries of the directory that share the bytes of one: what such a bomb is made of."""
    content = bytearray(an_office_file(more={"word/media/a.png": b"x" * 300}))
    first, second = content.find(b"PK\x01\x02"), content.rfind(b"PK\x01\x02")
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


def twice_named() -> bytes:
    out = io.BytesIO(an_office_file())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("word/document.xml", b"another")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        an_office_file()[:-30], an_office_file()[:200], b"PK\x03\x04" + b"\0" * 100, overlapping(),
        an_office_file(more={"../../outside.xml": b"x"}), an_office_file(more={"/etc/outside": b"x"}),
        an_office_file(more={"Word/Document.xml": b"x"}),
    ],
    ids=["cut_short", "no_directory", "no_entries", "overlapping", "dots", "absolute", "same_name_in_other_letters"],
)  # fmt: skip
def test_a_damaged_or_contrived_archive_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        taken(content)
    assert refused.value.code == "archive_broken"


def test_a_name_that_stands_twice_in_an_archive_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        taken(twice_named())
    assert refused.value.code == "archive_broken"


def test_something_before_the_archive_is_no_office_file() -> None:
    with pytest.raises(BadInput):
        taken(b"#!/bin/sh\nexit\n" + an_office_file())
    shifted = b"PK\x03\x04" + b"\0" * 60 + an_office_file()
    with pytest.raises(BadInput):
        taken(shifted)


def test_a_list_that_is_not_packed_as_the_directory_says_is_refused() -> None:
    content = bytearray(an_office_file(types=b"x" * 500))
    start = content.find(zlib.compress(b"x" * 500)[2:6])
    content[start : start + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(BadInput) as refused:
        taken(bytes(content))
    assert refused.value.code == "archive_broken"


def test_only_the_end_of_a_long_file_is_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped_kinds, "TAIL_BYTES", 2_000)
    tail = Tail()
    for _ in range(1_000):
        tail.take(b"x" * 100)
    assert (tail.size, len(tail.joined())) == (100_000, 2_000)


def test_a_long_office_file_is_read_from_its_end_and_its_list_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped_kinds, "TAIL_BYTES", 3_000)
    media = {"word/media/a.jpg": bytes(range(256)) * 400}
    plain = an_archive({CONTENT_TYPES: b"<Types/>", **media, "word/document.xml": b"<d/>"}, stored=tuple(media))
    assert taken(plain, piece=1_000).code == "docx"
    bad = an_archive({CONTENT_TYPES: b"vbaProject", **media, "word/document.xml": b"<d/>"}, stored=tuple(media))
    with pytest.raises(BadInput) as refused:
        taken(bad, piece=1_000)
    assert refused.value.code == "file_has_macros"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("C:\\Users\\synthetic\\letter.pdf", "letter.pdf"),
        ("..", NAMELESS), (".", NAMELESS), ("", NAMELESS), ("a/", NAMELESS), ("   ", NAMELESS),
        ("letter\0.pdf", "letter.pdf"), ("let\r\nter.pdf", "letter.pdf"), ("a\x85b\x9f.pdf", "ab.pdf"),
        ("\u202efdp.exe", "fdp.exe"), ("a\u2066b\u2069\u200f.txt", "ab.txt"), ("\ud800x.txt", "x.txt"),
        ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("Com1.pdf", "_Com1.pdf"), ("LPT9 .pdf", "_LPT9 .pdf"), ("COM¹", "_COM¹"),
        ("letter.pdf. .", "letter.pdf"), ("Хат «Ә» №1.pdf", "Хат «Ә» №1.pdf"), ("console.txt", "console.txt"),
        ("a\u200db.pdf", "a\u200db.pdf"),
    ],
)  # fmt: skip
def test_a_name_keeps_its_letters_and_loses_folders_and_what_cannot_be_seen(given: str, kept: str) -> None:
    assert clean_name(given) == kept
    assert clean_name(kept) == kept


def test_a_name_of_any_length_is_kept_short_with_its_end() -> None:
    assert clean_name("ә" * 5_000 + ".docx") == "ә" * (LONGEST_NAME - 5) + ".docx"
    assert len(clean_name("x" * 5_000)) == LONGEST_NAME
    assert len(clean_name("x." + "y" * 5_000)) == LONGEST_NAME


def test_a_document_is_given_out_under_a_name_whose_end_tells_what_it_is() -> None:
    assert download_name("scan.png", PNG) == "scan.png"
    assert download_name("Scan.PNG", PNG) == "Scan.PNG"
    assert download_name("scan.pdf", PNG) == "scan.pdf.png"
    assert download_name("run.bat", TEXT) == "run.bat.txt"
    assert download_name("old.bin", None) == "old.bin"
