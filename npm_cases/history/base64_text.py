"""Base64 as the formats of the log write it (RFC 4648 section 4): one spelling for one value."""

import base64
import binascii


class NotBase64(ValueError):
    """The text is not the base64 of anything, or not its one canonical spelling."""


def encoded(data: bytes) -> str:
    """Return the base64 with padding, on one line."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: str) -> bytes:
    """Read base64 back, refusing every other spelling: a hash compares as bytes only when its text cannot vary.

    Raises NotBase64.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotBase64(f"'{text[:80]}' is not base64") from error
    if encoded(data) != text:
        raise NotBase64(f"'{text[:80]}' is not the canonical base64 of its bytes")
    return data
