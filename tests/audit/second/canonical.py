"""Canonical JSON: RFC 8785 without floats, null and other than ASCII keys."""

import json
from typing import Any

Members = dict[str, Any]
LARGEST = 2**53


def _no_twins(pairs: list[tuple[str, Any]]) -> Members:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def _no_float(text: str) -> Any:
    raise ValueError(f"the number {text[:30]} is no integer")


def json_of(data: bytes) -> Any:
    try:
        return json.loads(data.decode(), object_pairs_hook=_no_twins)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _need_profile(value: Any) -> None:
    if value is None:
        raise ValueError("null has no place: the member is left out")
    if isinstance(value, int) and abs(value) >= LARGEST:
        raise ValueError("an integer is too large")
    if isinstance(value, dict):
        if not all(name.isascii() for name in value):
            raise ValueError("a member's name is not ASCII")
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        _need_profile(each)


def canonical_or_refuse(data: bytes) -> bytes:
    """Return JSON text in its canonical form; ValueError for text that is no JSON or lies outside the profile."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=_no_twins, parse_float=_no_float, parse_constant=_no_float)
        _need_profile(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
