"""Rules and calendars changed on the command line: what is refused with file and line, what a review and an answer list."""

from importlib import resources
from pathlib import Path

import pytest

from npm_cases.packs.policy_texts import calendar_text
from tests.adopting import THURSDAY_FREE, calendar_with
from tests.cli.conftest import NOW, Run

LATER = NOW.replace("03-02", "03-06")
KZ = Path(str(resources.files("config"))) / "countries" / "kz.toml"


def test_a_pack_whose_region_has_a_calendar_nobody_here_has_is_refused_before_it_is_proposed(
    run: Run, tmp_path: Path
) -> None:
    beside = tmp_path / "elsewhere" / "calendars"
    beside.mkdir(parents=True)
    for name in ("kz", "kz_west"):
        text = calendar_text("kz").replace('id = "kz"', f'id = "{name}"', 1)
        (beside / f"{name}.toml").write_text(text.replace('"2026.2"', f'"{name}-1"', 1), encoding="utf-8")
    pack = KZ.read_text(encoding="utf-8").replace('version = "2026.1"', 'version = "synthetic"', 1)
    pack = pack.replace("\n[pack.regions]", '\n[pack.regional_calendars]\nabai = "kz_west"\n\n[pack.regions]', 1)
    file = tmp_path / "elsewhere" / "mine.toml"
    file.write_text(pack, encoding="utf-8")
    said = run("policy", "adopt", str(file), "--as", "demo-admin", "--now", NOW)
    assert said.code == 7
    assert "kz_west.toml" in said.err


@pytest.mark.parametrize("command", ["review", "adopt"])
def test_a_calendar_that_cannot_be_read_is_refused_with_its_line(run: Run, tmp_path: Path, command: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(calendar_with(THURSDAY_FREE.replace("-19]", "-99]")), encoding="utf-8")
    said = run("calendar", command, str(file), "--as", "demo-admin", "--now", NOW)
    assert said.code == 7
    assert "wrong.toml:" in said.err


def test_a_review_and_the_confirmation_list_every_date_that_moves(run: Run, tmp_path: Path) -> None:
    fields = ("-f", "channel=ombudsman", "-f", "title=Roof", "-f", "addressee=administration_2")
    number = run("case", "new", "recommendation", *fields, "--as", "demo-caseworker", "--now", NOW, "--json").json[
        "number"
    ]
    (tmp_path / "letter.txt").write_text("A synthetic letter.", encoding="utf-8")
    for words in (
        ("approve", "--as", "demo-commissioner"), ("issue", "-f", "measurable=true", "--as", "demo-secretariat"),
        ("record_service", "--document", str(tmp_path / "letter.txt"), "--as", "demo-secretariat"),
    ):  # fmt: skip
        assert run("case", "act", number, *words, "--now", NOW).code == 0
    file = tmp_path / "decree.toml"
    file.write_text(calendar_with(THURSDAY_FREE), encoding="utf-8")
    review = run("calendar", "review", str(file), "--now", LATER, "--json").json
    moved = [one for one in review["differences"] if (one["case"], one["what"]) == (number, "due_on")]
    assert [(one["duty"], one["reminded"]) for one in moved] == [("reply", [])]
    pending = run("calendar", "adopt", str(file), "--as", "demo-admin", "--now", LATER, "--json").json["pending"]
    answer = run("case", "confirm", pending, "--as", "demo-commissioner", "--now", LATER, "--json").json
    listed = [
        (one["subject"], one["duty"], one["was"], one["due_on"]) for one in answer["dates"] if one["subject"] == number
    ]
    assert listed == [(number, "reply", moved[0]["old"], moved[0]["new"])]
