"""A calendar and a rule written as plain tables say what their files say, as far as a due date can tell."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from npm_cases.domain.due_dates import derivation_as_json, due_date
from npm_cases.domain.terms import Rule
from npm_cases.history.due_date_check import check_due_date
from npm_cases.history.due_date_rule_check import check_rule
from npm_cases.packs.country_file import load_country
from npm_cases.services.plain_terms import calendar_as_plain, rule_as_plain
from tests.makers_calendar import a_rule, bound, days, kazakhstan, kazakhstan_as_written, ledgers, rules

CONFIG = Path(__file__).parents[2] / "config"
WITHOUT_EFFECT = {"names", "source"}


def told(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in WITHOUT_EFFECT}


@pytest.mark.parametrize("table", ["holidays", "substitutes", "transfers"])
def test_the_tables_of_a_calendar_are_those_of_its_file(table: str) -> None:
    written = [told(entry) for entry in kazakhstan_as_written()[table]]
    plain = calendar_as_plain(kazakhstan())[table]
    assert [{**one, "weeks": ["five_day"], **two} for one, two in zip(plain, written, strict=True)] == [
        {"weeks": ["five_day"], **one} for one in plain
    ]


@given(st.data(), days, rules())
@settings(max_examples=60, deadline=None)
def test_the_recount_reads_the_plain_calendar_as_it_reads_the_file(
    data: st.DataObject, start: date, rule: Rule
) -> None:
    derivation = derivation_as_json(due_date(start, rule, kazakhstan(), ledger=data.draw(ledgers(start))))
    assert check_due_date(derivation, calendar_as_plain(kazakhstan())) == []


def test_a_missing_transfer_shows_in_the_recount() -> None:
    plain = calendar_as_plain(kazakhstan())
    moved = plain["transfers"][-1]
    derivation = derivation_as_json(due_date(moved["off"], a_rule(0), kazakhstan()))
    assert check_due_date(derivation, plain) == []
    assert check_due_date(derivation, {**plain, "transfers": plain["transfers"][:-1]}) != []


def test_every_rule_of_kazakhstan_is_written_as_in_its_file() -> None:
    pack = load_country(CONFIG / "countries" / "kz.toml", CONFIG / "calendars")
    written = tomllib.loads((CONFIG / "countries" / "kz.toml").read_text(encoding="utf-8"))["rules"]
    for rule_id, versions in pack.rules.items():
        for rule, table in zip(versions, written[rule_id], strict=True):
            plain = rule_as_plain(rule)
            assert plain == {"set_in_document": False} | {k: v for k, v in _with_origin(table).items() if k in plain}


def _with_origin(table: dict[str, Any]) -> dict[str, Any]:
    extension = table.get("extension")
    if extension is None:
        return table
    kept = {name: value for name, value in extension.items() if name != "notice"}
    return {**table, "extension": {"counted_from": "due_date", **kept}}


def test_a_derivation_under_another_bound_departs_from_the_rule() -> None:
    rule = a_rule(15, extension=bound(30, "calendar_days"))
    derivation = derivation_as_json(due_date(date(2025, 6, 2), rule, kazakhstan()))
    assert check_rule(derivation, rule_as_plain(rule)) == []
    assert check_rule(derivation, rule_as_plain(a_rule(10))) != []
