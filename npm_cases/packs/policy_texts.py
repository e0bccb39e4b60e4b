"""Packs and calendars as the texts an adoption keeps: whole in themselves, read again without any other file."""

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.pack import Pack
from npm_cases.packs.calendar_file import parse_calendar
from npm_cases.packs.country_file import country_content, country_from
from npm_cases.packs.known import calendars_for, load_pack, pack_file
from npm_cases.packs.located import read_toml

ADOPTED = "the adopted calendar"


def pack_text(country: str) -> str:
    """Return a pack as one text, its template put in: JSON with sorted keys. Raises like ``load_pack``."""
    return json.dumps(country_content(pack_file(country)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def calendar_file(name: str, country: str = "") -> Path:
    """Return the file of a calendar that comes with the program or lies beside a country's pack, or the path given."""
    return Path(name) if name.endswith(".toml") else calendars_for(country) / f"{name}.toml"


def calendar_text(name: str, country: str = "") -> str:
    """Return the text of a calendar file, by its name or path. Raises BadPack where it cannot be read."""
    path = calendar_file(name, country)
    read_toml(path)
    return path.read_text(encoding="utf-8")


@lru_cache(32)
def calendar_of(text: str) -> Calendar:
    """Read a calendar from the text that was adopted. Raises BadPack."""
    return parse_calendar(text, ADOPTED)


@lru_cache(8)
def pack_of(country: str, text: str, calendar: str) -> Pack:
    """Read a pack from the texts that were adopted; an empty one means: as it comes with the program. Raises BadPack."""
    if not text:
        shipped = load_pack(country)
        return replace(shipped, calendar=calendar_of(calendar)) if calendar else shipped
    content = json.loads(text)
    head = content["pack"]
    names = head.get("regional_calendars", {}).values()
    regional = {name: calendar_of(calendar_text(name, country)) for name in names}
    return country_from(content, calendar_of(calendar or calendar_text(str(head["calendar"]), country)), regional)
