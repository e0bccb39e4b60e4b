"""Each command against the table of rights: refused for every role that lacks its right, for no role that has it (F52)."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from npm_cases.cli.command_rights import COMMANDS, SIGHT
from npm_cases.domain.rights import EVERYBODY, RIGHTS
from npm_cases.packs.known import pack_file
from npm_cases.packs.policy_texts import calendar_file
from tests.cli.conftest import Run

NOT_ALLOWED = 4
CASE, OTHER = "R-2026-000001", "R-2026-000002"
AS = {
    "administrator": "demo-admin", "auditor": "demo-auditor", "caseworker": "demo-caseworker",
    "commissioner": "demo-commissioner", "council": "demo-council", "delegate": "demo-delegate",
    "group_leader": "demo-leader", "participant": "demo-participant", "representative": "demo-representative",
    "secretariat": "demo-secretariat",
}  # fmt: skip
# fmt: off
ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "audit as-of":           ("--on", "2026-03-02"),
    "audit declare-restore": (),
    "audit export":          ("{role}.zip",),
    "audit reads":           (),
    "audit rotate-key":      (),
    "audit search":          (),
    "body add":              ("-f", "name=Synthetic body"),
    "body list":             (),
    "case assign":           (CASE, "demo-caseworker"),
    "case consent":          (CASE, "give"),
    "case document":         (CASE, "README.md"),
    "case erase":            (CASE, "--basis", "none", "--reason", "test"),
    "case find":             ("Synthetic", "--reason", "test"),
    "case hold":             (CASE, "--reason", "test"),
    "case link":             (CASE, OTHER),
    "case list":             (),
    "case new":              ("recommendation", "-f", "channel=visit", "-f", "title=Test", "-f", "addressee=administration_1"),
    "case remind":           (CASE,),
    "case resume":           (CASE, "approve"),
    "case suspend":          (CASE, "approve", "--reason", "test"),
    "case text":             (CASE, "1", "--reason", "test"),
    "import":                ("rows.csv", "--format", "csv"),
    "incident close":        ("nothing",),
    "incident list":         (),
    "keys backup":           ("{role}",),
    "keys prune":            ("{role}",),
    "keys rotate":           (),
    "place add":             ("-f", "name=Synthetic place", "-f", "region=abai"),
    "place list":            (),
    "post add":              ("-f", "post=commissioner", "-f", "email=a@office.example"),
    "post list":             (),
    "report status":         ("--vocabulary", "hmip"),
    "user absent":           ("demo-participant", "--deputy", "demo-second", "--from", "2026-03-02", "--to", "2026-03-03"),
    "user add":              ("somebody", "--role", "participant"),
    "user disable":          ("nobody",),
    "user enable":           ("nobody",),
    "user invite":           ("nobody",),
    "user list":             (),
    "user set":              ("nobody", "--role", "participant"),
    "user token":            ("nobody",),
    "visit add":             ("-f", "place=synthetic_1", "-f", "kind=special", "-f", "started_on=2026-03-01"),
    "visit list":            (),
    "calendar adopt":        ("kz-synthetic.toml",),
    "case dates":            (CASE, "--leave", "--reason", "tried"),
    "policy adopt":          ("kz-synthetic-pack.toml",),
    "case show":             (CASE,),
    "case history":          (CASE,),
    "case explain":          (CASE,),
    "case story":            (CASE,),
    "audit prove":           (CASE, "1"),
}
# fmt: on


def _renamed(file: Path, version: str) -> str:
    """Return a file of the policy as a version of its own."""
    return file.read_text(encoding="utf-8").replace(f'version = "{version}"', 'version = "synthetic"', 1)


@pytest.fixture
def office(run: Run) -> Run:
    for _ in range(2):
        made = run(
            "case",
            "new",
            "recommendation",
            "-f",
            "channel=visit",
            "-f",
            "title=Test",
            "-f",
            "addressee=administration_1",
        )
        assert made.code == 0, made.err
    Path("rows.csv").write_text("title\n", encoding="utf-8")
    Path("kz-synthetic.toml").write_text(_renamed(calendar_file("kz"), "2026.2"), encoding="utf-8")
    Path("kz-synthetic-pack.toml").write_text(_renamed(pack_file("kz"), "2026.1"), encoding="utf-8")
    Path("README.md").write_text("synthetic\n", encoding="utf-8")
    return run


def test_each_command_is_refused_for_the_roles_without_its_right_and_for_no_other(office: Run) -> None:
    wrong = []
    for command, arguments in ARGUMENTS.items():
        allowed = RIGHTS.get(COMMANDS[command], EVERYBODY - {"administrator"})
        for role, user in AS.items():
            if command == "user absent" and role == "participant":
                continue  # everybody may record their own absence
            said = office(*command.split(), *(one.format(role=role) for one in arguments), "--as", user)
            refused = said.code == NOT_ALLOWED or (COMMANDS[command] == SIGHT and said.code == 6)
            if refused == (role in allowed):
                wrong.append((command, role, said.code, said.err[:120]))
    assert wrong == [], "\n".join(map(str, wrong))


def test_every_command_with_a_right_is_tried() -> None:
    assert set(ARGUMENTS) == {name for name, right in COMMANDS.items() if right in RIGHTS or right == SIGHT}
