"""Connections to a PostgreSQL server: encrypted and verified beyond this machine, bounded waits, tried after they lay idle."""

import math
from collections.abc import Mapping
from ipaddress import ip_address
from time import monotonic
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from npm_cases.domain.errors import ConfigurationError

POOL_SIZE = 8
IDLE_MILLISECONDS = 300_000  # a worker that stopped inside a transaction gives its locks back (FAULTS F05)
TRUSTED_SECONDS = 5.0  # a connection used so lately is not tried before it is used again
SHORTEST_CONNECT_SECONDS = 2  # libpq takes one second for two
PROBES = 3
VERIFIED = "verify-full"
SYSTEM_CERTIFICATES = 160_000  # the libpq that knows sslrootcert=system


def server_engine(url: str, busy_seconds: float) -> Engine:
    """Return an engine whose connections wait for a lock, for each other and for the server no longer than they may.

    Raises ConfigurationError for a server elsewhere that would be spoken to without a verified certificate.
    """
    parsed = make_url(url)
    given = {**bounded(busy_seconds), **parsed.query, **verified(parsed)}
    engine = create_engine(url, pool_size=POOL_SIZE, pool_timeout=busy_seconds, connect_args=given)
    limits = {
        "lock_timeout": round(busy_seconds * 1000), "idle_in_transaction_session_timeout": IDLE_MILLISECONDS,
    }  # fmt: skip
    driver_error = engine.dialect.loaded_dbapi.Error

    def limit_waiting(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for name, milliseconds in limits.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, str(milliseconds)))
        cursor.close()
        connection.commit()

    def note_use(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["used"] = monotonic()

    def try_if_idle(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        """Try a connection that nobody used for a while; one used a moment ago lives, or the act is asked once more."""
        if monotonic() - record.info.get("used", math.inf) < TRUSTED_SECONDS:
            return
        link: Any = connection
        try:
            link.execute("SELECT 1")
            link.rollback()
        except driver_error as error:
            raise DisconnectionError from error

    event.listen(engine, "connect", limit_waiting)
    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", try_if_idle)
    return engine


def bounded(busy_seconds: float) -> Mapping[str, int]:
    """Return what lets libpq notice that nobody is at the other end any more, where the system would wait for hours.

    What was sent must be acknowledged in ``busy_seconds``; a link on which nothing is sent is tried after half of it.
    Whoever waits for an answer over a dead link is told after three halves of it at most. What the URL says counts more.
    """
    return {
        "connect_timeout": max(SHORTEST_CONNECT_SECONDS, math.ceil(busy_seconds)),
        "tcp_user_timeout": math.ceil(busy_seconds * 1000),
        "keepalives_idle": math.ceil(busy_seconds / 2),
        "keepalives_interval": math.ceil(busy_seconds / 2 / PROBES),
        "keepalives_count": PROBES,
    }


def verified(url: URL) -> Mapping[str, str]:
    """Return what a connection is told beyond its URL: the certificate of a server elsewhere is verified, its name too.

    Raises ConfigurationError where the URL asks for less.
    """
    if is_here(url):
        return {}
    asked = url.query.get("sslmode", VERIFIED)
    if asked != VERIFIED:
        raise ConfigurationError(
            f"the database at {url.host} is on another machine, and sslmode={asked} would not verify who answers there: "
            f"leave sslmode out, or say sslmode={VERIFIED}, with sslrootcert=FILE for a certificate authority of your own"
        )
    return {"sslmode": VERIFIED} if "sslrootcert" in url.query or not _knows_system() else {
        "sslmode": VERIFIED, "sslrootcert": "system",
    }  # fmt: skip


def is_here(url: URL) -> bool:
    """Say whether a server is on this machine: a socket, the loopback address, or no host at all."""
    host = str(url.query.get("host") or url.host or "")
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _knows_system() -> bool:
    from psycopg import pq

    return pq.version() >= SYSTEM_CERTIFICATES
