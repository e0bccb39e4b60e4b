"""An installation opened: its settings become a database, a pack, a vault, and an office to work in; or a copy of it."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import Settings
from npm_cases import __version__
from npm_cases.bootstrap.app import App
from npm_cases.bootstrap.new_names import new_blind, new_id
from npm_cases.bootstrap.policy import policy_in_force, texts_as_shipped
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.limits import Limits
from npm_cases.domain.zones import check_zone_data
from npm_cases.persistence.copying import copy_to_sqlite
from npm_cases.persistence.database import Database
from npm_cases.persistence.document_files import DocumentFiles
from npm_cases.persistence.key_ring import KeyRing, open_key_ring
from npm_cases.persistence.migrate import check_origin, check_ready, check_triggers
from npm_cases.persistence.no_keys import BorrowedKeys, NoKeyStore
from npm_cases.persistence.register_rows import read_register
from npm_cases.persistence.rights import authorize
from npm_cases.persistence.roles import check_rights
from npm_cases.persistence.work import SqlWork
from npm_cases.services.crash_points import reach
from npm_cases.services.policy_status import check_status
from npm_cases.services.ports import DocumentStore, Office

CRASH_VARIABLE = "NPM_CASES_CRASH_AT"
SANDBOX = "npm-cases/sandbox/"
"""What the name of a sandbox's log begins with. Every event carries it, so nobody turns one kind into the other unseen."""


def database_of(settings: Settings) -> Database:
    """Return the database of an installation as the service uses it; the embedded one lies in the data folder."""
    return Database(url_of(settings), settings.busy_seconds, authorize)


def owners_database(settings: Settings) -> Database:
    """Return the database as its owner uses it: for setting up and migrating, never for work."""
    return Database(settings.owner_url or url_of(settings), settings.busy_seconds)


def url_of(settings: Settings) -> str:
    """Return the address of the database; the embedded one lies in the data folder."""
    return settings.database_url or f"sqlite:///{(settings.data_dir / 'cases.db').absolute()}"


def build(settings: Settings, *, without_keys: bool = False) -> App:
    """Put the parts of an installation together.

    ``without_keys`` lets an installation be read whose keys are missing: whatever is sealed then raises when it is used.
    Raises ConfigurationError when it was never set up, its keys are missing, or its rights are too wide; StaleZoneData;
    BadPack; IntegrityBroken when a trigger is gone.
    """
    check_zone_data()
    database = database_of(settings)
    try:
        return _built(settings, database, without_keys=without_keys)
    except BaseException:
        database.close()  # whoever tries again until it is ready would leave a connection behind each time
        raise


def _built(settings: Settings, database: Database, *, without_keys: bool) -> App:
    if database.is_sqlite and not settings.database_url and not (settings.data_dir / "cases.db").exists():
        raise ConfigurationError(
            f"there is no database in {settings.data_dir}; run `npm-cases init` (or `npm-cases init --sandbox` to try it)"
        )
    check_ready(database)
    check_triggers(database)
    check_origin(database)
    keys = open_key_ring(
        settings.data_dir, settings.key_store_url, settings.busy_seconds, database, needed=not without_keys
    )
    office = office_over(settings, database, keys)
    check_rights(database, sandbox=office.sandbox)
    return App(settings, database, office, keys)


def build_for_life(settings: Settings, *, without_keys: bool = False) -> App:
    """Put the parts of an installation together for as long as this process lives; raises like ``build``.

    What is loaded by now stays loaded, so the garbage collector is told to pass over it: walking through it again and
    again took a tenth of a sweep and of an import (docs/performance.md).
    """
    app = build(settings, without_keys=without_keys)
    gc.freeze()
    return app


def office_over(
    settings: Settings, database: Database, keys: KeyRing, documents: DocumentStore | None = None
) -> Office:
    """Return the office whose rows a database holds; its documents lie in the data folder unless others are given."""
    with database.reading() as tx:
        meta = {row["name"]: row["value"] for row in read_register(tx, "meta")}
    policy = policy_in_force(settings.country, meta)
    pack = policy.pack
    sandbox = meta["origin"].startswith(SANDBOX)
    check_status(pack, sandbox=sandbox)
    crash_at = os.environ.get(CRASH_VARIABLE, "") if sandbox else ""
    return Office(
        pack=pack,
        times=Timetable(pack, policy.earlier),
        origin=meta["origin"],
        app=__version__,
        mail_domain=meta["origin"].rpartition("/")[2] + ".npm-cases.invalid",
        sandbox=sandbox,
        holds_mail=settings.mail_in_working_time and (not sandbox or bool(meta.get("clock"))),
        sweep_seconds=settings.sweep_seconds,
        new_id=new_id,
        new_blind=new_blind,
        open_work=lambda: SqlWork(database, keys.store),
        open_reading=lambda: SqlWork(database, keys.store, writing=False),
        sealer=keys.vault,
        keys=keys.store,
        documents=documents or DocumentFiles(settings.data_dir / "documents"),
        at_point=reach(crash_at),
        limits=_limits(settings),
        earlier_calendars=policy.earlier,
        policy_texts=partial(texts_as_shipped, settings.country, pack),
        policy_stamp=policy.stamp,
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.session_idle_seconds, settings.session_absolute_seconds, settings.session_fresh_seconds,
        settings.sign_in_failures, settings.sign_in_lock_seconds, settings.invitation_seconds,
    )  # fmt: skip


def on_simulated_clock(app: App) -> App:
    """Return the same installation as its clock is simulated: mail is held until working time, as in earnest."""
    return replace(app, office=replace(app.office, holds_mail=app.settings.mail_in_working_time))


@contextmanager
def copy_of(app: App) -> Iterator[App]:
    """Give a copy of the installation's database to try things on; it is gone afterwards."""
    with TemporaryDirectory(prefix="npm-cases-") as folder:
        database = copy_to_sqlite(app.database, Path(folder) / "copy.db")
        keys = BorrowedKeys(app.key_ring.store if app.key_ring else NoKeyStore())
        office = replace(
            app.office,
            open_work=lambda: SqlWork(database, keys),
            open_reading=lambda: SqlWork(database, keys, writing=False),
            keys=keys,
            at_point=reach(""),
        )
        try:
            yield App(app.settings, database, office)
        finally:
            database.close()
