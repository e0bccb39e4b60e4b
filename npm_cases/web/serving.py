"""The web server: one process, many threads, on a socket that was bound before anybody was told its address."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from npm_cases.bootstrap import App
from npm_cases.domain.errors import ConfigurationError
from npm_cases.web.application import build_web

KEEP_ALIVE_SECONDS, LARGEST_HEADERS = 30, 32 * 1024
WAITING = 128


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Give a bound socket.

    Raises ConfigurationError when the port is taken or not ours to take.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"port {port} on {host} cannot be used ({error.strerror}); give another with --port"
            ) from error
        sock.listen(WAITING)
        yield sock


def run(app: App, clock: Callable[[], str], sock: socket.socket) -> None:
    """Serve until the process is told to stop. No line is logged for a request: an address tells who asked."""
    config = uvicorn.Config(
        build_web(app, clock), log_config=None, access_log=False, server_header=False, lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_SECONDS, h11_max_incomplete_event_size=LARGEST_HEADERS, proxy_headers=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[sock])
