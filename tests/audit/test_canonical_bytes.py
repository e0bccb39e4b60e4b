"""The fast writer of events and the standard library write the very same bytes, or refuse the very same texts.

And the fast reader accepts and refuses what the slow one did that it replaced, which stands here for comparison.
"""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as some

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


def parsed_slowly(data: bytes) -> dict[str, Any]:
    """The reader as it was: every object through a hook, every value looked at again, written by the standard library."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise NotCanonical("twice")
        return dict(pairs)

    def no_float(text: str) -> float:
        raise NotCanonical(text)

    try:
        members = json.loads(data.decode(), object_pairs_hook=once, parse_float=no_float)
    except RecursionError as error:
        raise NotCanonical("nested too deeply") from error
    if not isinstance(members, dict) or canonical.canonical(members) != data:
        raise NotCanonical("other bytes")
    return members


def read_by(reader: Any, data: bytes) -> dict[str, Any] | None:
    try:
        read: dict[str, Any] = reader(data)
    except ValueError:
        return None
    return read


def read_by_both(data: bytes) -> list[dict[str, Any] | None]:
    """What the reader of then and the reader of now make of bytes; None stands for a refusal."""
    return [read_by(parsed_slowly, data), read_by(parsed, data)]


def spelled_text(text: str) -> some.SearchStrategy[str]:
    return some.sampled_from([json.dumps(text), json.dumps(text, ensure_ascii=False)])


spelled_texts = some.text(max_size=6).flatmap(spelled_text)
ODD = (
    "null", "1.0", "1e2", "-0", "-1", "01", "NaN", "-Infinity", "true", "nul", "9007199254740991", "9007199254740992",
    "-9007199254740992", "9" * 40, '"\\ud800"', '"\\ud83c\\udfdb"', '"null"', '"\\/"', '"\\u0041"', '"\t"', "[1,]", "", "1.5",
)  # fmt: skip
spelled_names = some.sampled_from(['"a"', '"b"', '"null"', '"é"', '"\\u0061"', '"\\ud800"', "a"]) | spelled_texts


def spelled_inside(inner: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    member = some.tuples(spelled_names, inner).map(":".join)
    objects = some.lists(member, max_size=3).flatmap(lambda parts: some.sampled_from([parts, sorted(parts)]))
    lists = some.lists(inner, max_size=3)
    return objects.map(lambda parts: "{" + ",".join(parts) + "}") | lists.map(lambda parts: f"[{','.join(parts)}]")


spellings = some.recursive(
    some.integers().map(str) | spelled_texts | some.sampled_from(ODD), spelled_inside, max_leaves=8
)
around = some.sampled_from([*[""] * 20, " ", "\n", "{}", ",", "\ufeff"])


@given(some.builds("{}{}{}".format, around, spelled_inside(spellings), around))
@settings(max_examples=500)
@example('{"a":1,"a":1}')
@example('{"a":{"b":[null]}}')
def test_any_spelling_is_read_or_refused_as_the_slow_reader_did(text: str) -> None:
    before, now = read_by_both(text.encode("utf-8", "surrogatepass"))
    assert before == now


@pytest.mark.parametrize("written", ODD)
@pytest.mark.parametrize("place", ['{"a":%s}', '{"a":[{"b":%s}]}', '{"a":[1,%s]}', "%s"])
def test_each_odd_value_is_read_or_refused_as_the_slow_reader_did(place: str, written: str) -> None:
    before, now = read_by_both((place % written).encode())
    assert before == now


@given(members, some.data())
@settings(max_examples=300)
def test_an_event_with_one_byte_changed_is_read_or_refused_as_the_slow_reader_did(
    made: dict[str, Any], chance: some.DataObject
) -> None:
    data = encoded(made)
    at = chance.draw(some.integers(0, len(data) - 1))
    put = chance.draw(some.binary(max_size=1) | some.sampled_from([b" ", b"\\", b"0", b".", b",", b'"', b"-"]))
    before, now = read_by_both(data[:at] + put + data[at + chance.draw(some.integers(0, 1)) :])
    assert before == now


REFUSED: tuple[tuple[bytes, str], ...] = (
    (b'{"a":1,"a":1}', "a member stands twice"),
    (b'{"a":1,"a":2}', "a member stands twice"),
    (b'{"a":1.5}', "1.5 is not an integer"),
    (b'{"a":NaN}', "NaN is not an integer"),
    (b'{"a":9007199254740992}', "9007199254740992 is beyond"),
    (b'{"a":-9007199254740992}', "-9007199254740992 is beyond"),
    (b'{"a":' + b"9" * 5_000 + b"}", "beyond"),
    (b'{"a":null}', "a: a value of type NoneType has no canonical form"),
    (b'{"a":[{"b":null}]}', "no canonical form"),
    ('{"é":1}'.encode(), "is not ASCII"),
    ('{"a":{"é":1}}'.encode(), "is not ASCII"),
    (b'{"\\u00e9":1}', "not in canonical form"),
    (b'{"a":"\\ud800"}', "lone surrogate"),
    (b'{"a":"\\u0041"}', "not in canonical form"),
    (b'{"a": 1}', "not in canonical form"),
    (b'{"b":1,"a":1}', "not in canonical form"),
    (b'{"a":-0}', "not in canonical form"),
    (b'{"a":1} ', "not in canonical form"),
    (b'{"a":1}{}', "not JSON text"),
    (b' {"a":1}', "not JSON text"),
    (b"\xef\xbb\xbf{}", "not JSON text"),
    (b'{"a":"\xff"}', "not JSON text"),
    (b'{"a":"\n"}', "not JSON text"),
    (b"", "not JSON text"),
    (b"[]", "not a JSON object"),
    (b'{"a":' + b"[" * 100_000, "not JSON text"),
)


@pytest.mark.parametrize(("data", "reason"), REFUSED, ids=lambda given: repr(given[:24]))
def test_what_is_refused_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    assert read_by_both(data) == [None, None]
    with pytest.raises(NotCanonical, match=reason):
        parsed(data)


@pytest.mark.parametrize(
    "text", ['{"a":"null"}', '{"null":1}', '{"a":"é"}', '{"a":9007199254740991,"b":[true,"\U0001f3db"]}', "{}"]
)
def test_what_only_looks_like_something_refused_is_read(text: str) -> None:
    assert read_by_both(text.encode()) == [json.loads(text)] * 2


def test_an_event_nested_deeper_than_the_fast_writer_goes_is_still_read() -> None:
    data = b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"
    assert None not in read_by_both(data)
