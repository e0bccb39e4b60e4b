"""Histories as earlier releases wrote them are read to the same state by this one (FAULTS F78)."""

import zipfile
from pathlib import Path

import pytest

from npm_cases import __version__
from npm_cases.bootstrap import build
from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import history_digest, migrate
from npm_cases.services.verify import verify
from tests.audit.made_history import settings
from tests.audit.record import RECORDED
from tests.faults.figures import Figure

LATER = "2099-01-01T00:00:00.000000Z"


def digest(url: str) -> dict[str, str]:
    database = Database(url)
    with database.connection() as connection:
        found = history_digest(connection)
    database.close()
    return found


def test_this_release_is_recorded() -> None:
    assert (RECORDED / f"{__version__}.zip").exists(), f"run python -m tests.audit.record {__version__}"


@pytest.mark.parametrize("recorded", sorted(RECORDED.glob("*.zip")), ids=lambda file: str(file.stem))
def test_what_a_release_wrote_replays_to_the_tables_it_wrote(recorded: Path, tmp_path: Path, figure: Figure) -> None:
    folder = tmp_path / "data"
    with zipfile.ZipFile(recorded) as archive:
        archive.extractall(folder)
    (folder / "keys" / "wrapping.key").chmod(0o600)
    url = f"sqlite:///{folder / 'cases.db'}"
    before = digest(url)
    database = Database(url)
    migrate(database)
    database.close()
    assert digest(url) == before
    app = build(settings(folder))
    with app.reader as reader:
        found = verify(app.office, reader, LATER)
    assert found.findings == ()
    assert found.events > 400
    app.close()
    figure(histories=1, events_replayed=found.events, differences=0)
