"""From what went wrong to an HTTP status and a page: the one map for the web."""

from collections.abc import Mapping

from npm_cases.domain import errors
from npm_cases.web.rates import TooManyTries

STATUS: Mapping[type[BaseException], int] = {
    errors.WrongRole: 403,
    errors.RefusedByRule: 422,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.NotFound: 404,
    errors.BadInput: 422,
    errors.IntegrityBroken: 500,
    errors.ConfigurationError: 500,
    errors.TryAgain: 503,
    TooManyTries: 429,
}
"""A subclass stands before what it is a kind of."""


def status_of(error: BaseException) -> int:
    """Return the status of an error, 500 for anything unforeseen."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def said(error: BaseException, lang: str) -> str:
    """Say what went wrong to a reader of a language; nothing of what was not foreseen."""
    if not isinstance(error, errors.CaseError):
        return ""
    return error.said(lang)
