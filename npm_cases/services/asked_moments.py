"""The moments a person asks for by days they typed: what was true on one day, as known on another, against two others."""

from dataclasses import dataclass

from npm_cases.domain.instants import from_text
from npm_cases.services.as_of import Moment, moment
from npm_cases.services.given_days import a_day
from npm_cases.services.ports import Office


@dataclass(frozen=True, slots=True)
class Asked:
    """Days as they were typed (ISO 8601). Without ``known`` it is today; without ``against_*`` nothing is compared."""

    on: str
    known: str = ""
    against_on: str = ""
    against_known: str = ""


def asked_moments(office: Office, asked: Asked, at: str) -> tuple[Moment, ...]:
    """Return one moment, or two to compare; what is left out of the second is as in the first.

    Raises BadInput naming the field.
    """
    today = office.times.day(from_text(at))
    on = a_day("on", asked.on)
    known = a_day("known", asked.known) if asked.known else today
    first = moment(on, known, today)
    if not asked.against_on and not asked.against_known:
        return (first,)
    other_on = a_day("against_on", asked.against_on) if asked.against_on else on
    other_known = a_day("against_known", asked.against_known) if asked.against_known else known
    return first, moment(other_on, other_known, today)
