"""Set an installation up: the database, the key, and the first people."""

from datetime import UTC, date, datetime
from typing import Any

from npm_cases.cli.shell import parse_instant
from npm_cases.domain.instants import as_text
from npm_cases.domain.records import Actor

FIRST_ADMINISTRATOR = "administrator"


def start(settings: Any, *, sandbox: bool, now_text: str = "") -> dict[str, Any]:
    """Create or migrate; a new sandbox gets synthetic registers, a new installation its first administrator.

    Raises ConfigurationError for a pack that does not hold, or is a draft, unless it is for a sandbox; and like initialise.
    """
    from npm_cases.bootstrap import initialise
    from npm_cases.services.users import FOUNDER, AddUser, add_user

    instant = parse_instant(now_text, "--now") if now_text else datetime.now(UTC)
    if not sandbox:
        _prove(settings.country, instant.date())
    app = initialise(settings, sandbox=sandbox)
    now = as_text(instant)
    answer: dict[str, Any] = {"data_dir": str(settings.data_dir), "sandbox": sandbox, "country": app.office.pack.id}
    with app.office.open_reading() as work:
        is_new = not work.rows("users")
    try:
        if is_new and sandbox:
            answer["users"] = _seed(app, now, simulated=bool(now_text))
        elif is_new:
            first = Actor(FOUNDER, frozenset({"administrator"}))
            wanted = AddUser(FIRST_ADMINISTRATOR, ("administrator",), first, now)
            answer["administrator_token"] = add_user(app.office, wanted).token
            answer["next"] = "keep the token in a file of your own and set NPM_CASES_TOKEN_FILE to it"
    finally:
        app.close()
    return answer


def _prove(country: str, on: date) -> None:
    """Let nobody set up in earnest by a pack that could forget somebody; it takes seconds, so only setting up asks."""
    from npm_cases.domain.errors import ConfigurationError
    from npm_cases.packs.known import load_pack
    from npm_cases.services.policy_check import check_policy
    from npm_cases.services.policy_status import check_status

    pack = load_pack(country)
    check_status(pack, sandbox=False)
    if findings := check_policy(pack, on).findings:
        raise ConfigurationError(
            f"pack {pack.id} does not hold, {len(findings)} findings: {findings[0].what}; "
            f"`npm-cases policy check --country {country}` shows each with a way there"
        )


def _seed(app: Any, now: str, *, simulated: bool) -> str:
    """Fill the registers of a new sandbox: at its simulated clock, else as far back as the calendar knows days off."""
    from npm_cases.bootstrap import caseload_for
    from npm_cases.services.caseload import seed_registers

    calendar, times = app.office.pack.calendar, app.office.times
    earliest = times.opening(date(calendar.first_confirmed_year, 1, 1))
    seed_registers(app.office, caseload_for(app.office.pack), now, now if simulated else min(now, earliest))
    return "synthetic; see `npm-cases user list`"
