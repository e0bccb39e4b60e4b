"""A form that is sent and may come back: what was wrong is said beside the field it is about, or over the form."""

from collections.abc import Callable, Collection

from npm_cases.domain.errors import BadInput, CaseError, Conflict, NotAllowed, NotFound
from npm_cases.web.failures import status_of
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.visit import Visit

WELL = 200


def tried(visit: Visit, do: Callable[[], object], fields: Collection[str] = ()) -> tuple[Wrong | None, int]:
    """Do something for a form with these fields; return None when it was done, else what was wrong, and the status."""
    try:
        do()
    except (BadInput, Conflict, NotFound, NotAllowed) as error:
        return wrong_of(error, visit.lang, fields), status_of(error)
    return None, WELL


def wrong_of(error: CaseError, lang: str, fields: Collection[str]) -> Wrong:
    """Say what was wrong; beside a field only where the form has it."""
    if error.field in fields:
        return Wrong(error.beside(lang), error.field)
    return Wrong(error.said(lang))
