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
    data = Path(str(resources.files("config")))
    path = Path(country) if country.endswith(".toml") else data / "countries" / f"{country}.toml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in (data / "countries").glob("*.toml")))
        raise ConfigurationError(f"NPM_CASES_COUNTRY: there is no pack {country!r}; there are {known}")
    return load_country(path, data / "calendars")
