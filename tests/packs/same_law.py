"""A digest of what a pack says, so that a change of its form can be told from a change of its law."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from typing import Any

from npm_cases.domain.pack import Pack

SAID = (
    "id", "version", "zone", "opens", "closes", "week", "languages", "rules", "channels", "posts", "ladders",
    "reasons_for_exception", "torture_investigators", "torture_qualifications", "inquiry_qualifications", "regions",
    "erasure_bases", "periodic_visit", "place_channel", "status",
)  # fmt: skip


def digest_of(pack: Pack) -> str:
    """Digest everything but the calendar, which has a version of its own."""
    said = {name: _plain(getattr(pack, name)) for name in SAID}
    for ladder in said["ladders"]:  # what was added to the form after the digest was taken
        assert (ladder.pop("valid_from"), ladder.pop("valid_to")) == (None, None)
    for channel in said["channels"].values():
        assert channel.pop("source")
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.compare}
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value
