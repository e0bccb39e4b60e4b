"""What the pages of auditors share: what was wrong with a form, numbers out of an address, the present day."""

from datetime import date

from npm_cases.domain.errors import CaseError
from npm_cases.domain.instants import from_text
from npm_cases.web.failures import said
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.visit import Visit


def wrong_of(visit: Visit, error: CaseError) -> Wrong:
    """Say an error to the reader; beside a field without naming it again."""
    text = error.beside(visit.lang) if error.field else said(error, visit.lang)
    return Wrong(text, error.field, getattr(error, "reasons", ()))


def today(visit: Visit) -> date:
    """Return the present day on the wall calendar of the country."""
    return visit.office.times.day(from_text(visit.at))
