"""What the pages say: every word in three languages, none missing, none left over, nothing falls back."""

import re
from pathlib import Path

import pytest

from npm_cases.domain.errors import ConfigurationError
from npm_cases.web.words import all_words, plural, read_words
from state_machines.labels import LANGUAGES

WEB = Path(__file__).parents[2] / "npm_cases" / "web"
KAZAKH = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
SOURCE = "".join(path.read_text(encoding="utf-8") for path in sorted(WEB.rglob("*")) if path.suffix in {".py", ".html"})
LONG = 60


def test_every_word_a_page_says_is_there() -> None:
    said = set(re.findall(r"""\bt\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""", SOURCE))
    assert len(said) > 200
    assert {code for code in said if not code.endswith("_")} - set(all_words()) == set()


def test_no_word_is_left_that_no_page_says() -> None:
    left = [code for code in all_words() if code not in SOURCE and not _composed(code)]
    assert left == []


def _composed(code: str) -> bool:
    """Say whether a page puts the code together from a beginning and a value."""
    table, _, name = code.partition(".")
    parts = name.split("_")
    beginnings = [f"{table}.", *(f"{table}.{'_'.join(parts[:n])}_" for n in range(1, len(parts)))]
    ends = [f"_{'_'.join(parts[n:])}" for n in range(1, len(parts))]
    return any(f'{one}"' in SOURCE or f"{one}'" in SOURCE or f"{one}{{" in SOURCE for one in beginnings) or any(
        f'}}{one}"' in SOURCE for one in ends
    )


def test_long_kazakh_sentences_are_kazakh() -> None:
    for code, word in all_words().items():
        text = word.texts["kk"]
        for sentence in [text] if isinstance(text, str) else text.values():
            assert len(sentence) < LONG or KAZAKH.search(sentence), code


def test_russian_and_kazakh_are_not_english_left_over() -> None:
    same = [code for code, word in all_words().items() if isinstance(word.texts["en"], str) and len(str(word.texts["en"])) > LONG
            and word.texts["en"] in {word.texts["ru"], word.texts["kk"]}]  # fmt: skip
    assert same == []


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ('a = { en = "x", ru = "x" }', "in each of kk, ru, en"),
        ('a = { en = "x {n}", ru = "x", kk = "x {n}" }', "do not take the same values"),
        ('a = { en = { one = "x" }, ru = "x", kk = "x" }', "needs the plural forms one, other"),
        ('a = { en = "", ru = "x", kk = "x" }', "is empty"),
        ("a = ", "words/made.toml"),
    ],
)
def test_a_table_that_lacks_something_stops_the_program(table: str, what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        read_words({"made": table})


def test_numbers_are_counted_as_each_language_counts() -> None:
    days = all_words()["common.days_late"]
    assert [days.said("ru", {"n": n}) for n in (1, 2, 5, 21)] == [
        "1 день просрочки", "2 дня просрочки", "5 дней просрочки", "21 день просрочки"
    ]  # fmt: skip
    assert days.said("en", {"n": 1}) == "1 day late"
    assert {plural(lang, 1) for lang in LANGUAGES} == {"one"}
