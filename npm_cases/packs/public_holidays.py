"""The public list of holidays that proposes: the library ``holidays`` (vacanza, MIT), asked for facts alone.

It is asked only when a year is proposed, and comes with the extra ``calendars``; nothing is counted by it.
"""

import tomllib
from importlib import resources
from importlib.metadata import version

from npm_cases.domain.errors import ConfigurationError
from npm_cases.packs.calendar_proposal import PublicList

SOURCE = "vacanza/holidays {}: proposed, not read in the law"


def public_list(country: str, first_year: int, last_year: int, part: str = "") -> PublicList:
    """Return what the list says of a country, or of a part of it, in some years.

    Raises ConfigurationError where the library is not installed, or knows no such country.
    """
    try:
        import holidays
    except ImportError:
        raise ConfigurationError(
            "the public list of holidays is not installed: pip install 'npm-cases[calendars]'"
        ) from None
    try:
        found = holidays.country_holidays(
            country.upper(), subdiv=part or None, years=range(first_year, last_year + 1), language="en_US"
        )
    except NotImplementedError:
        raise ConfigurationError(
            f"the public list knows no {country.upper()} {part}".rstrip() + ": give the code of a country of ISO 3166"
        ) from None
    worked = frozenset(getattr(found, "weekend_workdays", ()))
    return PublicList(dict(found), worked, SOURCE.format(version("holidays")), _names())


def _names() -> dict[str, dict[str, str]]:
    """Read what the days of the list are called in Russian and Kazakh."""
    return tomllib.loads((resources.files("config") / "day_names" / "listed.toml").read_text(encoding="utf-8"))
