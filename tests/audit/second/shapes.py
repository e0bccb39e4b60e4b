"""What must be there for a member of a bundle to be read at all."""

import re
from datetime import date
from typing import Any

from tests.audit.second.canonical import Members
from tests.audit.second.events import HASH, INSTANT

_INSTANT, _HASH, _MONTH_DAY = re.compile(INSTANT), re.compile(HASH), re.compile(r"\d\d-\d\d")
_VALID = {"valid_from?": date, "valid_to?": date}
_ROW = {"state": str, "event": str, "next": str, "who": [str], "second_person": bool}
_MACHINE = {"machine": str, "initial": str, "states": [{"state": str, "final": bool}], "rows": [_ROW]}
_CALENDAR = {
    "id": str,
    "version": str,
    "first_confirmed_year": int,
    "last_confirmed_year": int,
    "weeks": {"*": [str]},
    "holidays?": [{"id": str, "days": [_MONTH_DAY], **_VALID}],
    "substitutes?": [_VALID],
    "days_off?": [{"id": str, "days?": [_MONTH_DAY], "dates?": [date], **_VALID}],
    "transfers?": [{"off": date, "worked": date, "weeks?": [str]}],
    "doubts?": [{"id": str, "first": date, "last": date}],
}
SHAPES: dict[str, Any] = {
    "bundle": {
        **dict.fromkeys(("format", "origin", "scope", "text", "made_at", "app"), str),
        "size": int,
        "events": int,
        "keys": [str],
    },
    "tables": {"machines": [_MACHINE], "of": {"*": [str]}},
    "rules": {"*": {"*": dict}},
    "calendars": [_CALENDAR],
    "checkpoints": {"at": _INSTANT, "note": str},
    "consistency": {"old": int, "new": int, "proof": [str]},
    "derivations": {"case": str, "obligation": str, "rule": str, "rule_version": str, "derivation": [dict]},
    "states": {"case": str, "seq": int, "leaf": _HASH},
    "documents": {"case": str, "document": _HASH, "size": int},
    "sealed": {"case": str, "seq": int, "ciphertext": str},
    "texts": {"case": str, "seq": int, "blinded": str},
}
"""What must be there for a member to be read: a type or pattern, [each], {name: what}, "*" any name, "?" if at all."""


def need_shape(where: str, value: Any, shape: Any) -> None:
    if isinstance(shape, dict):
        need_shape(where, value, dict)
        _need_members(where, value, shape)
    elif isinstance(shape, list):
        need_shape(where, value, list)
        for each in value:
            need_shape(f"a part of {where}", each, shape[0])
    elif shape is date and isinstance(value, str):
        date.fromisoformat(value)
    elif isinstance(shape, re.Pattern):
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise ValueError(f"{where} is not in its form")
    elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        raise ValueError(f"{where} is no {shape.__name__}")


def _need_members(where: str, value: Members, shape: Members) -> None:
    for name, inner in shape.items():
        plain = name.rstrip("?")
        if name == "*":
            for each in value.values():
                need_shape(f"a member of {where}", each, inner)
        elif plain in value:
            need_shape(plain, value[plain], inner)
        elif plain == name:
            raise ValueError(f"{name} is missing in {where}")
