"""An empty migrated database of each kind."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from npm_cases.persistence.database import Database
from npm_cases.persistence.key_store import KeyStore
from npm_cases.persistence.migrate import migrate


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url, busy_seconds=0.3)
    migrate(made)
    yield made
    made.close()


_NUMBERS = count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStore]:
    """An empty key store of each kind, under the wrapping key called wrapped-1."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'case_keys.db'}"
    else:
        url = request.getfixturevalue("postgres_server").empty_database(f"keys_{next(_NUMBERS)}")
    store = KeyStore(Database(url, busy_seconds=0.3))
    store.make("wrapped-1")
    yield store
    store.close()
