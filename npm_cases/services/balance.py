"""Nothing lost, measured: the counters of AUDIT section 2 that must balance at any time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from npm_cases.domain.instants import as_text, from_text
from npm_cases.services.erasure import unfinished_erasures
from npm_cases.services.mailroom import RETRIES
from npm_cases.services.ports import Office
from npm_cases.services.sweep import SWEEPS_OF_GRACE


class Counters(Protocol):
    """Counts of the database, those of ``counters`` taken in one consistent state of it."""

    def counters(self, late_after: str) -> dict[str, int]: ...
    def silenced_mail(self, later_than: str) -> int: ...
    def document_names(self) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Balance:
    """The counters and the sentences of those that do not add up."""

    counters: dict[str, int]
    unbalanced: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        """Say whether everything adds up."""
        return not self.unbalanced


# Read a row as: LEFT = the sum of RIGHT, or WHAT is wrong.
EQUATIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("events", ("log_entries", "events_not_sequenced"), "events and log entries differ"),
    ("log_entries", ("last_index_plus_one",), "the log has a gap"),
    ("events", ("events_by_head",), "the heads of the chains do not account for every event"),
    ("answers_kept", ("answers_in_history",), "commands answered and commands in the history differ"),
    ("open_cases", ("open_cases_with_clock",), "an open case has no running clock with a date"),
    ("closed_cases_with_clock", (), "a closed case still has a running clock other than protection from reprisal"),
    (
        "outbox",
        ("outbox_sent", "outbox_waiting", "outbox_bundled", "outbox_dead", "outbox_withdrawn"),
        "a mail is in no known state",
    ),
    ("dead_mails", ("dead_mail_incidents",), "a dead mail has no incident"),
    ("rungs_taken", ("rung_events",), "rungs taken and rung events differ"),
    ("notices", ("notices_in_rungs",), "notices and the posts told by rungs differ"),
    ("overdue_rungs", (), "a rung is due for longer than two sweeps and was not taken; run `npm-cases tick`"),
    ("import_read", ("import_new", "import_same", "import_changed", "import_refused"), "an import does not add up"),
    ("erasures_unfinished", (), "an erased case still has its key; run `npm-cases tick`, which completes the erasure"),
    ("mail_silenced", (), "a mail waits longer than any pause between tries, or for a mail that is not under way"),
    ("documents_missing", (), "a document has no file; put the documents folder back from its backup"),
    ("import_cases", ("import_rows",), "imported cases and imported rows differ"),
)


def balance(office: Office, counters: Counters, now: str) -> Balance:
    """Take the counters and hold them against the equations; a rung may wait for two sweeps, a mail for the longest pause."""
    grace = timedelta(seconds=SWEEPS_OF_GRACE * office.sweep_seconds)
    found = counters.counters(as_text(from_text(now) - grace))
    found["erasures_unfinished"] = len(unfinished_erasures(office)) if office.keys.at_hand else 0
    found["mail_silenced"] = counters.silenced_mail(as_text(from_text(now) + RETRIES.cap))
    found["documents_missing"] = sum(not office.documents.holds(name) for name in counters.document_names())
    wrong = tuple(
        f"{what} ({left} = {found[left]}, expected {sum(found[name] for name in right)})"
        for left, right, what in EQUATIONS
        if found[left] != sum(found[name] for name in right)
    )
    return Balance(found, wrong)
