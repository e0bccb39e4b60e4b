"""The policy an installation works by: what was adopted in it, and until something was, what comes with the program."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.pack import Pack
from npm_cases.packs.policy_texts import calendar_of, calendar_text, pack_of, pack_text
from npm_cases.services.policy_kept import CALENDAR, PACK, all_kept, in_force, keep, meta_of, put_in_force
from npm_cases.services.ports import Office, Work


@dataclass(frozen=True, slots=True)
class Policy:
    """The pack in force with its calendar, and the calendars that were in force before."""

    pack: Pack
    earlier: tuple[Calendar, ...]


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
    known = {one.version: one for one in map(calendar_of, all_kept(meta, CALENDAR).values())}
    known.pop(pack.calendar.version, None)
    return Policy(pack, tuple(known.values()))


def texts_as_shipped(country: str, pack: Pack) -> dict[str, str]:
    """Return the texts of a pack that comes with the program and of its calendar, as an adoption keeps them."""
    return {PACK: pack_text(country), CALENDAR: calendar_text(pack.calendar.id, country)}


def by_policy_in_force(office: Office, country: str, work: Work) -> Office:
    """Return an office as it works by the policy in force: the same one while nothing was adopted."""
    stamp = tuple(row["value"] for what in (PACK, CALENDAR) for row in work.rows("meta", {"name": what}))
    if stamp == office.policy_stamp:
        return office
    policy = policy_in_force(country, meta_of(work))
    return replace(
        office, pack=policy.pack, times=Timetable(policy.pack), earlier_calendars=policy.earlier, policy_stamp=stamp,
        policy_texts=partial(texts_as_shipped, country, policy.pack),
    )  # fmt: skip


def pin(work: Work, country: str) -> None:
    """Let an installation in earnest go on by the rules it was set up with, whatever later programs bring along.

    Raises BadPack.
    """
    if not work.rows("meta", {"name": PACK}):
        texts = texts_as_shipped(country, pack_of(country, "", ""))
        for what, text in texts.items():
            put_in_force(work, what, keep(work, what, text))
