"""Changed calendars, put in force by two people. Every decree here is synthetic, unless its test says where it is from."""

from npm_cases.bootstrap import App
from npm_cases.domain.records import Actor
from npm_cases.packs.calendar_file import parse_calendar
from npm_cases.packs.policy_texts import calendar_text
from npm_cases.services.adoption import Adopted, adopt, propose_calendar
from npm_cases.services.office_acts import Seconded
from tests.makers import ADMINISTRATOR, COMMISSIONER

THURSDAY_FREE = '\n[[days_off]]\nid = "synthetic_decree"\ndates = [2026-03-19]\nsource = "a synthetic decree"\n'
SATURDAY_WORKED = '\n[[transfers]]\noff = 2026-05-04\nworked = 2026-03-14\nsource = "a synthetic decree"\n'


def calendar_with(lines: str, version: str = "synthetic-2", text: str = "") -> str:
    """Return a calendar file, that of Kazakhstan unless another is given, under another version and with more lines."""
    given = text or calendar_text("kz")
    return given.replace('version = "2026.2"', f'version = "{version}"', 1) + lines


def adopt_calendar(app: App, text: str, at: str) -> Adopted:
    """Propose and confirm a calendar; the installation goes on by it."""
    proposal, _ = propose_calendar(app.office, text, parse_calendar(text, "synthetic.toml"), ADMINISTRATOR, at)
    return confirmed(app, proposal, at)


def confirmed(app: App, proposal: str, at: str, second: Actor = COMMISSIONER) -> Adopted:
    """Put a proposal in force; the installation goes on by it."""
    done = adopt(app.office, Seconded(proposal, second), at)
    renewed(app)
    return done


def renewed(app: App) -> None:
    """Let an installation see at once what was adopted."""
    app.looked_at = 0.0
    app.renew()
