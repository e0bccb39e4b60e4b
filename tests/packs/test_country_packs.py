"""Every pack that comes with the program: it loads, says where its law is from, asks what is unknown, and is proved."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from npm_cases.history.canonical import canonical, parsed
from npm_cases.packs.country_file import country_content, country_from
from npm_cases.packs.known import load_pack, pack_names
from npm_cases.packs.located import BadPack
from npm_cases.services.policy_check import PolicyReport, bounds_as_markdown, check_policy

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)
DRAFTS = tuple(name for name in pack_names() if name != "kz")
MODELS = {
    "kz": 2, "az": 2, "dk": 2, "md": 2, "si": 2, "rs": 2, "ua": 2, "pl": 1, "ge": 1, "gb": 3, "nl": 3, "nz": 3, "mt": 3,
    "fr": 4, "kg": 1,
}  # fmt: skip


@cache
def report_of(name: str) -> PolicyReport:
    return check_policy(load_pack(name), TODAY)


def test_these_are_the_packs_each_of_its_model_today() -> None:
    models = {name: load_pack(name).mechanism.model_on(TODAY) for name in pack_names()}
    assert {name: model.number for name, model in models.items() if model} == MODELS


@pytest.mark.parametrize("name", pack_names())
def test_nothing_is_wrong_with_its_policy(name: str) -> None:
    assert report_of(name).findings == ()


@pytest.mark.parametrize("name", pack_names())
def test_its_printed_bounds_are_the_counted_ones(name: str) -> None:
    printed = (ROOT / "docs" / "tables" / f"bounds_{name}.md").read_text(encoding="utf-8")
    assert printed == bounds_as_markdown(report_of(name)), "run `make tables`"


@pytest.mark.parametrize("name", pack_names())
def test_it_can_be_stored_and_read_again(name: str) -> None:
    pack = load_pack(name)
    content = country_content(ROOT / "config" / "countries" / f"{name}.toml")
    regional = {calendar.id: calendar for calendar in pack.regional.values()}
    assert country_from(parsed(canonical(content)), pack.calendar, regional) == pack


def test_a_stored_pack_without_the_calendar_of_a_region_is_refused() -> None:
    content = country_content(ROOT / "config" / "countries" / "gb.toml")
    with pytest.raises(BadPack, match="gb_scotland"):
        country_from(content, load_pack("gb").calendar)


def test_a_bound_counts_by_the_calendar_of_whichever_region_waits_longest() -> None:
    gb = load_pack("gb")
    (scotland,) = [calendar for calendar in gb.regional.values() if calendar.id == "gb_scotland"]
    there = check_policy(replace(gb, calendar=scotland, regional={}), TODAY).bounds
    longest = {(one.machine, one.state, one.channel): one.days for one in report_of("gb").bounds}
    assert all(longest[one.machine, one.state, one.channel] >= one.days for one in there)
    england = check_policy(replace(gb, regional={}), TODAY).bounds
    assert [one.days for one in england] != [longest[one.machine, one.state, one.channel] for one in england]


@pytest.mark.parametrize("name", DRAFTS)
def test_what_is_not_known_of_it_is_asked_so_it_is_a_draft(name: str) -> None:
    pack = load_pack(name)
    assert pack.status == "draft"
    assert pack.mechanism.questions


@pytest.mark.parametrize("name", DRAFTS)
def test_every_term_of_its_own_is_law_with_a_source_or_policy_with_a_note(name: str) -> None:
    common = load_pack("dk").rules  # a pack without a term of its own
    own = [
        rule
        for rule_id, versions in load_pack(name).rules.items()
        if common.get(rule_id) != versions
        for rule in versions
    ]
    assert [rule.id for rule in own if not rule.note and not rule.source] == []
    assert [rule.id for rule in own if rule.source and "(X)" not in rule.source and "(T)" not in rule.source] == []


def test_the_controller_of_france_sets_the_term_himself_from_a_month_on() -> None:
    rule = load_pack("fr").rule_for("visit", "reply", TODAY)
    assert rule.set_in_document
    assert str(rule.minimum) == "1_months"


def test_the_minister_of_the_united_kingdom_answers_an_urgent_notification_in_28_days() -> None:
    rule = load_pack("gb").rule_for("urgent_notification", "reply", TODAY)
    assert (rule.amount, str(rule.unit)) == (28, "calendar_days")


def test_the_united_kingdom_has_21_bodies_and_one_of_them_coordinates() -> None:
    bodies = load_pack("gb").mechanism.bodies
    assert len(bodies) == 21
    assert [body.id for body in bodies if body.coordinator] == ["hmip"]


def test_a_place_in_new_zealand_is_seen_again_between_12_and_18_months() -> None:
    pack = load_pack("nz")
    rule = pack.rule(pack.periodic_visit, TODAY)
    assert (str(rule.minimum), str(rule.maximum), rule.amount) == ("12_months", "18_months", 18)


def test_kyrgyzstan_changed_its_model_and_its_body_on_4_october_2025() -> None:
    mechanism = load_pack("kg").mechanism
    before, after = mechanism.model_on(date(2025, 10, 3)), mechanism.model_on(date(2025, 10, 4))
    assert [model.number for model in (before, after) if model] == [4, 1]
    assert [body.valid_from for body in mechanism.bodies] == [None, date(2025, 10, 4)]
