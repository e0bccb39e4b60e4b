"""Either spelling finds, and words stand in the order of the Kazakh alphabet."""

import pytest

from npm_cases.domain.letters import ALPHABET, asked_words, fold, sort_key, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Қамау", "камау"), ("Әділет", "адилет"), ("Ұйым", "уйым"), ("Ёмкость", "емкость"), ("Café", "cafe"),
        ("Өтініш", "отиниш"), ("Йод", "йод"), ("ҺӘМ", "хам"), ("Straße", "strasse"),
    ],
)  # fmt: skip
def test_a_text_is_folded_to_near_russian_letters_and_bare_latin_ones(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_composed_and_decomposed_letters_are_the_same_word() -> None:
    assert words_of("ё й é") == words_of("ё й é") == ["е", "й", "e"]


def test_a_number_is_one_word_and_its_parts() -> None:
    assert words_of("R-2026-000017") == ["r2026000017", "r", "2026", "000017"]
    assert asked_words("r-2026-000017 roof") == ["r2026000017", "roof"]
    assert asked_words("A/HRC/48") == ["ahrc48"]


def test_a_hyphen_in_a_word_without_digits_parts_it() -> None:
    assert asked_words("follow-up") == ["follow", "up"]


def test_no_word_has_a_low_line() -> None:
    assert words_of("health_care") == ["health", "care"]


def test_the_alphabet_has_the_42_letters_of_kazakh_and_the_33_of_russian_in_its_order() -> None:
    russian = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    assert len(ALPHABET) == len(set(ALPHABET)) == 42
    assert [letter for letter in ALPHABET if letter in russian] == list(russian)


def test_titles_are_sorted_by_the_alphabet_whatever_their_case() -> None:
    titles = [
        "яма",
        "Қала",
        "Кала",
        "Ёлка",
        "Ель",
        "Жер",
        "әке",
        "Аға",
        "Бала",
        "ыдыс",
        "Ірі",
        "мысық",
        "roof",
        "2 beds",
    ]
    assert sorted(titles, key=sort_key) == [
        "2 beds", "roof", "Аға", "әке", "Бала", "Ель", "Ёлка", "Жер", "Кала", "Қала", "мысық", "ыдыс", "Ірі", "яма",
    ]  # fmt: skip
