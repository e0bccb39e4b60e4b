"""Canonical JSON: RFC 8785 restricted to what two languages cannot write differently.

ASCII keys, no floats, no null, integers below 2**53, valid Unicode as typed. With this profile the standard library
alone produces the bytes of RFC 8785.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

LARGEST_INTEGER = 2**53 - 1
_LONGEST_INTEGER = len(str(-LARGEST_INTEGER))

_encode = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False
).encode


def encoded(members: Mapping[str, Any]) -> bytes:
    """Return the bytes by the standard library alone: whoever reads a history needs nothing else.

    Raises UnicodeEncodeError for a lone surrogate.
    """
    return _encode(members).encode()


try:  # the engine, which has it installed, writes by it: a tenth of the time, and a test holds the bytes equal
    from orjson import OPT_SORT_KEYS, dumps
except ImportError:
    written = encoded
else:

    def written(members: Mapping[str, Any]) -> bytes:
        """Return the same bytes, fast.

        Raises TypeError for a lone surrogate.
        """
        return dumps(members, option=OPT_SORT_KEYS)


class NotCanonical(ValueError):
    """A value or a byte string lies outside the profile; the message names the member."""


def canonical(members: Mapping[str, Any]) -> bytes:
    """Return the one byte string that stands for these members.

    Raises NotCanonical for a float, a null, a non-ASCII key, a large integer or a lone surrogate.
    """
    check_value(members, "event")
    return _spelled(encoded, members)


def canonical_of_checked(members: Mapping[str, Any]) -> bytes:
    """Return the byte string of members whose values were checked one by one before.

    Raises NotCanonical for a lone surrogate.
    """
    return _spelled(written, members)


def _spelled(spell: Callable[[Mapping[str, Any]], bytes], members: Mapping[str, Any]) -> bytes:
    try:
        return spell(members)
    except (UnicodeEncodeError, TypeError) as error:
        raise NotCanonical("event: a string holds a lone surrogate; mend the text before it is recorded") from error


def parsed(data: bytes) -> dict[str, Any]:
    """Read members back and demand that they serialise to the very same bytes, by the standard library alone.

    Raises NotCanonical for duplicate members, for anything `canonical` refuses, and for any other spelling.
    """
    try:
        text = data.decode()
        members: dict[str, Any] = _decode(text)[0]
        _demand_these_bytes(members, text, data)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"event: not JSON text ({error})") from error
    return members


def _demand_these_bytes(members: Any, text: str, data: bytes) -> None:
    if type(members) is not dict:
        raise NotCanonical("event: not a JSON object")
    if _can_hold_null_or_other_names(text):
        check_value(members, "event")
    if _spelled(encoded, members) != data:
        raise NotCanonical(_other_spelling(text))


def _can_hold_null_or_other_names(text: str) -> bool:
    """Say whether members must be looked through for a null or a name beyond ASCII, which no other step refuses.

    The decoder refuses floats and large integers; the comparison refuses whatever is spelled in another way: a member
    that stands twice, an escape that is not needed, a space, anything after the end.
    """
    return "null" in text or not text.isascii()


def _other_spelling(text: str) -> str:
    try:
        json.loads(text, object_pairs_hook=_without_duplicates)
    except NotCanonical as twice:
        return str(twice)
    except json.JSONDecodeError as wrong:
        return f"event: not JSON text ({wrong})"
    return "event: not in canonical form"


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical("event: a member stands twice")
    return members


def _no_float(text: str) -> float:
    raise NotCanonical(f"event: {text} is not an integer")


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER or not -LARGEST_INTEGER <= int(text) <= LARGEST_INTEGER:
        raise NotCanonical(f"event: the integer {text:.30} is beyond 2**53")
    return int(text)


_decode = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float, parse_int=_integer).raw_decode


def check_value(value: object, where: str) -> None:
    """Raise NotCanonical when a value, or anything inside it, lies outside the profile."""
    kind = type(value)
    if kind is str or kind is bool:
        return
    if kind is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:  # type: ignore[operator]
            raise NotCanonical(f"{where}: the integer {value} is beyond 2**53")
    elif kind is dict:
        _check_members(value, where)  # type: ignore[arg-type]
    elif kind is list or kind is tuple:
        for item in value:  # type: ignore[attr-defined]
            check_value(item, where)
    else:
        raise NotCanonical(f"{where}: a value of type {kind.__name__} has no canonical form; leave the member out")


def _check_members(members: dict[str, Any], where: str) -> None:
    for key, value in members.items():
        if type(key) is not str or not key.isascii():
            raise NotCanonical(f"{where}: the member name {key!r} is not ASCII text")
        if type(value) is not str:
            check_value(value, key)
