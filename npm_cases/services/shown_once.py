"""Random tokens that are shown once: 256 bits each, of which the database keeps the SHA-256 alone."""

import hashlib
import secrets
from dataclasses import dataclass, field

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class WayIn:
    """A token that lets somebody in; or, in its place, the proposal that a second person must confirm first."""

    token: str = field(default="", repr=False)
    pending: str = ""


def new_token() -> str:
    """Return 256 random bits as text for cookies, links and files."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return the name under which a token is kept: nobody finds the token from it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
