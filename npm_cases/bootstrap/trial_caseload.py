"""The caseload that comes with a country pack, for sandboxes and the demo."""

from importlib import resources
from pathlib import Path

from npm_cases.domain.caseload import Caseload
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.pack import Pack
from npm_cases.importers import read_rows
from npm_cases.packs.caseload_file import read_caseload
from npm_cases.services.made_caseload import made_caseload


def caseload_for(pack: Pack) -> Caseload:
    """Return the caseload that comes with a country pack, or a small synthetic one made from the pack itself."""
    return bundled_caseload(pack.id) if _caseload_folder(pack.id).exists() else made_caseload(pack)


def _caseload_folder(country: str) -> Path:
    return Path(str(resources.files("config"))) / "caseload" / country


def bundled_caseload(country: str) -> Caseload:
    """Read the caseload that comes with a country pack, for sandboxes and the demo.

    Raises ConfigurationError where the country has none; BadPack for a file that does not fit.
    """
    folder = _caseload_folder(country)
    if not folder.exists():
        raise ConfigurationError(f"country {country!r} comes without a caseload to try")
    return read_caseload(folder, read_rows(folder / "published.json", "json"))
