"""The packs that come with the program, by name; kept apart so that counting one date loads no database library."""

from functools import lru_cache
from importlib import resources
from pathlib import Path

from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.pack import Pack
from npm_cases.packs.country_file import load_country


@lru_cache(8)
def load_pack(country: str) -> Pack:
    """Load a pack by its name in config/countries, or by the path of a TOML file.

    Raises ConfigurationError naming the packs there are; BadPack with file, line and reason.
    """
    return load_country(pack_file(country), calendars_for(country))


def calendars_for(country: str) -> Path:
    """Return the folder of a pack's calendar: beside the pack where it is named by its path and has one, else ours."""
    beside = Path(country).parent / "calendars"
    return beside if country.endswith(".toml") and beside.is_dir() else _data() / "calendars"


def pack_file(country: str) -> Path:
    """Return the file of a pack, by its name in config/countries or its own path; raises like ``load_pack``."""
    path = Path(country) if country.endswith(".toml") else _data() / "countries" / f"{country}.toml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in (_data() / "countries").glob("*.toml")))
        raise ConfigurationError(f"NPM_CASES_COUNTRY: there is no pack {country!r}; there are {known}")
    return path


def _data() -> Path:
    return Path(str(resources.files("config")))


def pack_names() -> tuple[str, ...]:
    """Name the packs that come with the program, in order."""
    return tuple(sorted(path.stem for path in (_data() / "countries").glob("*.toml")))
