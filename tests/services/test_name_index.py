"""A name is found by its whole spelling, in the cases one may see, and the look-up is recorded before it answers."""

import json
from typing import Any

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, NotAllowed
from npm_cases.domain.names import names_in, written_alike
from npm_cases.domain.records import Actor
from npm_cases.services import name_index
from npm_cases.services.act import Confirm, confirm
from npm_cases.services.casework import OnCase
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.erasure import propose_erasure
from npm_cases.services.name_index import find_name
from tests.faults.checker import table, violations
from tests.makers import (
    ADMINISTRATOR,
    AUDITOR,
    CASEWORKER,
    COMMISSIONER,
    DELEGATE,
    MON_2_MAR,
    a_closed_allegation,
    an_allegation,
)

SYNTHETIC = "Сынақбаев Үлгі-Ерлан"


@pytest.mark.parametrize(
    "spelling",
    [
        "Сынақбаев Үлгі-Ерлан", "сынақбаев үлгі ерлан", "  ҮЛГІ   ЕРЛАН СЫНАҚБАЕВ ", "Ерлан Үлгі Сынақбаев",
        "Сынақбаев\u00a0Үлгі–Ерлан",
    ],
)  # fmt: skip
def test_spellings_of_one_name_are_alike(spelling: str) -> None:
    assert written_alike(spelling) == written_alike(SYNTHETIC)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Пример Артём", "пример артем", True), ("Пример Ёлка", "ПРИМЕР ЕЛКА", True), ("Ｓｙｎｔｈｅｔｉｃ", "synthetic", True),
        ("Straße", "STRASSE", True), ("Әлия Үлгі", "Алия Улги", False), ("Үлгі", "Үлгі Ерлан", False),
        ("Пример Андрей", "Пример Андреи", False),
    ],
)  # fmt: skip
def test_what_is_one_name_and_what_is_not(one: str, other: str, alike: bool) -> None:
    assert (written_alike(one) == written_alike(other)) is alike


def test_several_names_in_one_field_are_several_names() -> None:
    given = {"alleged_victim": "Үлгі Бір, Үлгі Екі;\nҮлгі Бір", "source": "", "statement": "Үлгі Үш"}
    assert list(names_in(given)) == ["бір үлгі", "екі үлгі"]


def named(app: App, **fields: str) -> str:
    return an_allegation(app, **fields).number


def looked_up(app: App) -> list[tuple[str, dict[str, Any]]]:
    return [
        (row["chain"], json.loads(row["data"])) for row in table(app, "case_events") if row["type"] == "text_read"
    ]  # fmt: skip


def test_a_name_is_found_in_every_case_it_was_sealed_in_and_nowhere_else(app: App) -> None:
    first = named(app, alleged_victim=SYNTHETIC)
    second = named(app, source=f"Басқа Біреу; {SYNTHETIC.upper()}")
    named(app, alleged_victim="Сынақбаев Басқа", statement=SYNTHETIC)
    found = find_name(app.office, "үлгі ерлан сынақбаев", CASEWORKER, MON_2_MAR, "letter_received")
    assert [one.number for one in found] == [first, second]
    assert find_name(app.office, "Сынақбаев", CASEWORKER, MON_2_MAR, "letter_received") == []
    assert violations(app) == []


def test_the_lookup_is_recorded_for_the_office_and_each_case_found_and_no_event_holds_the_name(app: App) -> None:
    created = an_allegation(app, alleged_victim=SYNTHETIC)
    find_name(app.office, SYNTHETIC, CASEWORKER, MON_2_MAR, "letter_received")
    find_name(app.office, "Ешкім Жоқ", AUDITOR, MON_2_MAR, "test")
    events = looked_up(app)
    assert [chain for chain, _ in events] == ["office", "office", f"reads-{created.id}"]
    assert [event["facts"]["cases"] for chain, event in events if chain == "office"] == [[created.id], []]
    written = json.dumps([event for _, event in events], ensure_ascii=False)
    assert "Сынақбаев" not in written
    assert "letter_received" in written


def test_if_the_lookup_cannot_be_recorded_nothing_is_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    class DiskFull(Exception):
        pass

    def fail(*_: object, **__: object) -> None:
        raise DiskFull

    named(app, alleged_victim=SYNTHETIC)
    monkeypatch.setattr(name_index, "record", fail)
    with pytest.raises(DiskFull):
        find_name(app.office, SYNTHETIC, CASEWORKER, MON_2_MAR, "letter_received")


def test_cases_kept_from_a_person_are_not_found_by_them(app: App) -> None:
    given = {"channel": "complaint", "statement": "Synthetic.", "alleged_victim": SYNTHETIC, "region": "abai"}
    create_case(app.office, CreateCase("allegation", CASEWORKER, MON_2_MAR, {**given, "excluded": "board"}))
    elsewhere = Actor("elsewhere", frozenset({"caseworker"}), frozenset({"astana"}))
    excluded = Actor("board", frozenset({"caseworker"}))
    for actor in (elsewhere, excluded):
        assert find_name(app.office, SYNTHETIC, actor, MON_2_MAR, "check") == []
    assert len(find_name(app.office, SYNTHETIC, CASEWORKER, MON_2_MAR, "check")) == 1


@pytest.mark.parametrize(("name", "reason"), [("", "check"), (" - ", "check"), (SYNTHETIC, f"about {SYNTHETIC}")])
def test_no_name_or_a_name_for_a_reason_is_refused(app: App, name: str, reason: str) -> None:
    with pytest.raises(BadInput):
        find_name(app.office, name, CASEWORKER, MON_2_MAR, reason)
    assert looked_up(app) == []


def test_who_looks_after_users_looks_no_name_up(app: App) -> None:
    with pytest.raises(NotAllowed):
        find_name(app.office, SYNTHETIC, ADMINISTRATOR, MON_2_MAR, "check")


def test_an_erased_case_is_found_by_no_name(app: App) -> None:
    created = a_closed_allegation(app, alleged_victim=SYNTHETIC)
    kept = named(app, alleged_victim=SYNTHETIC)
    on_case = OnCase(created.number, COMMISSIONER, MON_2_MAR)
    approval = propose_erasure(app.office, on_case, "persons_request", "letter").approval
    confirm(app.office, Confirm(approval, DELEGATE, MON_2_MAR))
    assert [one.number for one in find_name(app.office, SYNTHETIC, CASEWORKER, MON_2_MAR, "check")] == [kept]


def test_a_token_tells_nothing_without_the_key_of_the_index(app: App, tmp_path: Any) -> None:
    from tests.makers import an_app

    other = an_app(tmp_path / "other")
    alike = written_alike(SYNTHETIC)
    assert app.office.sealer.token(alike) == app.office.sealer.token(alike)
    assert app.office.sealer.token(alike) != other.office.sealer.token(alike)
    other.close()
