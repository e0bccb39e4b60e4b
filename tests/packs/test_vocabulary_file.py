"""Files of published status words: each word means one state or is refused, and a mistake is told by file and line."""

from pathlib import Path

import pytest

from npm_cases.cli.vocabulary_tables import page
from npm_cases.domain.errors import BadInput
from npm_cases.domain.vocabulary import AXES, fitting
from npm_cases.packs.located import BadPack
from npm_cases.packs.vocabulary_file import parse_vocabulary, vocabularies, vocabulary

DOCS = Path(__file__).parents[2] / "docs" / "vocabularies.md"
GOOD = """id = "synthetic"
labels = { en = "Synthetic", ru = "Synthetic", kk = "Synthetic" }
source = "synthetic"

[[words]]
id = "done"
word = "Done"
spellings = ["all done"]
implementation = "implemented"

[[words]]
id = "unclear"
word = "Unclear"
refused = { en = "unclear", ru = "unclear", kk = "unclear" }
"""


def test_every_word_of_every_vocabulary_means_one_state_or_is_refused_with_a_reason() -> None:
    assert [one.id for one in vocabularies()] == sorted(one.id for one in vocabularies())
    words = [word for one in vocabularies() for word in one.words]
    assert [word for word in words if bool(word.state) is bool(word.refused)] == []
    assert [word for word in words if word.state and word.state not in AXES[word.axis]] == []


def test_a_word_is_found_in_any_case_and_spelling() -> None:
    one = parse_vocabulary(GOOD, "synthetic.toml")
    assert {getattr(one.find(text), "id", "") for text in ("Done", "DONE", " all  done ")} == {"done"}
    assert one.find("nearly done") is None


def test_a_vocabulary_fits_where_it_knows_every_word() -> None:
    assert [one.id for one in fitting(vocabularies(), {"A", "c", "E"})] == ["hrc_grades"]
    assert {one.id for one in fitting(vocabularies(), {"achieved"})} == {"hmip", "nz_ombudsman"}
    assert fitting(vocabularies(), {"A", "achieved"}) == ()
    assert fitting(vocabularies(), ()) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ('implementation = "implemented"', 'implementation = "accepted"', 9, "is not one of"),
        ('implementation = "implemented"', 'implementation = "done"', 9, "is not one of"),
        ('implementation = "implemented"', "", 5, "needs exactly one of"),
        ('spellings = ["all done"]', 'reply = "accepted"', 5, "needs exactly one of"),
        ('id = "unclear"', 'id = "done"', 12, "there is a word 'done' already"),
        ('word = "Unclear"', 'word = "ALL DONE"', 11, "is a spelling of the word 'done' already"),
        ('ru = "unclear", kk', "kk", 14, "the reason is missing in ru"),
        (', kk = "Synthetic" }', " }", 2, "there is none in kk"),
        ('source = "synthetic"', 'sources = "synthetic"', 3, "sources"),
    ],
)
def test_a_mistake_is_told_by_its_line(old: str, new: str, line: int, why: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(BadPack) as told:
        parse_vocabulary(GOOD.replace(old, new), "synthetic.toml")
    assert any(one.line == line and why in one.reason for one in told.value.problems), told.value.problems


def test_a_vocabulary_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadInput, match="hmip"):
        vocabulary("atlantis")


def test_a_vocabulary_of_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(GOOD, encoding="utf-8")
    assert vocabulary(str(tmp_path / "own.toml")).id == "synthetic"


def test_the_printed_tables_are_those_of_the_program() -> None:
    written = DOCS.read_text(encoding="utf-8")
    assert written == "\n".join(page()), "run: python -m npm_cases.cli.vocabulary_tables docs/vocabularies.md"
