"""How Prefect is set before it is imported: no telemetry, its home in the data folder, time enough to start."""

import os
from pathlib import Path

STARTUP_SECONDS = "120"

FIXED = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": STARTUP_SECONDS,
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}


def prepare(data_dir: Path) -> None:
    """Set Prefect's environment; must run before prefect is imported. An existing PREFECT_API_URL is used as it is."""
    home = data_dir.absolute() / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home))
    for name, value in FIXED.items():
        os.environ[name] = value
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # Prefect's server starts three times as fast when compiled


def server_database(data_dir: Path) -> str:
    """Return the URL of Prefect's own database, apart from the cases."""
    return f"sqlite+aiosqlite:///{(data_dir.absolute() / 'prefect' / 'prefect.db')}"
