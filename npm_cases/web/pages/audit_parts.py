"""What the pages of auditors share: what was wrong with a form, numbers out of an address, the present day."""

from datetime import date

from npm_cases.domain.errors import CaseError
from npm_cases.domain.instants import from_text
from npm_cases.services.log import NO_BOUND
from npm_cases.web.failures import said
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.visit import Visit


def wrong_of(visit: Visit, error: CaseError) -> Wrong:
    """Say an error to the reader; beside a field without naming it again."""
    text = error.beside(visit.lang) if error.field else said(error, visit.lang)
    return Wrong(text, error.field, getattr(error, "reasons", ()))


def whole(text: str, otherwise: int = 0) -> int:
    """Read a number out of an address; what is none, or is beyond every number we give, becomes another."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(NO_BOUND))
    return min(int(text), NO_BOUND) if is_number else otherwise


def today(visit: Visit) -> date:
    """Return the present day on the wall calendar of the country."""
    return visit.office.times.day(from_text(visit.at))
