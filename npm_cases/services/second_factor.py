"""The second factor: codes of six digits that change every thirty seconds (RFC 6238), each good once."""

import hmac
import secrets
from base64 import b32encode

from npm_cases.domain.errors import BadInput
from npm_cases.domain.instants import from_text
from npm_cases.domain.messages import say

STEP_SECONDS = 30
STEPS_BESIDE = 1
"""Clocks of telephones differ: the code before and the one after are taken too (RFC 6238, section 5.2)."""
SECRET_BYTES = 20
NO_STEP = -1


def new_secret() -> str:
    """Return a new shared secret of 160 bits in base32 (RFC 4226, section 4)."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def uri(secret: str, user: str, issuer: str) -> str:
    """Return what an authenticator reads from a QR code."""
    from pyotp import TOTP

    return TOTP(secret).provisioning_uri(name=user, issuer_name=issuer)


def step_of(secret: str, code: str, at: str) -> int:
    """Return the step a code belongs to, if it is of this moment or of a step beside it; NO_STEP otherwise.

    Every code is compared whichever is right, so that nothing shows which one was near.
    """
    from pyotp import TOTP

    totp, given = TOTP(secret), "".join(code.split()).encode("utf-8", "surrogatepass")
    now = int(from_text(at).timestamp()) // STEP_SECONDS
    found = NO_STEP
    for step in range(now - STEPS_BESIDE, now + STEPS_BESIDE + 1):
        if hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), given):
            found = step
    return found


def check_secret(secret: str) -> None:
    """Let pass a secret as ``new_secret`` makes them.

    Raises BadInput.
    """
    from base64 import b32decode

    try:
        is_whole = len(b32decode(secret)) == SECRET_BYTES
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BadInput(say("secret_not_shown", field="totp_secret"))
