"""Whole numbers out of addresses and forms: what is none, or is beyond every number we give, is not an error."""

from npm_cases.services.log import NO_BOUND


def whole(text: str, otherwise: int = 0) -> int:
    """Read a number out of an address; what is none, or is beyond every number we give, becomes another."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(NO_BOUND))
    return min(int(text), NO_BOUND) if is_number else otherwise
