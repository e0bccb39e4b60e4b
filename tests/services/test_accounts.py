"""Accounts: set up by an invitation used once, with a password worth the name and a second factor that is sealed (F57)."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, IntegrityBroken, NotAllowed, NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import EventType
from npm_cases.services.accounts import LAPSED, begin_enrolment, change_password, enrol
from npm_cases.services.api_tokens import by_api_token, make_api_token
from npm_cases.services.password_rules import check_password
from npm_cases.services.passwords import LONGEST, Passwords
from npm_cases.services.sessions import OVER, resume, sign_in
from npm_cases.services.sign_in import REFUSED
from npm_cases.services.user_changes import disable
from npm_cases.services.ways_in import invite
from tests.services.people import FIRST, FOUNDER, PASSWORD, Person, a_person, a_user, an_installation, at, enrolled

from tests.services.people import events, findings  # isort: skip

ANOTHER = "nine kettles under a green bridge"
THREE_DAYS = 259_200
NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = an_installation(tmp_path / "data")
    yield made
    made.close()


def changes(app: App) -> list[tuple[str, str, str]]:
    return [(e.actor, e.facts["user"], e.facts["change"]) for e in events(app.office, EventType.ACCOUNT_CHANGED)]


def incidents(app: App) -> list[tuple[str, str]]:
    with app.office.open_reading() as work:
        return [(row["kind"], row["subject"]) for row in work.rows("incidents")]


# -- invitations


def test_an_invitation_sets_up_an_account_once_and_the_history_holds(app: App) -> None:
    a_user(app.office, "aliya")
    token = invite(app.office, "aliya", FIRST, at()).token
    person = Person("aliya", begin_enrolment(app.office, token, at(1)).totp_secret)
    enrol(app.office, token, PASSWORD, person.secret, person.code(at(1)), at(1))
    for again in (begin_enrolment, lambda *given: enrol(given[0], given[1], ANOTHER, person.secret, "0", given[2])):
        with pytest.raises(NotAllowed, match="opens nothing"):
            again(app.office, token, at(2))
    assert sign_in(app.office, "aliya", PASSWORD, person.code(at(60)), at(60))
    assert changes(app) == [("first", "aliya", "invited"), ("aliya", "aliya", "enrolled")]
    assert findings(app, at(100)) == ()


def test_a_link_lapses_and_a_newer_one_takes_its_place(app: App) -> None:
    a_user(app.office, "aliya")
    older = invite(app.office, "aliya", FIRST, at()).token
    newer = invite(app.office, "aliya", FIRST, at(1)).token
    for token, when in ((older, at(2)), (newer, at(1 + THREE_DAYS)), ("never heard of", at(2))):
        with pytest.raises(NotAllowed) as refused:
            begin_enrolment(app.office, token, when)
        assert str(refused.value) == str(LAPSED)
    assert begin_enrolment(app.office, newer, at(THREE_DAYS))


def test_of_two_who_use_one_link_at_once_one_gets_in(app: App) -> None:
    a_user(app.office, "aliya")
    token, done = invite(app.office, "aliya", FIRST, at()).token, list[str]()
    secret = begin_enrolment(app.office, token, at(1)).totp_secret

    def use(password: str) -> None:
        person = Person("aliya", secret)
        try:
            enrol(app.office, token, password, person.secret, person.code(at(1)), at(1))
        except NotAllowed:
            return
        done.append(password)

    threads = [threading.Thread(target=use, args=(password,)) for password in (PASSWORD, ANOTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1


def test_only_an_administrator_invites_and_nobody_who_was_shut_out(app: App) -> None:
    a_user(app.office, "aliya")
    with pytest.raises(NotAllowed, match="administrator"):
        invite(app.office, "aliya", Actor("commissioner", frozenset({"commissioner"})), at())
    with pytest.raises(NotFound):
        invite(app.office, "nobody-here", FIRST, at())
    token = invite(app.office, "aliya", FIRST, at()).token
    disable(app.office, "aliya", FIRST, at(1))
    with pytest.raises(NotAllowed, match="shut out"):
        invite(app.office, "aliya", FIRST, at(2))
    with pytest.raises(NotAllowed, match="opens nothing"):
        begin_enrolment(app.office, token, at(2))


def test_inviting_somebody_with_power_is_seen(app: App) -> None:
    for user, role in (("clerk", "caseworker"), ("head", "commissioner")):
        a_user(app.office, user, role)
        invite(app.office, user, FIRST, at())
    invite(app.office, "first", FIRST, at())
    assert incidents(app) == [("power_given", "head")]


def test_a_reset_ends_what_was_open_and_the_old_factors_open_nothing(app: App) -> None:
    before = a_person(app.office, "aliya")
    session = sign_in(app.office, "aliya", PASSWORD, before.code(at(60)), at(60))
    token = make_api_token(app.office, "script", ("read",), NEXT_YEAR, session.session.actor, at(61))
    after = enrolled(app.office, "aliya", at(120), ANOTHER)
    with pytest.raises(NotAllowed, match=str(OVER)):
        resume(app.office, session.token, at(121))
    with pytest.raises(NotAllowed, match="opens nothing"):
        by_api_token(app.office, token, at(121))
    with pytest.raises(NotAllowed, match="did not work"):
        sign_in(app.office, "aliya", PASSWORD, before.code(at(180)), at(180))
    assert sign_in(app.office, "aliya", ANOTHER, after.code(at(180)), at(180))
    assert findings(app, at(200)) == ()


def test_a_second_factor_must_work_before_it_counts(app: App) -> None:
    a_user(app.office, "aliya")
    token = invite(app.office, "aliya", FIRST, at()).token
    person = Person("aliya", begin_enrolment(app.office, token, at(1)).totp_secret)
    with pytest.raises(BadInput, match="field code"):
        enrol(app.office, token, PASSWORD, person.secret, "000000", at(1))
    for secret in ("", "AAAA", "no base32!", "A" * 16):
        with pytest.raises(BadInput, match="totp_secret"):
            enrol(app.office, token, PASSWORD, secret, "000000", at(1))
    enrol(app.office, token, PASSWORD, person.secret, person.code(at(1)), at(1))


# -- passwords


def test_the_hash_is_argon2id_at_the_cost_of_rfc_9106(app: App) -> None:
    a_person(app.office, "aliya")
    with app.office.open_reading() as work:
        assert work.rows("accounts", {"user": "aliya"})[0]["password_hash"].startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert Passwords().hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD, ANOTHER, "correct horse battery staple", "жеті шам тыныш айлақта тұр", "семь ламп в тихой гавани",
        "4071 9926 5835 7740 16", "  spaces at both ends count  ", "📦🔑🚪🪟🧱🪜🛤🗺🧭⛵🏔🌋🏝🏜🏕 and words", "x" * 4 + "a long one, quite" * 6,
    ],
)  # fmt: skip
def test_any_character_makes_a_password(password: str) -> None:
    assert check_password(password, ("aliya", "Aliya Synthetic"))


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("fourteen chars", "15 at least"),
        ("seven lamps " * 11, f"{LONGEST} at most"),
        ("aaaaaaaaaaaaaaaaaaaa", "different characters"),
        ("abababababababababab", "different characters"),
        ("password123456789", "tries first"),
        ("PasswordPassword1!", "tries first"),
        ("qwertyuiopasdfghjkl", "tries first"),
        ("12345678901234567890", "tries first"),
        ("ПарольПароль2026!", "tries first"),
        ("Қазақстан2026құпиясөз", "tries first"),
        ("aliya.synthetic.2026", "own name"),
        ("Aliya Synthetic 12!", "own name"),
    ],
)
def test_a_password_everybody_tries_first_is_refused_without_being_said(password: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        check_password(password, ("aliya", "Aliya Synthetic"))
    assert password not in str(refused.value)


def test_letters_typed_on_another_keyboard_are_the_same_letters(app: App) -> None:
    composed, apart = "der lümmel möchte früh baden", "der lu\u0308mmel mo\u0308chte fru\u0308h baden"
    assert check_password(apart, ()) == check_password(composed, ())
    a_user(app.office, "aliya")
    person = enrolled(app.office, "aliya", at(), apart)
    assert sign_in(app.office, "aliya", composed, person.code(at(60)), at(60))
    assert sign_in(app.office, "aliya", apart, person.code(at(90)), at(90))


def test_a_password_is_changed_with_both_factors_and_other_sessions_end(app: App) -> None:
    person = a_person(app.office, "aliya")
    other, mine = (sign_in(app.office, "aliya", PASSWORD, person.code(at(s)), at(s)) for s in (60, 90))
    for old, code in ((ANOTHER, person.code(at(120))), (PASSWORD, "000000")):
        with pytest.raises(NotAllowed) as refused:
            change_password(app.office, mine.session, old, ANOTHER, code, at(120))
        assert str(refused.value) == str(REFUSED)
    with pytest.raises(BadInput, match="15 at least"):
        change_password(app.office, mine.session, PASSWORD, "short", person.code(at(120)), at(120))
    change_password(app.office, mine.session, PASSWORD, ANOTHER, person.code(at(120)), at(120))
    assert resume(app.office, mine.token, at(121))
    with pytest.raises(NotAllowed, match=str(OVER)):
        resume(app.office, other.token, at(121))
    with pytest.raises(NotAllowed):
        sign_in(app.office, "aliya", PASSWORD, person.code(at(150)), at(150))
    assert sign_in(app.office, "aliya", ANOTHER, person.code(at(180)), at(180))
    assert findings(app, at(200)) == ()


# -- what an insider may try in the tables


def test_a_second_factor_belongs_to_its_account_alone(app: App) -> None:
    mine, theirs = a_person(app.office, "aliya"), a_person(app.office, "head", "commissioner")
    assert theirs.secret != mine.secret
    with app.database.connection(writing=True) as connection:
        both = "(totp_secret, password_hash)"
        mine_too = f"SELECT totp_secret, password_hash FROM accounts WHERE \"user\" = '{mine.user}'"
        connection.execute(text(f"UPDATE accounts SET {both} = ({mine_too}) WHERE \"user\" = 'head'"))
    with pytest.raises(IntegrityBroken):
        sign_in(app.office, "head", PASSWORD, mine.code(at(60)), at(60))
    assert any("account head" in one.what for one in findings(app, at(100)))


def test_an_account_nobody_was_invited_to_is_found(app: App) -> None:
    a_user(app.office, "head", "commissioner")
    with app.office.open_work() as work:
        row = {"user": "head", "password_hash": app.office.passwords.hash(PASSWORD), "totp_secret": b"", "blind": b""}
        work.insert("accounts", row)
        work.commit()
    assert any("account head was entered by no event" in one.what for one in findings(app, at(100)))


def test_the_account_of_nobody_cannot_be_made_into_one_that_opens(app: App) -> None:
    with pytest.raises(NotAllowed):
        sign_in(app.office, "nobody-here", PASSWORD, "000000", at(1))
    assert findings(app, at(2)) == ()
    with app.office.open_work() as work:
        work.update("accounts", {"password_hash": app.office.passwords.hash(PASSWORD)}, {"user": ""})
        work.commit()
    assert any("account of nobody" in one.what for one in findings(app, at(2)))
    with pytest.raises(NotAllowed):
        sign_in(app.office, "", PASSWORD, "000000", at(3))


def test_no_event_about_people_holds_a_secret(app: App) -> None:
    person = a_person(app.office, "aliya")
    session = sign_in(app.office, "aliya", PASSWORD, person.code(at(60)), at(60))
    token = make_api_token(app.office, "script", ("read",), NEXT_YEAR, session.session.actor, at(61))
    invitation = invite(app.office, "aliya", FOUNDER, at(62)).token
    with app.office.open_reading() as work:
        said = b"".join(bytes(row["data"]) for row in work.rows("case_events"))
        row = work.rows("accounts", {"user": "aliya"})[0]
    secrets = [PASSWORD, person.secret, session.token, session.session.csrf, token, invitation, row["password_hash"]]
    assert not [secret for secret in secrets if secret.encode() in said]
    assert "lamps" not in repr(session) and person.secret not in repr(begin_enrolment(app.office, invitation, at(63)))  # noqa: PT018
    assert session.token not in repr(session)
