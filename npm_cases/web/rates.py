"""How often somebody may try from one address: signing in, invitations, tokens of programs.

Addresses are kept for a minute, in memory, as hashes under a key of this process; they are never written down.
"""

import hashlib
import hmac
import secrets
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection

from npm_cases.domain.errors import CaseError
from npm_cases.domain.messages import say

TRIES, SECONDS = 10, 60
KEY_BYTES = 32
HOUSEHOLD = 64
"""Bits of an IPv6 address that one household or office shares."""


class TooManyTries(CaseError):
    """Somebody tried too often from one address: wait a minute."""


class Rates:
    """The tries of the last minute, by what was tried and from where."""

    def __init__(self, tries: int = TRIES) -> None:
        self._limit = RateLimitItemPerMinute(tries)
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(KEY_BYTES)

    def count(self, what: str, address: str) -> None:
        """Count a try.

        Raises TooManyTries for one too many; it is not counted, so that a wait of a minute is always enough.
        """
        if not self._window.hit(self._limit, self._name(what, address)):
            raise TooManyTries(say("too_many_tries", seconds=SECONDS))

    def need_room(self, what: str, address: str) -> None:
        """Let pass an address that has tries left, and count none: for those who count failures only.

        Raises TooManyTries.
        """
        if not self._window.test(self._limit, self._name(what, address)):
            raise TooManyTries(say("too_many_tries", seconds=SECONDS))

    def _name(self, what: str, address: str) -> str:
        return hmac.new(self._key, f"{what}|{address}".encode(), hashlib.sha256).hexdigest()


def address_of(connection: HTTPConnection) -> str:
    """Return where a request comes from; of a proxy on this machine, the address it says it heard from last.

    Others may write what they like into that header, so it is believed from loopback alone. The addresses of one IPv6
    network are one.
    """
    peer = connection.client.host if connection.client else ""
    if is_loopback(peer):
        peer = connection.headers.get("x-forwarded-for", "").rpartition(",")[2].strip() or peer
    try:
        found = ip_address(peer)
    except ValueError:
        return peer
    return str(ip_network((found, HOUSEHOLD), strict=False)) if isinstance(found, IPv6Address) else str(found)


def is_loopback(peer: str) -> bool:
    """Say whether an address is this machine's own."""
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False
