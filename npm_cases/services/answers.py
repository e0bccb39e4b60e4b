"""Idempotency: a command with a key is done once; the same key and body get the first answer, another body is refused."""

import hashlib
import hmac
import json
from typing import Any

from npm_cases.domain.errors import Conflict
from npm_cases.domain.messages import say
from npm_cases.services.ports import Work


def earlier(work: Work, key: str, user: str, body: object) -> dict[str, Any] | None:
    """Return the first answer to a key, or None when it is new or empty.

    Raises Conflict when the key was used for another command or by another person.
    """
    if not key:
        return None
    found = work.answer(digest(key))
    if found is None:
        return None
    kept_user, kept_digest, answer = found
    if kept_user != user or kept_digest != _of(key, body):
        raise Conflict(say("key_reused"))
    return dict(json.loads(answer))


def keep(work: Work, key: str, user: str, body: object, answer: dict[str, Any], at: str) -> None:
    """Keep an answer under its key, in the transaction of what it answers; ``answer`` holds the receipt."""
    if key:
        work.keep_answer(digest(key), user, _of(key, body), json.dumps(answer, sort_keys=True), at)


def digest(text: str) -> str:
    """Return the name a key goes by in the database and in the history."""
    return hashlib.sha256(text.encode()).hexdigest()


def _of(key: str, body: object) -> str:
    """Return what tells bodies apart: keyed, because the bare hash of a name in one could be guessed."""
    written = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return hmac.new(key.encode(), written.encode(), hashlib.sha256).hexdigest()
