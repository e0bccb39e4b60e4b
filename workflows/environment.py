"""How Prefect is set before it is imported: no telemetry, its home in the data folder, its API behind a password."""

import os
import secrets
from pathlib import Path

from config.settings import Settings
from npm_cases.domain.errors import ConfigurationError

POOL = TAG = "npm-cases"
STARTUP_SECONDS = "120"
HEARTBEAT_SECONDS = 60
LATE_SECONDS = 300
PASSWORD_BYTES = 24
FOR_THE_WORLD = 0o007

FIXED = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": STARTUP_SECONDS,
    "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
    # Kept in memory, leases die with the server and the places of the runs it had counted are never free again.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_LOGGING_SETTINGS_PATH": str(Path(__file__).with_name("logging.yml")),
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}
UNLESS_SET = {
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": str(LATE_SECONDS),
}


def prepare(settings: Settings) -> None:
    """Set Prefect's environment; must run before prefect is imported. An existing PREFECT_API_URL is used as it is.

    Raises ConfigurationError for a password file that cannot be used.
    """
    home = settings.data_dir.absolute() / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.update(FIXED)
    for name, value in UNLESS_SET.items():
        os.environ.setdefault(name, value)
    password = _password(settings.prefect_auth_file, home)
    if password:
        os.environ["PREFECT_API_AUTH_STRING"] = os.environ["PREFECT_SERVER_API_AUTH_STRING"] = password
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # Prefect's server starts three times as fast when compiled


def server_database(settings: Settings) -> str:
    """Return the URL of Prefect's own database, apart from the cases; one that is set is used as it is."""
    own = f"sqlite+aiosqlite:///{(settings.data_dir.absolute() / 'prefect' / 'prefect.db')}"
    return os.environ.get("PREFECT_API_DATABASE_CONNECTION_URL", own)


def _password(file: Path | None, home: Path) -> str:
    """Return NAME:PASSWORD of the API; nothing where the server is elsewhere and none was given."""
    given, own = os.environ.get("PREFECT_API_AUTH_STRING", ""), home / "api-auth"
    if file is not None:
        return _read(file)
    if given or (os.environ.get("PREFECT_API_URL") and not own.exists()):
        return given
    return _made(own)


def _read(file: Path) -> str:
    try:
        found, mode = file.read_text(encoding="utf-8").strip(), file.stat().st_mode
    except OSError as error:
        raise ConfigurationError(
            f"NPM_CASES_PREFECT_AUTH_FILE: {file} cannot be read ({error.strerror}): put NAME:PASSWORD into it"
        ) from error
    if ":" not in found:
        raise ConfigurationError(f"NPM_CASES_PREFECT_AUTH_FILE: {file} must hold NAME:PASSWORD on one line")
    if mode & FOR_THE_WORLD:
        raise ConfigurationError(f"NPM_CASES_PREFECT_AUTH_FILE: {file} can be read by everybody: chmod 0600 {file}")
    return found


def _made(file: Path) -> str:
    """Make the password where there is none; of two who do so at once, one is believed."""
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(file)
    with os.fdopen(made, "w", encoding="utf-8") as written:
        written.write(f"npm-cases:{secrets.token_urlsafe(PASSWORD_BYTES)}")
    return _read(file)
