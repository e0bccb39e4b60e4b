"""Prefect's server and its workers as processes of their own, on one machine or several; a supervisor starts them again."""

import os
import sys

from config.settings import Settings
from npm_cases.domain.errors import ConfigurationError
from workflows.environment import POOL, server_database


def become_server(settings: Settings, host: str, port: int) -> None:
    """Turn this process into Prefect's server; its lines go to stderr as ours do."""
    os.environ["PREFECT_API_DATABASE_CONNECTION_URL"] = server_database(settings)
    os.environ.pop("PREFECT_API_URL", None)
    _become("server", "start", "--host", host, "--port", str(port))


def become_worker(name: str, runs: int) -> None:
    """Turn this process into a worker of our pool with so many runs at once.

    Raises ConfigurationError where nobody said which server to ask.
    """
    if not os.environ.get("PREFECT_API_URL"):
        raise ConfigurationError("say where Prefect's server is: PREFECT_API_URL=http://HOST:PORT/api")
    _become(
        "worker", "start", "--pool", POOL, "--type", "process", "--name", name, "--limit", str(runs),
        "--install-policy", "never",
    )  # fmt: skip


def _become(*command: str) -> None:
    sys.stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what Prefect prints for people is no line of a log
    os.execv(sys.executable, [sys.executable, "-m", "workflows.command", *command])  # noqa: S606 - our own interpreter
