"""One made history for all tests of the audit; each that tampers gets a copy."""

from pathlib import Path

import pytest

from npm_cases.proving.verifier import verify
from tests.audit.auditing import Auditor, Check, auditor_of, signed_parts_of
from tests.audit.made_bundle import Parts
from tests.audit.made_history import copy_of, live_through
from tests.databases import only_on_sqlite


@pytest.fixture(scope="session")
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    only_on_sqlite(request, "the made history is a file that the test opens (on PostgreSQL: test_cells_postgresql.py)")
    folder = tmp_path_factory.mktemp("made") / "history"
    live_through(folder)
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    return copy_of(clean, tmp_path / "copy")


@pytest.fixture(scope="session")
def signed_parts(clean: Path) -> Parts:
    return signed_parts_of(clean)


@pytest.fixture(scope="session")
def auditor(signed_parts: Parts) -> Auditor:
    return auditor_of(signed_parts)


@pytest.fixture
def parts(signed_parts: Parts) -> Parts:
    return signed_parts.copy()


@pytest.fixture
def check(tmp_path: Path) -> Check:
    return lambda parts, trust: verify(parts.write(tmp_path / "bundle.zip"), trust)
