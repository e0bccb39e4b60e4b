"""The policy as an installation keeps it: the very texts that were adopted, each under its digest, and which are in force.

A text whose digest is not its name is not what was adopted, and nothing is done by it.
"""

import hashlib
from collections.abc import Mapping

from npm_cases.domain.errors import IntegrityBroken
from npm_cases.domain.messages import say
from npm_cases.domain.pack import Pack
from npm_cases.services.ports import Work

PACK, CALENDAR = "pack", "calendar"
KINDS = (PACK, CALENDAR)
RECOUNT = "recount"
_META = "meta"


def digest_of(text: str) -> str:
    """Return the name of a text: the SHA-256 of its bytes in UTF-8, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def calendar_of_region(calendar_id: str) -> str:
    """Return under which name the calendar of a region is in force; that of the country is under ``calendar`` itself."""
    return f"{CALENDAR}@{calendar_id}"


def names_in_force(pack: Pack) -> list[str]:
    """Name everything of a pack that is adopted apart from the rest: itself, its calendar, those of its regions."""
    return [PACK, CALENDAR, *sorted({calendar_of_region(one.id) for one in pack.regional.values()})]


def stamp_of(work: Work, pack: Pack) -> tuple[str, ...]:
    """Return the digests of what is in force: they tell a policy from the one before."""
    return tuple(row["value"] for name in names_in_force(pack) for row in work.rows(_META, {"name": name}))


def keep(work: Work, what: str, text: str) -> str:
    """Keep a text beside those kept before, and return its digest; nothing is in force by that."""
    name = f"{what}:{digest_of(text)}"
    if not work.rows(_META, {"name": name}):
        work.insert(_META, {"name": name, "value": text})
    return digest_of(text)


def put_in_force(work: Work, what: str, digest: str) -> None:
    """Let a kept text be the one the installation works by."""
    set_value(work, what, digest)


def set_value(work: Work, name: str, value: str) -> None:
    """Write one row of the table of the installation's own values."""
    if not work.update(_META, {"value": value}, {"name": name}):
        work.insert(_META, {"name": name, "value": value})


def kept(meta: Mapping[str, str], what: str, digest: str) -> str:
    """Return a text by its digest.

    Raises IntegrityBroken where it is gone, or another lies under its name.
    """
    text = meta.get(f"{what}:{digest}", "")
    if digest_of(text) != digest:
        raise IntegrityBroken(say("policy_not_as_adopted", digest=digest))
    return text


def in_force(meta: Mapping[str, str], what: str) -> str:
    """Return the text in force, empty where none was ever adopted here; raises like ``kept``."""
    return kept(meta, what, meta[what]) if what in meta else ""


def all_kept(meta: Mapping[str, str], what: str) -> dict[str, str]:
    """Return every kept text of a kind by its digest; raises like ``kept``."""
    names = sorted(name for name in meta if name.startswith(f"{what}:"))
    return {digest: kept(meta, what, digest) for digest in (name.partition(":")[2] for name in names)}


def meta_of(work: Work) -> dict[str, str]:
    """Return the installation's own values."""
    return {row["name"]: row["value"] for row in work.rows(_META)}
