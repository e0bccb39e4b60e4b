"""Every term a person may meet has its words in Kazakh, Russian and English."""

from collections.abc import Iterator

import pytest

from state_machines import MACHINES
from state_machines.labels import LABELS, LANGUAGES, Kind, find, is_reviewed, label
from state_machines.phases import Phase
from state_machines.reasons import ReasonCode
from state_machines.table import PLAIN_REFUSALS, Role

ROWS = [row for table in MACHINES.values() for row in table.rows]
FIELDS = {field for row in ROWS for field in row.fields}
GUARD_CODES = {guard.code for row in ROWS for guard in row.guards}


def _terms() -> Iterator[tuple[Kind, str]]:
    for table in MACHINES.values():
        yield Kind.MACHINE, table.name
        yield from ((Kind.STATE, state) for state in table.states)
        yield from ((Kind.EVENT, event) for event in table.events)
    yield from ((Kind.PHASE, phase) for phase in Phase)
    yield from ((Kind.ROLE, role) for role in Role)
    yield from ((Kind.GUARD, code) for code in GUARD_CODES)
    yield from ((Kind.REASON, code) for code in (*PLAIN_REFUSALS, *GUARD_CODES))
    yield from ((Kind.FIELD, field.name) for field in FIELDS)
    yield from ((Kind.REASON_CODE, code) for code in ReasonCode)
    yield from ((Kind.CHOICE, choice) for field in FIELDS if field.name != "reason_code" for choice in field.choices)


TERMS = sorted({(kind.value, str(name)) for kind, name in _terms()})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_term_has_its_words(lang: str) -> None:
    missing = [(kind, name) for kind, name in TERMS if not find(kind, name) or not label(kind, name, lang).strip()]
    assert not missing


def test_no_label_stands_for_a_term_that_is_gone() -> None:
    known = set(TERMS)
    written = {
        (str(kind), name.split(".")[-1]) for kind, labels in LABELS.items() if kind != Kind.HEAD for name in labels
    }
    assert written == known


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_the_words_of_a_language_are_in_its_script(lang: str) -> None:
    latin = [
        (kind, name) for kind, name in TERMS if not any("Ѐ" <= letter <= "ӿ" for letter in label(kind, name, lang))
    ]
    assert not latin


def test_kazakh_is_not_reviewed_yet_and_the_others_are() -> None:
    assert not any(is_reviewed(kind, name, "kk") for kind, name in TERMS)
    assert all(is_reviewed(kind, name, lang) for kind, name in TERMS for lang in ("ru", "en"))


def test_a_machine_uses_its_own_wording_where_the_plain_one_would_mislead() -> None:
    assert label("event", "accept", "en") == "record that it is accepted"
    assert label("event", "accept", "en", machine="allegation") == "accept for examination"


@pytest.mark.parametrize(
    ("kind", "name", "lang"), [("state", "lost", "en"), ("mood", "draft", "en"), ("state", "draft", "de")]
)
def test_a_missing_label_is_named(kind: str, name: str, lang: str) -> None:
    with pytest.raises(LookupError, match=r"no label"):
        label(kind, name, lang)
