"""From what went wrong to an exit code and a message: the one map for the command line."""

import json
import sys
from typing import Any

from npm_cases.domain import errors

EXIT_CODES: dict[type[BaseException], int] = {
    errors.WrongRole: 4,
    errors.RefusedByRule: 3,
    errors.NotAllowed: 4,
    errors.Conflict: 5,
    errors.NotFound: 6,
    errors.BadInput: 7,
    errors.IntegrityBroken: 8,
    errors.ConfigurationError: 2,
    errors.TryAgain: 1,
}
BAD_INPUT = 7
BROKEN = 8


def exit_code(error: BaseException) -> int:
    """Return the exit code of an error, 1 for anything unforeseen."""
    for kind, code in EXIT_CODES.items():
        if isinstance(error, kind):
            return code
    return BAD_INPUT if _is_bad_pack(error) else 1


def _is_bad_pack(error: BaseException) -> bool:
    """Recognise the refusal of a pack, whose class lies in a layer that is loaded only when used."""
    return any(kind.__name__ == "BadPack" for kind in type(error).__mro__)


def tell(error: BaseException, *, as_json: bool) -> None:
    """Say what is wrong, where, and what to do: on stderr for people, as one JSON object on stdout for programs."""
    if as_json:
        sys.stdout.write(json.dumps({"error": _members(error)}, ensure_ascii=False, indent=2) + "\n")
    for line in _lines(error):
        sys.stderr.write(line + "\n")


def _members(error: BaseException) -> dict[str, Any]:
    members: dict[str, Any] = {"kind": type(error).__name__, "message": str(error)}
    if isinstance(error, errors.CaseError) and error.code:
        members |= {"code": error.code, "field": error.field}
    if isinstance(error, errors.RefusedByRule):
        members |= {"reasons": list(error.reasons), "roles": list(error.roles), "permitted": list(error.permitted)}
    return members


def _lines(error: BaseException) -> list[str]:
    lines = [str(error) or type(error).__name__]
    if isinstance(error, errors.RefusedByRule):
        lines += [f"  - {said(reason)} ({reason})" for reason in error.reasons]
        lines.append(f"  may be done by: {', '.join(error.roles) or 'nobody in this state'}")
        lines.append(f"  permitted now: {', '.join(error.permitted) or 'nothing for this role'}")
    return lines


def said(reason: str) -> str:
    """Say a reason's code in words; a code without words stands for itself."""
    from npm_cases.domain.messages_words import words_for

    return words_for("reason", reason, "en")
