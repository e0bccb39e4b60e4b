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
}
"""The columns of each register that never change. ``holders.valid_to`` does, when the next holder comes."""


def insert_committed(work: Work, office: Office, register: str, values: Mapping[str, Any]) -> str:
    """Add a row to a register with random bytes of its own; returns the commitment its event carries as ``row``."""
    row = {**values, "blind": office.new_blind()}
    work.insert(register, row)
    return committed(register, row)


def committed(register: str, row: Mapping[str, Any]) -> str:
    """Return the commitment to a row of a register as it stands."""
    lasting = {name: row[name] for name in LASTING[register]}
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
