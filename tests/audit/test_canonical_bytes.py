"""The fast writer of events and the standard library write the very same bytes, or refuse the very same texts."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as some

from npm_cases.history import canonical
from npm_cases.history.canonical import LARGEST_INTEGER, NotCanonical, canonical_of_checked, encoded, parsed

names = some.text(alphabet=some.characters(max_codepoint=127), max_size=8)
texts = some.text(alphabet=some.characters(exclude_categories=["Cs"]), max_size=20)
scalars = texts | some.booleans() | some.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
values = some.recursive(
    scalars, lambda inner: some.lists(inner, max_size=4) | some.dictionaries(names, inner, max_size=4), max_leaves=12
)
members = some.dictionaries(names, values, max_size=6)


@given(members)
def test_the_fast_writer_and_the_standard_library_write_the_same_bytes(made: dict[str, Any]) -> None:
    assert canonical_of_checked(made) == canonical.canonical(made)


@given(members)
def test_what_the_fast_writer_wrote_the_reader_of_the_standard_library_accepts(made: dict[str, Any]) -> None:
    assert parsed(canonical_of_checked(made)) == json.loads(encoded(made))


@pytest.mark.parametrize(
    "text", ["\x00\x1f\x7f", '"\\/', "\b\f\n\r\t", "\u2028\u2029", "Шатыр", "\U0001f3db", "\ufeff"]
)
def test_characters_that_encoders_escape_differently_are_written_alike(text: str) -> None:
    assert canonical_of_checked({"text": text, "list": (text, 1, True)}) == encoded(
        {"text": text, "list": (text, 1, True)}
    )


@pytest.mark.parametrize("broken", ["\ud800", "a\udfff"])
def test_a_lone_surrogate_is_refused_by_both(broken: str) -> None:
    for spell in (canonical_of_checked, canonical.canonical):
        with pytest.raises(NotCanonical, match="lone surrogate"):
            spell({"text": broken})
