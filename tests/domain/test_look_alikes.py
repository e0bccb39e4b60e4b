"""Words of Latin and Cyrillic letters that look alike are seen; words of one script, and mixtures anybody sees, are not."""

import pytest
from hypothesis import given, strategies as st

from npm_cases.domain.letters import ALPHABET
from npm_cases.domain.look_alikes import look_alikes

LATIN_A, CYRILLIC_A = "a", "а"
LATIN_SMALL = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"Қ{LATIN_A}мау орны", (f"Қ{LATIN_A}мау",)),
        (f"Ministry of h{CYRILLIC_A}rm", (f"h{CYRILLIC_A}rm",)),
        ("Cинтетическая колония", ("Cинтетическая",)),  # a Latin C
        ("əкімдік", ("əкімдік",)),  # a Latin schwa
        ("колоni\u0438я", ()),  # n stands for nothing Cyrillic: that can be seen
        ("ХОЗY-7", ("ХОЗY",)),  # a Latin Y in capitals
        ("p\u0430ypal, p\u0430ypal", ("p\u0430ypal",)),
        ("м\u0435\u0308то\u200bвой C\u0301ело", ("Ćело",)),
        ("Қар\u200ba\u200bжал", ("Қарaжал",)),
    ],
)  # fmt: skip
def test_a_word_of_letters_that_look_alike_is_seen(text: str, words: tuple[str, ...]) -> None:
    assert look_alikes(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "", "Ministry of Interior", "Министерство внутренних дел", "Қазақстан Республикасының Әділет министрлігі",
        "IT-отдел", "ДУИС по г. Алматы (DUIS)", "UPRдан кейін", "COVIDом", "№ 5 учреждение LA-155/8", "ЛА-155/14",
        "й ё ў ї", "Ó Néill", "中文 с a", "Çelik", "100кг 5m",
    ],
)  # fmt: skip
def test_one_script_alone_or_a_mixture_anybody_sees_is_not(text: str) -> None:
    assert look_alikes(text) == ()


@given(st.text(alphabet=ALPHABET + ALPHABET.upper() + " -", max_size=30), st.text(alphabet=LATIN_SMALL, max_size=30))
def test_words_of_one_script_side_by_side_are_never_taken_for_a_mixture(cyrillic: str, latin: str) -> None:
    assert look_alikes(f"{cyrillic} {latin}") == ()


@given(st.text(max_size=60))
def test_whatever_is_written_each_word_comes_once(text: str) -> None:
    words = look_alikes(text)
    assert len(set(words)) == len(words)
