"""The policy an installation works by: what was adopted in it, and until something was, what comes with the program."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.pack import Pack
from npm_cases.packs.policy_texts import calendar_of, calendar_text, pack_of, pack_text
from npm_cases.services.policy_kept import (
    CALENDAR,
    PACK,
    all_kept,
    calendar_of_region,
    in_force,
    keep,
    kept,
    meta_of,
    names_in_force,
    put_in_force,
    stamp_of,
)
from npm_cases.services.ports import Office, Work


@dataclass(frozen=True, slots=True)
class Policy:
    """The pack in force with its calendars, those in force before, and the digests that tell it from another policy."""

    pack: Pack
    earlier: tuple[Calendar, ...]
    stamp: tuple[str, ...]


def policy_in_force(country: str, meta: Mapping[str, str]) -> Policy:
    """Read the policy of an installation from its own values.

    Raises ConfigurationError when the settings name another country than the one adopted; BadPack; IntegrityBroken for a
    text that is not the one adopted.
    """
    calendar = in_force(meta, CALENDAR)
    pack = pack_of(country, in_force(meta, PACK), calendar)
    if PACK in meta and not country.endswith(".toml") and country != pack.id:
        raise ConfigurationError(
            f"NPM_CASES_COUNTRY is {country!r}, but this installation works by the rules of {pack.id!r}: set it back, or use "
            "another data folder for another country"
        )
    if pack.regional:
        pack = replace(pack, regional={region: _regional(one, meta) for region, one in pack.regional.items()})
    in_use = {pack.calendar.version, *(one.version for one in pack.regional.values())}
    known = map(calendar_of, all_kept(meta, CALENDAR).values())
    stamp = tuple(meta[name] for name in names_in_force(pack) if name in meta)
    return Policy(pack, tuple(one for one in known if one.version not in in_use), stamp)


def _regional(shipped: Calendar, meta: Mapping[str, str]) -> Calendar:
    name = calendar_of_region(shipped.id)
    return calendar_of(kept(meta, CALENDAR, meta[name])) if name in meta else shipped


def texts_as_shipped(country: str, pack: Pack) -> dict[str, str]:
    """Return the texts of a pack that comes with the program and of its calendar, as an adoption keeps them."""
    regional = {calendar_of_region(one.id): calendar_text(one.id, country) for one in pack.regional.values()}
    return {PACK: pack_text(country), CALENDAR: calendar_text(pack.calendar.id, country), **regional}


def by_policy_in_force(office: Office, country: str, work: Work) -> Office:
    """Return an office as it works by the policy in force: the same one while nothing was adopted."""
    if stamp_of(work, office.pack) == office.policy_stamp:
        return office
    policy = policy_in_force(country, meta_of(work))
    return replace(
        office, pack=policy.pack, times=Timetable(policy.pack, policy.earlier), earlier_calendars=policy.earlier, policy_stamp=policy.stamp,
        policy_texts=partial(texts_as_shipped, country, policy.pack),
    )  # fmt: skip


def pin(work: Work, country: str) -> None:
    """Let an installation in earnest go on by the rules it was set up with, whatever later programs bring along.

    Raises BadPack.
    """
    if not work.rows("meta", {"name": PACK}):
        texts = texts_as_shipped(country, pack_of(country, "", ""))
        for name, text in texts.items():
            put_in_force(work, name, keep(work, name.partition("@")[0], text))
