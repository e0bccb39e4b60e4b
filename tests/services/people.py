"""A synthetic installation in earnest with people who have accounts; hashing is cheap, so that tests need not wait."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pyotp import TOTP

from npm_cases.bootstrap import App, initialise
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE, Event, EventType, read
from npm_cases.proving.verdict import Finding
from npm_cases.services.accounts import begin_enrolment, enrol
from npm_cases.services.passwords import Passwords
from npm_cases.services.ports import Office
from npm_cases.services.users import AddUser, add_user
from npm_cases.services.verify import verify
from npm_cases.services.ways_in import invite
from tests.makers import MON_2_MAR, settings_of

CHEAP = Passwords(rounds=1, memory_kib=8, lanes=1)
FOUNDER = Actor("init", frozenset({"administrator"}))
FIRST = Actor("first", frozenset({"administrator"}))
PASSWORD = "seven lamps in a quiet harbour"  # noqa: S105 - synthetic people have synthetic passwords


def at(seconds: float = 0) -> str:
    """An instant so many seconds after the beginning."""
    return as_text(from_text(MON_2_MAR) + timedelta(seconds=seconds))


def an_installation(folder: Path, url: str = "", *, sandbox: bool = False) -> App:
    """Make an installation with its first administrator."""
    app = initialise(settings_of(folder, url, busy_seconds=5.0), sandbox=sandbox)
    app = replace(app, office=replace(app.office, passwords=CHEAP))
    add_user(app.office, AddUser(FIRST.user, ("administrator",), FOUNDER, MON_2_MAR))
    return app


@dataclass
class Person:
    """Somebody with an account, and the device that shows their codes."""

    user: str
    secret: str

    def code(self, when: str) -> str:
        return str(TOTP(self.secret).at(int(from_text(when).timestamp())))


def a_user(office: Office, user: str, *roles: str, when: str = MON_2_MAR) -> Actor:
    """Add a user as the founder, whom nobody has to confirm."""
    add_user(office, AddUser(user, roles or ("caseworker",), FOUNDER, when, f"Synthetic {user}"))
    return Actor(user, frozenset(roles or ("caseworker",)))


def a_person(office: Office, user: str, *roles: str, when: str = MON_2_MAR) -> Person:
    """Add a user and let them set up their account."""
    a_user(office, user, *roles, when=when)
    return enrolled(office, user, when)


def enrolled(office: Office, user: str, when: str = MON_2_MAR, password: str = PASSWORD) -> Person:
    token = invite(office, user, FOUNDER, when).token
    person = Person(user, begin_enrolment(office, token, when).totp_secret)
    enrol(office, token, password, person.secret, person.code(when), when)
    return person


def events(office: Office, *types: EventType) -> list[Event]:
    """The events of the office, in their order; of some types, if any are named."""
    with office.open_reading() as work:
        found = [read(bytes(row["data"])) for row in work.rows("case_events", {"chain": OFFICE})]
    return [event for event in found if not types or event.type in types]


def findings(app: App, when: str) -> tuple[Finding, ...]:
    """What the verification finds in the whole installation."""
    app.sequence()
    with app.reader as reader:
        return tuple(verify(app.office, reader, when).findings)
