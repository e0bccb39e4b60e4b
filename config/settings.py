"""The settings of one installation, read from the environment (prefix NPM_CASES_) and a .env file.

Read by bootstrap and the entry points only; everyone else gets plain values. No secret has a default.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting with its meaning; the table in the README is held equal to this class by a test."""

    model_config = SettingsConfigDict(env_prefix="NPM_CASES_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(Path("var"), description="folder of database, documents, keys, mail sink and Prefect's home")
    database_url: str = Field(
        "", description="database instead of the embedded one, e.g. postgresql+psycopg://user@host/name"
    )
    owner_url: str = Field(
        "", description="the same database as its owner, who alone sets it up and migrates it (docs/postgresql.md)"
    )
    key_store_url: str = Field(
        "", description="database of the case keys instead of the file in the data folder; never the one of the cases"
    )
    key_backup_days: int = Field(
        30,
        gt=0,
        description="age at which a backup of the key store is removed, in days; the newest stays until there is a newer one",
    )
    country: str = Field("kz", description="country pack: a name in config/countries, or the path of a TOML file")
    language: Literal["kk", "ru", "en"] = Field("en", description="language of messages where a person has set none")
    busy_seconds: float = Field(
        10.0, gt=0, description="how long to wait for another writer before giving up, in seconds"
    )
    sweep_seconds: int = Field(300, gt=0, description="interval of the sweeps, in seconds")
    mail_seconds: int = Field(60, gt=0, description="interval of mail delivery, in seconds")
    mail_most: int = Field(1_000, gt=0, description="mails sent in one delivery at most; the others wait for the next")
    mail_in_working_time: bool = Field(
        True, description="hold mail until working time; a sandbox on the machine's clock never holds it"
    )
    verify_seconds: int = Field(86_400, gt=0, description="interval of the verification of the history, in seconds")
    watchdog_seconds: int = Field(300, gt=0, description="interval of the watchdog, in seconds")
    stale_sweep_seconds: int = Field(1_800, gt=0, description="age of the last sweep that is an incident, in seconds")
    stale_backup_seconds: int = Field(
        129_600, gt=0, description="age of the last good backup that `doctor` warns of, in seconds"
    )
    clock_jump_seconds: int = Field(
        1_800,
        gt=0,
        description="a step of the clock ahead that stops the flows unless every other clock confirms it, in seconds",
    )
    checkpoint_seconds: int = Field(
        900, gt=0, description="a checkpoint is signed this long after the last one if there are new events, in seconds"
    )
    heartbeat_seconds: int = Field(
        86_400, gt=0, description="a checkpoint is signed and mailed this often even without new events, in seconds"
    )
    checkpoint_keepers: str = Field(
        "", description="who gets the daily checkpoint: e-mail addresses in different bodies, parted by commas"
    )
    signer_dir: Path | None = Field(
        None, description="folder of the signer's key and high-water mark, on another disk; `signer` in the data folder"
    )
    signer_command: str = Field(
        "", description="how to reach a signer under another account or on another machine; our own if empty"
    )
    session_idle_seconds: int = Field(1_200, gt=0, description="a session nobody uses ends after this long, in seconds")
    session_absolute_seconds: int = Field(
        36_000, gt=0, description="a session ends this long after signing in, used or not, in seconds"
    )
    session_fresh_seconds: int = Field(
        600, gt=0, description="how long a second factor counts as fresh for the gravest acts, in seconds"
    )
    sign_in_failures: int = Field(5, gt=0, description="wrong tries in a row after which an account is locked")
    sign_in_lock_seconds: int = Field(900, gt=0, description="how long a locked account stays locked, in seconds")
    invitation_seconds: int = Field(
        259_200,
        gt=0,
        description="how long the link holds by which a person sets password and second factor, in seconds",
    )
    token_file: Path | None = Field(None, description="file with your own token, outside a sandbox")
    smtp_host: str = Field("127.0.0.1", description="mail server")
    smtp_port: int = Field(0, ge=0, le=65_535, description="its port; 0 sends nothing and leaves mail waiting")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="none is refused outside loopback"
    )
    smtp_username: str = Field("", description="name to log in with, empty for none")
    smtp_password: SecretStr | None = Field(None, description="password to log in with; it has no default")
    smtp_ca_file: Path | None = Field(None, description="certificate authority of the mail server, if it is your own")
    smtp_sender: str = Field("npm-cases@localhost", description="sender of every mail")
    smtp_reply_to: str = Field("", description="reply address printed for addressees outside; the sender if empty")
    smtp_timeout_seconds: float = Field(20.0, gt=0, description="limit of each stage of a delivery, in seconds")
    smtp_connections: int = Field(4, ge=1, le=32, description="connections to the mail server at once, at most")
    returned_mail_dir: Path | None = Field(
        None,
        description="Maildir into which the mail server puts what comes back to the sender; nothing is read if left out",
    )
    public_url: str = Field(
        "http://localhost:8000", description="address of the pages, for links in mail to our own people"
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="token that opens /metrics and /readyz, needed behind a proxy; without one they answer this machine alone",
    )
    prefect_auth_file: Path | None = Field(
        None,
        description="file with NAME:PASSWORD of Prefect's API, on every machine the same; made in the data folder if left out",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")


class SettingsWrong(Exception):
    """A setting has a value that cannot be used; each line names one."""


def read_settings() -> Settings:
    """Read the settings once, at an entry point.

    Raises SettingsWrong naming each variable and what is wrong with its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"NPM_CASES_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']} (given: {e['input']!r})"
            for e in error.errors()
        ]
        raise SettingsWrong("\n".join(lines)) from error
