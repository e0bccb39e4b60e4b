"""Users that change: power takes two, nobody raises themselves, and the history commits to every change (F53)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed, NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import EventType
from npm_cases.services import user_changes as changes
from npm_cases.services.accounts import begin_enrolment
from npm_cases.services.api_tokens import api_tokens_of, by_api_token, end_api_token, make_api_token
from npm_cases.services.bundle import Export, export
from npm_cases.services.checkpoints import rotate_log_key
from npm_cases.services.confirmed_power import Confirmed, confirm_power
from npm_cases.services.office_acts import ROTATE_LOG_KEY, Seconded, propose
from npm_cases.services.preferences import MOST, forget_filter, save_filter, saved_filters
from npm_cases.services.users import AddUser, add_user, by_token
from npm_cases.services.ways_in import invite, new_token
from tests.audit.two_opinions import Held, agreed
from tests.services.people import FIRST, a_user, an_installation, at, events, findings

NEXT_YEAR = date(2027, 1, 1)
SECOND = Actor("second", frozenset({"administrator"}))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An installation in earnest with two administrators, a commissioner and a clerk."""
    made = an_installation(tmp_path / "data")
    a_user(made.office, "second", "administrator")
    a_user(made.office, "clerk")
    yield made
    made.close()


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[App]:
    """An installation in its first days: one administrator, and a clerk who may confirm nothing."""
    made = an_installation(tmp_path / "lonely")
    a_user(made.office, "clerk")
    yield made
    made.close()


def row(app: App, user: str) -> dict[str, str]:
    with app.office.open_reading() as work:
        found = work.rows("users", {"id": user})
    return found[0] if found else {}


def incidents(app: App) -> list[tuple[str, str]]:
    with app.office.open_reading() as work:
        return [(one["kind"], one["subject"]) for one in work.rows("incidents")]


# -- power takes two


def test_giving_power_waits_for_a_second_person_who_is_not_the_one_who_gets_it(app: App) -> None:
    a_user(app.office, "third", "administrator")
    pending = changes.set_roles(app.office, "clerk", ("caseworker", "delegate"), FIRST, at())
    assert row(app, "clerk")["roles"] == "caseworker"
    for who, why in ((FIRST, "proposed this act"), (Actor("clerk", frozenset({"delegate"})), "would get this power")):
        with pytest.raises(NotAllowed, match=why):
            confirm_power(app.office, Seconded(pending, who), at(1))
    with pytest.raises(NotAllowed, match="one of the roles"):
        confirm_power(app.office, Seconded(pending, Actor("x", frozenset({"caseworker"}))), at(1))
    assert confirm_power(app.office, Seconded(pending, SECOND), at(1)) == Confirmed("clerk")
    assert row(app, "clerk")["roles"] == "caseworker,delegate"
    told = events(app.office, EventType.ROLE_CHANGED)[-1]
    assert (told.actor, told.approved_by, told.event) == ("first", "second", "set_roles")
    assert incidents(app) == []
    assert findings(app, at(10)) == ()


def test_two_verifiers_outside_take_what_two_people_did(app: App, tmp_path: Path) -> None:
    pending = changes.set_roles(app.office, "clerk", ("delegate",), FIRST, at())
    confirm_power(app.office, Seconded(pending, SECOND), at(1))
    rotate_log_key(
        app.office, app.signer, Seconded(propose(app.office, ROTATE_LOG_KEY, FIRST, at(2))[0], SECOND), at(2)
    )
    bundle = tmp_path / "log.zip"
    with bundle.open("wb") as file:
        asked = Export(Actor("auditor", frozenset({"auditor"})), at(3))
        export(app.office, lambda: app.reader, app.sequence, lambda: app.checkpoint(at(3)), asked, file)
    told = agreed(bundle, Held())
    assert not told.wrong, told.said


def test_an_approval_is_good_once_and_only_for_the_user_as_they_were(app: App) -> None:
    pending = changes.set_roles(app.office, "clerk", ("delegate",), FIRST, at())
    confirm_power(app.office, Seconded(pending, SECOND), at(1))
    changes.set_roles(app.office, "clerk", ("auditor",), SECOND, at(2))
    with pytest.raises(Conflict, match="was confirmed already"):
        confirm_power(app.office, Seconded(pending, SECOND), at(3))
    older = changes.set_roles(app.office, "clerk", ("auditor", "council"), FIRST, at(4))
    changes.set_roles(app.office, "clerk", ("participant",), SECOND, at(5))
    with pytest.raises(Conflict, match="changed since"):
        confirm_power(app.office, Seconded(older, SECOND), at(6))
    assert row(app, "clerk")["roles"] == "participant"
    assert findings(app, at(10)) == ()


def test_a_proposal_changed_in_the_table_gives_nothing(app: App) -> None:
    pending = changes.set_roles(app.office, "clerk", ("delegate",), FIRST, at())
    with app.office.open_work() as work:
        (approval,) = work.rows("approvals", {"id": pending})
        work.update(
            "approvals", {"payload": bytes(approval["payload"]).replace(b"delegate", b"councilx")}, {"id": pending}
        )
        work.commit()
    with pytest.raises(Conflict, match="not the one that was made"):
        confirm_power(app.office, Seconded(pending, SECOND), at(1))


def test_adding_somebody_with_power_waits_too_and_gives_no_token_before(app: App) -> None:
    command = AddUser("head", ("commissioner",), FIRST, at(), "Synthetic head", "head@office.example", "kk", ("abai",))
    added = add_user(app.office, command)
    assert (added.token, row(app, "head")) == ("", {})
    confirm_power(app.office, Seconded(added.pending, SECOND), at(1))
    made = row(app, "head")
    assert (made["roles"], made["regions"], made["email"], made["token_hash"]) == (
        "commissioner", "abai", "head@office.example", "",
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        by_token(app.office, "")
    pending = new_token(app.office, "head", SECOND, at(2)).pending
    token = confirm_power(app.office, Seconded(pending, FIRST), at(3)).token
    assert by_token(app.office, token).user == "head"
    assert findings(app, at(10)) == ()


def test_a_way_in_for_somebody_with_power_takes_two_and_is_shown_to_the_second(app: App) -> None:
    a_user(app.office, "head", "commissioner")
    before = row(app, "head")["token_hash"]
    invited, given = invite(app.office, "head", FIRST, at(1)), new_token(app.office, "head", FIRST, at(1))
    assert (invited.token, given.token) == ("", "")
    assert row(app, "head")["token_hash"] == before
    for who in (FIRST, Actor("head", frozenset({"commissioner"}))):
        for way in (invited, given):
            with pytest.raises(NotAllowed):
                confirm_power(app.office, Seconded(way.pending, who), at(2))
    link = confirm_power(app.office, Seconded(invited.pending, SECOND), at(3)).invitation
    token = confirm_power(app.office, Seconded(given.pending, SECOND), at(4)).token
    assert by_token(app.office, token).user == "head"
    assert begin_enrolment(app.office, link, at(5)).user == "head"
    told = [(one.actor, one.approved_by, one.event) for one in events(app.office, EventType.ACCOUNT_CHANGED)]
    assert told == [("first", "second", "invite_user"), ("first", "second", "give_token")]
    assert incidents(app) == []
    assert findings(app, at(10)) == ()


def test_an_invitation_proposed_before_power_was_given_gives_no_way_to_it(app: App) -> None:
    a_user(app.office, "head", "commissioner")
    pending = invite(app.office, "head", FIRST, at(1)).pending
    changes.set_roles(app.office, "head", ("participant",), FIRST, at(2))
    with pytest.raises(Conflict, match="changed since"):
        confirm_power(app.office, Seconded(pending, SECOND), at(3))
    pending = invite(app.office, "second", FIRST, at(4))
    assert pending.token, "nobody but the one invited could confirm it: it is done, and an incident tells of it"
    assert incidents(app) == [("power_given", "second")]


def test_ones_own_way_in_and_that_of_a_clerk_take_nobody_else(app: App) -> None:
    assert invite(app.office, "first", FIRST, at()).token
    assert new_token(app.office, "first", FIRST, at()).token
    assert invite(app.office, "clerk", FIRST, at()).token
    assert incidents(app) == []


def test_nobody_is_added_under_a_name_of_the_engine(app: App) -> None:
    for name in ("clock", "init"):
        with pytest.raises(BadInput, match="engine itself"):
            add_user(app.office, AddUser(name, ("caseworker",), FIRST, at()))


def test_in_the_first_days_it_is_done_and_seen(lonely: App) -> None:
    assert changes.set_roles(lonely.office, "clerk", ("administrator",), FIRST, at()) == ""
    assert add_user(lonely.office, AddUser("head", ("commissioner",), Actor("x", FIRST.roles), at(1))).pending
    assert incidents(lonely) == [("power_given", "clerk")]


def test_somebody_who_cannot_get_in_confirms_nothing_and_so_is_not_waited_for(lonely: App) -> None:
    a_user(lonely.office, "second", "administrator")
    with lonely.office.open_work() as work:
        work.update("users", {"token_hash": ""}, {"id": "second"})
        work.commit()
    assert changes.set_roles(lonely.office, "clerk", ("delegate",), FIRST, at()) == ""


def test_taking_power_and_giving_none_waits_for_nobody(app: App) -> None:
    a_user(app.office, "head", "commissioner", "delegate")
    assert changes.set_roles(app.office, "head", ("delegate", "participant"), FIRST, at()) == ""
    assert changes.set_roles(app.office, "head", ("participant",), FIRST, at(1)) == ""
    assert incidents(app) == []
    assert findings(app, at(10)) == ()


def test_in_a_sandbox_one_person_is_enough(tmp_path: Path) -> None:
    box = an_installation(tmp_path / "box", sandbox=True)
    a_user(box.office, "second", "administrator")
    a_user(box.office, "clerk")
    assert changes.set_roles(box.office, "clerk", ("commissioner",), FIRST, at()) == ""
    assert incidents(box) == []
    box.close()


# -- nobody raises themselves


def test_nobody_changes_their_own_roles_regions_or_standing(app: App) -> None:
    for refused in (
        lambda: changes.set_roles(app.office, "first", ("administrator", "commissioner"), FIRST, at()),
        lambda: changes.set_regions(app.office, "first", ("abai",), FIRST, at()),
        lambda: changes.disable(app.office, "first", FIRST, at()),
        lambda: changes.enable(app.office, "first", FIRST, at()),
    ):
        with pytest.raises(NotAllowed, match="own account"):
            refused()


@pytest.mark.parametrize("role", ["commissioner", "delegate", "caseworker", "auditor", "council", "secretariat"])
def test_only_an_administrator_changes_others(app: App, role: str) -> None:
    actor = Actor("clerk", frozenset({role}))
    for refused in (
        lambda: changes.set_roles(app.office, "second", ("auditor",), actor, at()),
        lambda: changes.set_regions(app.office, "second", (), actor, at()),
        lambda: changes.set_language(app.office, "second", "ru", actor, at()),
        lambda: changes.disable(app.office, "second", actor, at()),
        lambda: changes.enable(app.office, "second", actor, at()),
        lambda: new_token(app.office, "second", actor, at()),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_everybody_chooses_their_own_language(app: App) -> None:
    clerk = Actor("clerk", frozenset({"caseworker"}))
    changes.set_language(app.office, "clerk", "kk", clerk, at())
    assert row(app, "clerk")["language"] == "kk"
    with pytest.raises(BadInput, match="kk, ru, en"):
        changes.set_language(app.office, "clerk", "fr", clerk, at())
    assert findings(app, at(10)) == ()


@pytest.mark.parametrize("roles", [("owner",), ("clock",), (), ("auditor", "auditor ")])
def test_what_is_no_role_or_region_is_refused(app: App, roles: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        changes.set_roles(app.office, "clerk", roles, FIRST, at())
    with pytest.raises(BadInput):
        changes.set_regions(app.office, "clerk", ("nowhere",), FIRST, at())


# -- in and out


def test_shut_out_at_once_and_let_in_by_two_if_it_gives_power(app: App) -> None:
    a_user(app.office, "head", "commissioner")
    token = confirm_power(app.office, Seconded(new_token(app.office, "head", FIRST, at()).pending, SECOND), at()).token
    changes.disable(app.office, "head", FIRST, at(1))
    with pytest.raises(NotAllowed):
        by_token(app.office, token)
    with pytest.raises(Conflict, match="already"):
        changes.disable(app.office, "head", FIRST, at(2))
    pending = changes.enable(app.office, "head", FIRST, at(2))
    assert row(app, "head")["disabled_at"] == at(1)
    confirm_power(app.office, Seconded(pending, SECOND), at(3))
    assert by_token(app.office, token).user == "head"
    assert incidents(app) == [("power_taken", "head")]
    assert findings(app, at(10)) == ()


def test_a_proposal_to_let_in_is_for_this_shutting_out(app: App) -> None:
    a_user(app.office, "head", "commissioner")
    changes.disable(app.office, "head", FIRST, at(1))
    older = changes.enable(app.office, "head", FIRST, at(2))
    newer = changes.enable(app.office, "head", FIRST, at(3))
    confirm_power(app.office, Seconded(newer, SECOND), at(4))
    changes.disable(app.office, "head", FIRST, at(5))
    with pytest.raises(Conflict, match="propose it again"):
        confirm_power(app.office, Seconded(older, SECOND), at(6))


def test_a_clerk_is_let_in_again_by_one(app: App) -> None:
    changes.disable(app.office, "clerk", FIRST, at())
    assert changes.enable(app.office, "clerk", FIRST, at(1)) == ""
    assert row(app, "clerk")["disabled_at"] == ""
    with pytest.raises(Conflict, match="not shut out"):
        changes.enable(app.office, "clerk", FIRST, at(2))
    assert findings(app, at(10)) == ()


def test_a_new_token_shuts_the_older_one(app: App) -> None:
    older = new_token(app.office, "clerk", FIRST, at()).token
    newer = new_token(app.office, "clerk", FIRST, at(1)).token
    assert by_token(app.office, newer).user == "clerk"
    with pytest.raises(NotAllowed, match="opens nothing"):
        by_token(app.office, older)
    with pytest.raises(NotFound):
        new_token(app.office, "nobody-here", FIRST, at())


# -- the history commits to it


@pytest.mark.parametrize(("column", "value"), [("roles", "administrator"), ("regions", "*"), ("disabled_at", "")])
def test_a_user_changed_past_the_history_is_found(app: App, column: str, value: str) -> None:
    changes.set_roles(app.office, "clerk", ("auditor",), FIRST, at())
    changes.set_regions(app.office, "clerk", ("abai",), FIRST, at(1))
    changes.disable(app.office, "clerk", FIRST, at(2))
    assert findings(app, at(10)) == ()
    with app.office.open_work() as work:
        work.update("users", {column: value}, {"id": "clerk"})
        work.commit()
    assert any("user clerk" in one.what for one in findings(app, at(10)))


def test_an_older_row_put_back_is_found(app: App) -> None:
    """A demotion undone by restoring the row as it was, its random bytes included."""
    a_user(app.office, "head", "commissioner")
    before = row(app, "head")
    changes.set_roles(app.office, "head", ("participant",), FIRST, at())
    with app.office.open_work() as work:
        work.update("users", {name: value for name, value in before.items() if name != "id"}, {"id": "head"})
        work.commit()
    assert any("user head" in one.what for one in findings(app, at(10)))


# -- tokens for programs


def test_a_token_for_programs_has_the_rights_of_its_person_at_every_use(app: App) -> None:
    clerk = Actor("clerk", frozenset({"caseworker"}))
    token = make_api_token(app.office, "script", ("read", "act"), NEXT_YEAR, clerk, at())
    held = by_api_token(app.office, token, at(1))
    assert (held.actor.user, set(held.scopes), set(held.actor.roles)) == (
        "clerk",
        {"read", "act"},
        {"caseworker"},
    )
    changes.set_roles(app.office, "clerk", ("participant",), FIRST, at(2))
    assert set(by_api_token(app.office, token, at(3)).actor.roles) == {"participant"}
    changes.disable(app.office, "clerk", FIRST, at(4))
    changes.enable(app.office, "clerk", FIRST, at(5))
    with pytest.raises(NotAllowed, match="opens nothing"):
        by_api_token(app.office, token, at(6))
    assert findings(app, at(10)) == ()


def test_a_token_for_programs_ends_with_its_last_day_or_before(app: App) -> None:
    clerk = Actor("clerk", frozenset({"caseworker"}))
    token = make_api_token(app.office, "today only", ("read",), date(2026, 3, 2), clerk, at())
    assert by_api_token(app.office, token, "2026-03-02T18:59:59.000000Z")
    with pytest.raises(NotAllowed):
        by_api_token(app.office, token, "2026-03-02T19:00:00.000000Z")
    other = make_api_token(app.office, "other", ("read",), NEXT_YEAR, clerk, at(1))
    (_, listed) = api_tokens_of(app.office, "clerk", clerk)
    assert (listed["name"], listed["scopes"], listed["ended_at"]) == ("other", "read", "")
    with pytest.raises(NotFound):
        end_api_token(app.office, listed["id_hash"], Actor("else", frozenset({"caseworker"})), at(2))
    end_api_token(app.office, listed["id_hash"], clerk, at(2))
    for shut in (other, "made up"):
        with pytest.raises(NotAllowed):
            by_api_token(app.office, shut, at(3))
    with pytest.raises(NotAllowed):
        api_tokens_of(app.office, "clerk", Actor("else", frozenset({"caseworker"})))
    assert findings(app, at(10)) == ()


@pytest.mark.parametrize(
    ("name", "scopes", "day"),
    [
        ("", ("read",), NEXT_YEAR),
        ("x", (), NEXT_YEAR),
        ("x", ("Read All",), NEXT_YEAR),
        ("x", ("read",), date(2026, 3, 1)),
    ],
)
def test_a_token_for_nothing_is_not_made(app: App, name: str, scopes: tuple[str, ...], day: date) -> None:
    with pytest.raises(BadInput):
        make_api_token(app.office, name, scopes, day, Actor("clerk", frozenset({"caseworker"})), at())


# -- what people keep for themselves


def test_filters_are_kept_for_oneself_and_replaced_by_name(app: App) -> None:
    clerk, other = Actor("clerk", frozenset({"caseworker"})), replace(SECOND)
    save_filter(app.office, "mine", "state=issued", clerk, at())
    save_filter(app.office, "mine", "state=served", clerk, at(1))
    save_filter(app.office, "overdue", "overdue=yes", clerk, at(2))
    assert [(one["name"], one["query"]) for one in saved_filters(app.office, clerk)] == [
        ("mine", "state=served"), ("overdue", "overdue=yes"),
    ]  # fmt: skip
    assert saved_filters(app.office, other) == []
    forget_filter(app.office, "mine", clerk, at(3))
    with pytest.raises(NotFound):
        forget_filter(app.office, "mine", clerk, at(3))
    save_filter(app.office, "mine", "again=yes", clerk, at(4))
    assert [one["name"] for one in saved_filters(app.office, clerk)] == ["mine", "overdue"]


def test_filters_are_bounded(app: App) -> None:
    clerk = Actor("clerk", frozenset({"caseworker"}))
    for name, query in (("", "a"), ("x" * 101, "a"), ("a\x00", "a"), ("x", "a" * 2_001)):
        with pytest.raises(BadInput):
            save_filter(app.office, name, query, clerk, at())
    for number in range(MOST):
        save_filter(app.office, f"{number}", "a", clerk, at())
    with pytest.raises(BadInput, match="already"):
        save_filter(app.office, "one more", "a", clerk, at())
