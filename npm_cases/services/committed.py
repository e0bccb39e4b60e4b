"""Rows that hold names or places, committed to by the event that makes them: changing one is found, none can be guessed.

The 32 random bytes lie in the row and nowhere else. What changes lawfully later is not in the commitment: its event says it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from npm_cases.domain.records import ALLEGATION, Case
from npm_cases.history.row_commitment import row_commitment
from npm_cases.services.ports import Office, Work

LASTING: Mapping[str, tuple[str, ...]] = {
    "bodies": ("id", "name", "kind", "superior", "email", "language", "zone"),
    "places": ("id", "name", "kind", "region", "body", "added_at"),
    "visits": ("id", "place", "kind", "region", "started_on", "ended_on", "at"),
    "holders": ("post", "name", "email", "language", "user", "valid_from", "region", "unit"),
    "users": ("id", "name", "email", "language", "roles", "regions", "bodies", "token_hash"),
    "accounts": ("user", "password_hash", "totp_secret", "made_at", "changed_at"),
    "api_tokens": ("id", "user", "name", "scopes", "made_at", "expires_at"),
    "absences": ("id", "user", "deputy", "from_on", "to_on", "at"),
}
"""The columns of each register that its event commits to. ``holders.valid_to`` and days of an end come later."""


def insert_committed(work: Work, office: Office, register: str, values: Mapping[str, Any]) -> str:
    """Add a row to a register with random bytes of its own; returns the commitment its event carries as ``row``."""
    row = {**values, "blind": office.new_blind()}
    work.insert(register, row)
    return committed(register, row)


def update_committed(work: Work, office: Office, register: str, row: Mapping[str, Any], key: str) -> str:
    """Change the row of a register whose key is one column, under new random bytes; returns its new commitment.

    ``row`` is the whole row as it shall be. What committed to it before holds no longer: the event of the change does.
    """
    anew = {**row, "blind": office.new_blind()}
    work.update(register, {name: value for name, value in anew.items() if name != key}, {key: row[key]})
    return committed(register, anew)


def committed(register: str, row: Mapping[str, Any]) -> str:
    """Return the commitment to a row of a register as it stands; bytes in it are taken as hex."""
    lasting = {name: row[name] if isinstance(row[name], str) else bytes(row[name]).hex() for name in LASTING[register]}
    return row_commitment(bytes(row["blind"]), {"register": register, **lasting})


def titled(case: Case) -> str:
    """Return the commitment to what a case's history does not say in clear: its title, region and place.

    Of an allegation the addressee too, which the events of a recommendation name.
    """
    columns = {"title": case.title, "region": case.region, "place": case.place}
    if case.kind == ALLEGATION:
        columns["addressee"] = case.addressee
    return row_commitment(case.blind, columns)


def parties(case: Case, excluded: Collection[str]) -> str:
    """Return the commitment to the posts, units and people a case is kept from."""
    return row_commitment(case.blind, {"excluded": sorted(excluded)})
