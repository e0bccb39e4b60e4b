"""F40: right or refused with a line, never letters of the wrong alphabet."""

from pathlib import Path

import pytest

from npm_cases.importers import BadFile, UndecidedEncoding, decoded_as
from tests.importers.makers import GOOD_UPR, read, upr_file, upr_row

KAZAKH = "Қазақстан Республикасының қамау орындарына баруға ұсыныс, әділдік, өмір"
RUSSIAN = "Обеспечить доступ к врачу в каждом месте содержания под стражей"
FRENCH = "Établir une procédure vis-à-vis des détenus, dès la première année"


def a_file(folder: Path, text: str, encoding: str) -> Path:
    return upr_file(folder, GOOD_UPR, upr_row(Text=text), encoding=encoding)


@pytest.mark.parametrize("text", ["plain letters", KAZAKH, RUSSIAN, FRENCH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_known_with_and_without_its_mark(tmp_path: Path, text: str, encoding: str) -> None:
    path = a_file(tmp_path, text, encoding)
    assert decoded_as(path, None) == "utf-8"
    rows, _ = read(path)
    assert rows[1].title == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(text, "kz1048") for text in (KAZAKH, "\u049aР", "қ", "Ministry of \u049aР")]
    + [(text, name) for text in (RUSSIAN, "и", "а также") for name in ("cp1251", "kz1048", "koi8_r")]
    + [(text, name) for text in (RUSSIAN, "Ш", "Ш ШШ") for name in ("mac_cyrillic", "cp866")],
)
def test_a_one_byte_file_in_cyrillic_letters_is_never_decided_for_the_person(
    tmp_path: Path, text: str, encoding: str
) -> None:
    path = a_file(tmp_path, text, encoding)
    with pytest.raises(UndecidedEncoding, match="--encoding") as caught:
        decoded_as(path, None)
    assert caught.value.line == 3


@pytest.mark.parametrize(("text", "encoding"), [(KAZAKH, "kz1048"), (RUSSIAN, "koi8_r"), (RUSSIAN, "windows-1251")])
def test_a_named_encoding_is_used_as_named(tmp_path: Path, text: str, encoding: str) -> None:
    rows, refused = read(a_file(tmp_path, text, encoding), encoding=encoding)
    assert not refused
    assert rows[1].title == text


@pytest.mark.parametrize(
    "text", ["the Sénégalais père and a vis-à-vis", "a Sénégalais père", "Law n° 17, Länder, mère"]
)
def test_mac_roman_is_decided_where_no_other_reading_is_text(tmp_path: Path, text: str) -> None:
    path = a_file(tmp_path, text, "mac_roman")
    assert decoded_as(path, None) == "mac_roman"
    assert read(path)[0][1].title == text


def test_a_file_that_fits_several_encodings_names_them(tmp_path: Path) -> None:
    with pytest.raises(UndecidedEncoding) as caught:
        decoded_as(a_file(tmp_path, "équité", "cp1252"), None)
    assert set(caught.value.candidates) == {"cp1252", "mac_roman"}


def test_a_file_half_utf_8_and_half_not_is_refused_at_the_first_odd_line(tmp_path: Path) -> None:
    path = a_file(tmp_path, "café", "utf-8")
    path.write_bytes(path.read_bytes() + upr_row(Text="café").encode("cp1252") + b"\r\n")
    with pytest.raises(UndecidedEncoding, match="partly UTF-8") as caught:
        decoded_as(path, None)
    assert caught.value.line == 4
    with pytest.raises(BadFile, match="not UTF-8 here") as named:
        decoded_as(path, "utf-8")
    assert named.value.line == 4


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(BadFile, match="save it as UTF-8"):
        decoded_as(a_file(tmp_path, KAZAKH, encoding), None)


def test_a_nul_byte_is_refused_by_line_even_under_a_named_encoding(tmp_path: Path) -> None:
    path = upr_file(tmp_path, GOOD_UPR, upr_row(Text="a\0b"), end="\r")
    for encoding in (None, "utf-8", "cp1252"):
        with pytest.raises(BadFile, match="NUL") as caught:
            decoded_as(path, encoding)
        assert caught.value.line == 3


@pytest.mark.parametrize("encoding", ["klingon", "utf-16", "latin-1", "base64"])
def test_an_encoding_not_on_the_list_is_refused_with_the_list(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(BadFile, match="mac_roman"):
        decoded_as(upr_file(tmp_path, GOOD_UPR), encoding)


def test_a_file_with_the_mark_of_utf_8_is_not_read_as_another_encoding(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="mark of UTF-8"):
        decoded_as(a_file(tmp_path, KAZAKH, "utf-8-sig"), "kz1048")


def test_a_letter_cut_by_a_reading_block_is_still_utf_8(tmp_path: Path) -> None:
    for shift in range(4):
        path = tmp_path / f"{shift}.csv"
        path.write_bytes(b"x" * shift + "қ".encode() * 70_000)
        assert decoded_as(path, None) == "utf-8"


def test_a_file_cut_inside_a_letter_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_bytes(b"caf" + "é".encode()[:1])
    with pytest.raises(BadFile, match="not UTF-8 here"):
        decoded_as(path, "utf-8")
