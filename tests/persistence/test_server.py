"""Beyond this machine a server is spoken to with a verified certificate, or not at all."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from npm_cases.domain.errors import ConfigurationError, TryAgain
from npm_cases.persistence.database import Database
from npm_cases.persistence.server import VERIFIED, verified


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg:///cases", "postgresql+psycopg://localhost/cases", "postgresql+psycopg://127.0.0.1/cases",
        "postgresql+psycopg://[::1]/cases", "postgresql+psycopg:///cases?host=/run/postgresql",
        "postgresql+psycopg://127.0.0.1/cases?sslmode=disable",
    ],
)  # fmt: skip
def test_on_this_machine_the_url_alone_counts(url: str) -> None:
    assert verified(make_url(url)) == {}


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://db.office.example/cases", "postgresql+psycopg:///cases?host=192.0.2.7"]
)
def test_elsewhere_the_certificate_is_verified_unasked(url: str) -> None:
    assert verified(make_url(url))["sslmode"] == VERIFIED


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_elsewhere_less_is_refused_with_what_to_do(mode: str) -> None:
    with pytest.raises(ConfigurationError, match="verify-full"):
        Database(f"postgresql+psycopg://db.office.example/cases?sslmode={mode}")


def programs() -> Path:
    """The folder of the system's own PostgreSQL; the embedded one knows no TLS."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.skip("the system has no PostgreSQL, and the embedded one is built without TLS")


@pytest.fixture(scope="module")
def encrypted() -> Iterator[tuple[int, Path, Path]]:
    """A server with a certificate for the name localhost: its port, its authority, and another authority."""
    binaries, folder = programs(), Path(tempfile.mkdtemp(prefix="npm-cases-tls-"))
    folder.chmod(0o755)
    for name in ("server", "stranger"):
        command = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / f"{name}.key"),
            "-out", str(folder / f"{name}.crt"),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    data, user = folder / "data", "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        subprocess.run([str(binaries / command[0]), *command[1:]], check=True, capture_output=True, user=user, cwd="/")

    try:
        run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres")
        for name in ("server.crt", "server.key"):
            shutil.copy(folder / name, data / name)
            (data / name).chmod(0o600)
            if user:
                shutil.chown(data / name, user)
        options = f"-c ssl=on -c listen_addresses=127.0.0.1 -p {port} -k {folder}"
        run("pg_ctl", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options, "start")
        yield port, folder / "server.crt", folder / "stranger.crt"
        run("pg_ctl", "-w", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.pg
@pytest.mark.slow
def test_a_server_whose_certificate_is_not_the_one_is_not_spoken_to(
    encrypted: tuple[int, Path, Path],
) -> None:
    port, authority, stranger = encrypted

    def asked(host: str, trusted: Path) -> bool:
        database = Database(
            f"postgresql+psycopg://postgres@{host}:{port}/postgres?sslmode=verify-full&sslrootcert={trusted}", 1.0
        )
        try:
            with database.reading() as tx:
                link = tx._fairy.driver_connection  # type: ignore[attr-defined]
                return bool(link.pgconn.ssl_in_use)
        finally:
            database.close()

    assert asked("localhost", authority)
    with pytest.raises(TryAgain, match="certificate"):
        asked("localhost", stranger)
    with pytest.raises(TryAgain, match="does not match host"):  # the certificate names localhost
        asked("127.0.0.1", authority)
