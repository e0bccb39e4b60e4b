"""The table of faults names tests that are there."""

import ast
from pathlib import Path

from tests.faults.matrix import FAULTS, SHOWN_BY

ROOT = Path(__file__).parents[2]


def test_every_test_that_is_named_is_there() -> None:
    missing = []
    for name in sorted({name for tests in SHOWN_BY.values() for name in tests}):
        file, _, function = name.partition("::")
        path = ROOT / file
        names = {
            node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
        } if path.exists() else set()  # fmt: skip
        if (function or "test_") not in names and not (not function and any(one.startswith("test_") for one in names)):
            missing.append(name)
    assert missing == []


def test_only_known_faults_have_tests() -> None:
    assert set(SHOWN_BY) <= set(FAULTS)
