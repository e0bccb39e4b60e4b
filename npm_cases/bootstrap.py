"""The only place that picks real parts: settings become a database, a pack, a vault, and an office to work in."""

import gc
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import resources
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import Settings
from npm_cases import __version__
from npm_cases.domain.caseload import Caseload
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.ladders import Timetable
from npm_cases.domain.limits import Limits
from npm_cases.domain.zones import check_zone_data
from npm_cases.history.checkpoints import Checkpoint
from npm_cases.history.hashing import BLINDING_BYTES
from npm_cases.importers import read_rows
from npm_cases.packs.caseload_file import read_caseload
from npm_cases.packs.known import load_pack
from npm_cases.persistence.clocks import CountSinceStart, ServerClock
from npm_cases.persistence.copying import copy_to_sqlite
from npm_cases.persistence.counters import SqlCounters
from npm_cases.persistence.database import Database
from npm_cases.persistence.document_files import DocumentFiles
from npm_cases.persistence.key_ring import KeyRing, make_key_ring, open_key_ring
from npm_cases.persistence.key_rotation import WrappingRotation
from npm_cases.persistence.key_store import KeyStore
from npm_cases.persistence.log_hashing import in_processes
from npm_cases.persistence.log_tree import SqlLog, grow
from npm_cases.persistence.migrate import check_origin, check_ready, check_triggers, migrate
from npm_cases.persistence.no_keys import BorrowedKeys, NoKeyStore
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.register_lists import SqlRegisterLists
from npm_cases.persistence.register_rows import read_register
from npm_cases.persistence.rights import authorize
from npm_cases.persistence.roles import check_rights
from npm_cases.persistence.signer_program import KEY_FILE, MARK_FILE, SignerProgram
from npm_cases.persistence.upload_files import UploadFiles
from npm_cases.persistence.views import SqlViews
from npm_cases.persistence.work import SqlWork
from npm_cases.services.checkpoints import make_checkpoint
from npm_cases.services.clock_guard import OtherClock, checked_now
from npm_cases.services.crash_points import reach
from npm_cases.services.log import LOG_KEY, StoredCheckpoint
from npm_cases.services.mailroom import House, Outgoing, SendAll, Tried
from npm_cases.services.ports import DocumentStore, Office
from npm_cases.services.verify_log import Hashing

ID_BYTES = 8
CRASH_VARIABLE = "NPM_CASES_CRASH_AT"
EARNEST = "npm-cases/"
SANDBOX = "npm-cases/sandbox/"
"""What the name of a log begins with. Every event carries it, so nobody turns one kind into the other unseen."""


@dataclass(frozen=True)
class App:
    """The parts of a running installation."""

    settings: Settings
    database: Database
    office: Office
    key_ring: KeyRing | None = None

    @property
    def views(self) -> SqlViews:
        """The reading side for lists and histories."""
        return SqlViews(self.database)

    @property
    def lists(self) -> SqlRegisterLists:
        """The reading side of the registers, page by page."""
        return SqlRegisterLists(self.database)

    @property
    def uploads(self) -> UploadFiles:
        """Files given to import, until they are imported or an hour has passed."""
        return UploadFiles(self.settings.data_dir / "uploads")

    @property
    def counters(self) -> SqlCounters:
        """The counters that must balance."""
        return SqlCounters(self.database)

    @property
    def reader(self) -> SqlReader:
        """The reading side of the verification."""
        return SqlReader(self.database)

    @property
    def other_clocks(self) -> tuple[OtherClock, ...]:
        """The clocks beside the one this machine shows."""
        here = CountSinceStart(self.settings.data_dir / "clock")
        return (here,) if self.database.is_sqlite else (here, ServerClock(self.database))

    def checked(self, now: str) -> str:
        """Return what the machine's clock says, if no other contradicts it; raises ClockWrong, and it is an incident."""
        jump = timedelta(seconds=self.settings.clock_jump_seconds)
        return checked_now(self.office, now, self.other_clocks, jump)

    @property
    def house(self) -> House:
        """How our letters are signed."""
        post = self.office.pack.posts["commissioner"]
        reply_to = self.settings.smtp_reply_to or self.settings.smtp_sender
        return House(post.labels, self.settings.public_url, reply_to, self.keepers, self.settings.language)

    def log(self) -> SqlLog:
        """Open the log as a tree, with its checkpoints."""
        return SqlLog(self.database)

    def hashing(self, jobs: int) -> Hashing:
        """Return how the log is hashed: here, or in several processes of their own."""
        if jobs == 1:
            return Hashing()
        return Hashing(jobs, in_processes(self.database))

    @property
    def signer(self) -> SignerProgram:
        """The program that holds the log's key."""
        return _signer(self.settings)

    @property
    def keepers(self) -> tuple[str, ...]:
        """The addresses the daily checkpoint is mailed to."""
        return tuple(address.strip() for address in self.settings.checkpoint_keepers.split(",") if address.strip())

    def checkpoint(self, at: str) -> StoredCheckpoint:
        """Have the log as it is now signed and keep the checkpoint; raises like make_checkpoint."""
        self.sequence()
        grow(self.database)
        return make_checkpoint(self.office, self.log, self.signer, at)

    @property
    def key_store(self) -> KeyStore:
        """The key store, for those who look after it; raises ConfigurationError where there is none."""
        if self.key_ring is None:
            raise ConfigurationError("a copy to try things on has no key store of its own")
        return self.key_ring.own_store()

    @property
    def wrapping_rotation(self) -> WrappingRotation:
        """The steps by which the wrapping key is rotated."""
        if self.key_ring is None:
            raise ConfigurationError("a copy to try things on has no wrapping key of its own")
        return WrappingRotation(self.key_ring)

    def sequence(self) -> int:
        """Give every event without one its place in the log; returns how many."""
        from npm_cases.persistence.sequencer import sequence

        return sequence(self.database)

    def sender(self) -> SendAll | None:
        """Return what sends mail, or None where no mail server is set: mail then waits."""
        if not self.settings.smtp_port:
            return None
        return mail_sender(self.settings)

    @property
    def is_sandbox(self) -> bool:
        """Say whether this is a sandbox: it may simulate the clock and act as anybody."""
        return self.office.sandbox

    def close(self) -> None:
        """Give the database connections back."""
        if self.key_ring is not None:
            self.key_ring.close()
        self.database.close()


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
    pack = load_pack(settings.country)
    sandbox = meta["origin"].startswith(SANDBOX)
    crash_at = os.environ.get(CRASH_VARIABLE, "") if sandbox else ""
    return Office(
        pack=pack,
        times=Timetable(pack),
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
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        settings.session_idle_seconds, settings.session_absolute_seconds, settings.session_fresh_seconds,
        settings.sign_in_failures, settings.sign_in_lock_seconds, settings.invitation_seconds,
    )  # fmt: skip


def on_simulated_clock(app: App) -> App:
    """Return the same installation as its clock is simulated: mail is held until working time, as in earnest."""
    return replace(app, office=replace(app.office, holds_mail=app.settings.mail_in_working_time))


def mail_sender(settings: Settings) -> SendAll:
    """Return what fills in letters and delivers them over the configured server."""
    from npm_cases.mail import Letter, SmtpSettings, deliver, render

    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    server = SmtpSettings(
        host=settings.smtp_host, port=settings.smtp_port, security=settings.smtp_security, sender=settings.smtp_sender,
        username=settings.smtp_username or None, password=password, reply_to=settings.smtp_reply_to,
        ca_file=settings.smtp_ca_file, connect_timeout=settings.smtp_timeout_seconds,
        command_timeout=settings.smtp_timeout_seconds, data_timeout=settings.smtp_timeout_seconds,
        connections=settings.smtp_connections,
    )  # fmt: skip

    def send(outgoing: Sequence[Outgoing]) -> list[Tried]:
        letters = []
        for mail in outgoing:
            subject, plain, html = render(mail.template, mail.lang, **mail.values)
            letters.append(Letter(mail.message_id, mail.to, subject, plain, html, mail.lang, mail.written_at))
        return [
            Tried(d.message_id, d.outcome.value, d.stage.value, d.code or 0, d.reason) for d in deliver(letters, server)
        ]

    return send


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


def initialise(settings: Settings, *, sandbox: bool) -> App:
    """Create or migrate the database, the wrapping key and the folders; a sandbox stays one for ever.

    Raises ConfigurationError when an existing installation would change its nature.
    """
    if not settings.data_dir.exists():
        settings.data_dir.mkdir(parents=True, mode=0o700)  # names of posts and places lie in it unsealed
    database = owners_database(settings)
    migrate(database)
    make_key_ring(settings.data_dir, settings.key_store_url, settings.busy_seconds, database)
    with SqlWork(database) as work:
        meta = {row["name"]: row["value"] for row in work.rows("meta")}
        if "origin" not in meta:
            meta["origin"] = f"{SANDBOX if sandbox else EARNEST}{new_id()}"
            work.insert("meta", {"name": "origin", "value": meta["origin"]})
        elif sandbox != meta["origin"].startswith(SANDBOX):
            nature = "not a sandbox" if sandbox else "a sandbox"
            raise ConfigurationError(
                f"the database in {settings.data_dir} is {nature} and stays so; use another folder"
            )
        if LOG_KEY not in meta:
            work.insert("meta", {"name": LOG_KEY, "value": _set_up_signer(settings, meta["origin"])})
        work.commit()
    database.close()
    return build(settings)


def _signer(settings: Settings) -> SignerProgram:
    return SignerProgram(settings.signer_command, _signer_folder(settings))


def signer_at_hand(settings: Settings) -> Checkpoint | None:
    """Return the last checkpoint the signer remembers; None where no signer is at hand.

    Raises ConfigurationError for one whose key or mark is broken.
    """
    if not settings.signer_command and not (_signer_folder(settings) / KEY_FILE).exists():
        return None
    return _signer(settings).mark()


def _signer_folder(settings: Settings) -> Path:
    return settings.signer_dir or settings.data_dir / "signer"


def _set_up_signer(settings: Settings, origin: str) -> str:
    """Make the log's key and mark unless a signer elsewhere has them, and return the verifier key of the log."""
    folder = _signer_folder(settings)
    if settings.signer_command or (folder / KEY_FILE).exists():
        return _signer(settings).key()
    from npm_cases.proving.signer import Files, init

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return init(Files(folder / KEY_FILE, folder / MARK_FILE), origin)


def has_caseload(country: str) -> bool:
    """Say whether a country pack comes with a caseload to try."""
    return _caseload_folder(country).exists()


def _caseload_folder(country: str) -> Path:
    return Path(str(resources.files("config"))) / "caseload" / country


def bundled_caseload(country: str) -> Caseload:
    """Read the caseload that comes with a country pack, for sandboxes and the demo.

    Raises ConfigurationError where the country has none; BadPack for a file that does not fit.
    """
    folder = _caseload_folder(country)
    if not folder.exists():
        raise ConfigurationError(f"country {country!r} comes without a caseload to try")
    return read_caseload(folder, read_rows(folder / "published.json", "json"))


def new_blind() -> bytes:
    """Return the random bytes that keep a commitment from being guessed."""
    return secrets.token_bytes(BLINDING_BYTES)


_places = count(secrets.randbits(63))  # where this process begins to count, by chance


def new_id() -> str:
    """Return a name of 128 bits that no other process gives: 64 bits counted on from a random start, 64 random bits.

    Names given one after another stand together in every index, so that a batch writes few pages instead of one for
    each row (docs/performance.md). They tell no time, and no name can be guessed from another.
    """
    return f"{next(_places):016x}{secrets.token_hex(ID_BYTES)}"
