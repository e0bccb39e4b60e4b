"""An empty migrated database of each kind."""

from collections.abc import Iterator

import pytest

from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url, busy_seconds=0.3)
    migrate(made)
    yield made
    made.close()
