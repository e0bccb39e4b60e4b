"""From a driver's error to one that says what to do. SQLite tells in words, PostgreSQL by its SQLSTATE codes."""

from npm_cases.domain.errors import BadInput, CaseError, Conflict, IntegrityBroken, TryAgain

LOCKED = "another program is writing to the database and did not finish in time: nothing was changed, try again"
TAKEN = "somebody else recorded the same thing first: nothing was changed; look again and decide anew"
GUARDED = ("append-only", "goes on from", "go on from", "not authorized", "permission denied for", "must be owner of")
UNIQUE_STATES = ("23505",)
LOCK_STATES = ("55P03", "57014", "40001", "40P01")  # not available, cancelled, serialization, deadlock
LOST_CLASSES = ("08", "57", "25P")  # connection, server shut down, transaction ended by the server
FULL_CLASSES = ("53", "58")  # no disk, memory or connections left; the system failed
DATA_CLASSES = ("22",)


def told(error: BaseException) -> BaseException:
    """Return the error a caller can act on; one that means a fault of the program is returned as it is."""
    if isinstance(error, CaseError):
        return error
    text = str(error).strip()
    if any(words in text for words in GUARDED):
        return IntegrityBroken(
            f"the database refused to bend the history ({_first(text)}): nothing was changed; call the auditor"
        )
    state = getattr(error, "sqlstate", None)
    if state is not None:
        return _by_state(state, text) or error
    return _by_words(type(error).__name__, text) or error


def _by_state(state: str, text: str) -> CaseError | None:
    if state in UNIQUE_STATES:
        return Conflict(TAKEN)
    if state in LOCK_STATES:
        return TryAgain(LOCKED)
    if state.startswith(LOST_CLASSES):
        return TryAgain(f"the database server ended the connection ({_first(text)}): nothing was changed, try again")
    if state.startswith(FULL_CLASSES):
        return TryAgain(_full(text))
    return BadInput(f"a value cannot be stored: {_first(text)}") if state.startswith(DATA_CLASSES) else None


def _by_words(kind: str, text: str) -> CaseError | None:
    if "UNIQUE constraint" in text:
        return Conflict(TAKEN)
    if "locked" in text or "busy" in text:
        return TryAgain(LOCKED)
    if "full" in text or "disk I/O" in text:
        return TryAgain(_full(text))
    if kind == "OperationalError" and ("connect" in text or "server" in text):
        return TryAgain(f"the database server cannot be reached ({_first(text)}): nothing was changed, try again")
    return BadInput(f"a value cannot be stored: {_first(text)}") if kind == "DataError" else None


def _full(text: str) -> str:
    return f"the disk is full or failing ({_first(text)}): nothing was written; make room, then try again"


def _first(text: str) -> str:
    return text.partition("\n")[0]
