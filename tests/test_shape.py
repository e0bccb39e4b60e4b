"""The shape of the code: one module changes states, no clock below the edge, no lock file, docs equal to the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from config.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGES = ("npm_cases", "state_machines", "workflows", "config")
EDGES = {"npm_cases/cli", "workflows"}
STATES = {"state", "escalation", "compensation", "rehabilitation"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/versions/" not in name:
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def test_only_moves_assigns_the_state_of_a_case() -> None:
    guilty = []
    for name, tree in sources():
        for node in ast.walk(tree):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            for target in targets:
                is_self = (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == "self"
                )
                if isinstance(target, ast.Attribute) and target.attr in STATES and not is_self:
                    guilty.append(f"{name}:{node.lineno}")
    assert {place.partition(":")[0] for place in guilty} == {"npm_cases/services/moves.py"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{name}:{node.lineno}", node


def test_no_clock_is_read_below_the_edge() -> None:
    readers = {"now", "today", "utcnow"}
    guilty = [place for place, call in calls() if isinstance(call.func, ast.Attribute) and call.func.attr in readers]
    assert [place for place in guilty if not place.startswith(tuple(EDGES))] == []


def test_no_number_of_days_stands_in_the_code() -> None:
    """A term is data: more than one day, written as a number, belongs into a pack."""
    guilty = [
        place
        for place, call in calls()
        if getattr(call.func, "id", "") == "timedelta"
        for keyword in call.keywords
        if keyword.arg == "days" and isinstance(keyword.value, ast.Constant) and keyword.value.value != 1
    ]
    assert guilty == []


def test_nothing_of_this_machine_and_no_registry_stands_in_a_tracked_file() -> None:
    home = str(ROOT)
    for path in ROOT.rglob("*"):
        if not path.is_file() or any(part.startswith(".") and part != ".ci" for part in path.relative_to(ROOT).parts):
            continue
        if path.suffix not in {".py", ".md", ".toml", ".txt", ".json", ""} or path.relative_to(ROOT).parts[0] in {
            "var",
            "build",
        }:
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        assert home not in text, path
        assert not re.search(r"https?://\S*/simple\b", text), path
    assert not (ROOT / "uv.lock").exists()


def test_the_constraints_name_no_host() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", line), line


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        row = next((line for line in readme.splitlines() if line.startswith(f"| `NPM_CASES_{name.upper()}` |")), None)
        assert row is not None, f"NPM_CASES_{name.upper()} is not in the README"
        assert str(field.description) in row
        if field.default not in ("", None):
            assert f"`{field.default}`" in row


def test_no_secret_has_a_default() -> None:
    assert Settings.model_fields["smtp_password"].default is None


def test_our_config_is_the_one_that_is_imported() -> None:
    assert Path(str(config.__file__)).parent == ROOT / "config"


@pytest.mark.parametrize("suffix", ["utils", "helpers", "manager", "common", "misc"])
def test_no_module_is_named_by_what_it_is_not(suffix: str) -> None:
    assert [name for name, _ in sources() if name.endswith(f"{suffix}.py")] == []
