"""From a driver's error to one that says what to do. SQLite tells in words, PostgreSQL by its SQLSTATE codes."""

from npm_cases.domain.errors import AskAgain, BadInput, CaseError, Conflict, IntegrityBroken, OutcomeUnknown, TryAgain
from npm_cases.domain.messages import say

LOCKED = say("database_locked")
TAKEN = say("recorded_by_another")
GUARDED = ("append-only", "goes on from", "go on from", "not authorized", "permission denied for", "must be owner of")
UNIQUE_STATES = ("23505",)
LOCK_STATES = ("55P03", "57014")  # not available, cancelled
CLASH_STATES = ("40001", "40P01")  # serialization, deadlock
LOST_CLASSES = ("08", "57", "25P")  # connection, server shut down, transaction ended by the server
FULL_CLASSES = ("53", "58")  # no disk, memory or connections left; the system failed
DATA_CLASSES = ("22",)


def told(error: BaseException) -> BaseException:
    """Return the error a caller can act on; one that means a fault of the program is returned as it is."""
    if isinstance(error, CaseError):
        return error
    text = str(error).strip()
    if any(words in text for words in GUARDED):
        return IntegrityBroken(say("history_not_bent", wrong=_first(text)))
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _by_state(state, text) or error
    return _by_words(type(error).__name__, text) or error


def _by_state(state: str, text: str) -> CaseError | None:
    if state in UNIQUE_STATES:
        return Conflict(TAKEN)
    if state in LOCK_STATES:
        return TryAgain(LOCKED)
    if state in CLASH_STATES:
        return AskAgain(say("in_each_others_way"))
    if state.startswith(LOST_CLASSES):
        return AskAgain(say("server_hung_up", wrong=_first(text)))
    if state.startswith(FULL_CLASSES):
        return TryAgain(say("disk_full", wrong=_first(text)))
    return BadInput(say("value_not_storable", wrong=_first(text))) if state.startswith(DATA_CLASSES) else None


def _by_words(kind: str, text: str) -> CaseError | None:
    if "UNIQUE constraint" in text:
        return Conflict(TAKEN)
    if "locked" in text or "busy" in text:
        return TryAgain(LOCKED)
    if "full" in text or "disk I/O" in text:
        return TryAgain(say("disk_full", wrong=_first(text)))
    if kind == "OperationalError" and ("connect" in text or "server" in text):
        return AskAgain(say("server_unreachable", wrong=_first(text)))
    return BadInput(say("value_not_storable", wrong=_first(text))) if kind == "DataError" else None


def unknown(error: BaseException) -> BaseException:
    """Return the error of a commit: one whose answer was lost may have been done; every other is told as it is."""
    found = told(error)
    if isinstance(found, AskAgain) and getattr(error, "sqlstate", None) not in CLASH_STATES:
        return OutcomeUnknown(say("outcome_unknown", wrong=_first(str(error).strip())))
    return found


def _first(text: str) -> str:
    return text.partition("\n")[0]
