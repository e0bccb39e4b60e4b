"""The parts of a running installation, put together, and what is asked of all of them at once."""

import os
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from config.settings import Settings
from npm_cases.bootstrap.log_signer import signer_of
from npm_cases.bootstrap.mail_sending import mail_sender
from npm_cases.bootstrap.policy import by_policy_in_force
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.messages import say
from npm_cases.mail.returned_folder import ReturnedFolder
from npm_cases.persistence.clocks import CountSinceStart, ServerClock
from npm_cases.persistence.counters import SqlCounters
from npm_cases.persistence.database import Database
from npm_cases.persistence.key_ring import KeyRing
from npm_cases.persistence.key_rotation import WrappingRotation
from npm_cases.persistence.key_store import KeyStore
from npm_cases.persistence.log_hashing import in_processes
from npm_cases.persistence.log_tree import SqlLog, grow
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.register_lists import SqlRegisterLists
from npm_cases.persistence.signer_program import SignerProgram
from npm_cases.persistence.upload_files import UploadFiles
from npm_cases.persistence.views import SqlViews
from npm_cases.services.checkpoints import make_checkpoint
from npm_cases.services.clock_guard import OtherClock, checked_now
from npm_cases.services.log import StoredCheckpoint
from npm_cases.services.mailroom import House, SendAll
from npm_cases.services.ports import Office
from npm_cases.services.returned_mail import take_returned
from npm_cases.services.verify_log import Hashing

POLICY_SECONDS = 1.0


@dataclass(eq=False)
class App:
    """The parts of a running installation; the office changes with the policy that is adopted (``renew``)."""

    settings: Settings
    database: Database
    office: Office
    key_ring: KeyRing | None = None
    looked_at: float = 0.0

    def renew(self) -> None:
        """Go on by the policy in force by now: a program that lives long asks before each thing it does.

        The database is asked once a second at most.
        """
        if monotonic() - self.looked_at >= POLICY_SECONDS:
            self.looked_at = monotonic()
            with self.office.open_reading() as work:
                self.office = by_policy_in_force(self.office, self.settings.country, work)

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
        return signer_of(self.settings)

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

    def returned(self) -> ReturnedFolder | None:
        """Return the folder of returned mail, None where none is set; raises ConfigurationError where it is no Maildir."""
        folder = self.settings.returned_mail_dir
        if folder is None:
            return None
        if not all(os.access(folder / name / ".", os.R_OK | os.W_OK | os.X_OK) for name in ("new", "cur")):
            raise ConfigurationError(say("returned_mail_dir_missing", folder=str(folder)))
        return ReturnedFolder(folder)

    def take_returned(self, now: str) -> dict[str, int]:
        """Read what came back of our mail, where a folder is set; returns how many letters were what."""
        returned = self.returned()
        return take_returned(self.office, returned, self.house, now) if returned else {}

    @property
    def is_sandbox(self) -> bool:
        """Say whether this is a sandbox: it may simulate the clock and act as anybody."""
        return self.office.sandbox

    def close(self) -> None:
        """Give the database connections back."""
        if self.key_ring is not None:
            self.key_ring.close()
        self.database.close()
