"""One made history for all tests of the audit; each that tampers gets a copy."""

from pathlib import Path

import pytest

from tests.audit.made_history import copy_of, live_through


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "history"
    live_through(folder)
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    return copy_of(clean, tmp_path / "copy")
