"""Mail that comes back after it was sent: a line in each history, and an incident for a person, once for each mail.

A report of a mail server is believed only about a mail we sent, and only about the address it was sent to: anybody can
write one. What is kept of it are codes. Whatever cannot be believed changes nothing and is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from npm_cases.domain.instants import from_text
from npm_cases.domain.records import CLOCK
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services.incidents import raise_incident
from npm_cases.services.mailroom import House, reached
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import record

INCIDENT = "returned_mail"
MOST = 1_000
"""Letters looked at in one round; the others wait for the next."""
NO_STATUS = "5.0.0"
"""What stands for a failure without a code: permanent, nothing more known (RFC 3463 section 3.1)."""


class Outcome(Protocol):
    """What a report says of one address."""

    @property
    def is_failure(self) -> bool: ...
    @property
    def status(self) -> str: ...


class Report(Protocol):
    """A report on the mail of a Message-ID; ``about`` is None for an address it does not name."""

    @property
    def message_id(self) -> str: ...
    def about(self, address: str) -> Outcome | None: ...


class Returned(Protocol):
    """Where returned mail waits; what is put away does not wait any more, and shows as unread unless ``seen``."""

    def waiting(self, most: int) -> Iterator[tuple[str, Report | None]]: ...
    def put_away(self, name: str, *, seen: bool) -> None: ...


class Finding(StrEnum):
    """What one letter turned out to be."""

    RETURNED = "returned"  # a mail of ours that did not arrive; told now
    KNOWN = "known"  # told before, or given up before it came back
    NO_FAILURE = "no_failure"  # a delay, or a success
    EARLY = "early"  # about a mail that is still under way; it is read again later
    NOT_OURS = "not_ours"  # about a mail we never sent
    OTHER_ADDRESS = "other_address"  # about an address this mail was not sent to
    NO_REPORT = "no_report"  # no report at all, or a broken one


_FOR_PROGRAMS = frozenset({Finding.RETURNED, Finding.KNOWN, Finding.NO_FAILURE})


@dataclass(frozen=True, slots=True)
class _Sent:
    """The leading notice of a mail, by its row."""

    id: str
    status: str
    attempts: int
    recipient: str
    done_at: str


def take_returned(office: Office, returned: Returned, house: House, now: str, most: int = MOST) -> dict[str, int]:
    """Read what came back and tell of what did not arrive; returns how many letters were what, by ``Finding``.

    Each letter is put away after what it says is committed: one that is read twice is told once.
    """
    counts = dict.fromkeys((finding.value for finding in Finding), 0)
    for name, report in returned.waiting(most):
        found = Finding.NO_REPORT if report is None else _take(office, report, house, now)
        counts[found] += 1
        office.at_point("return.before_putting_away")
        if found is not Finding.EARLY:
            returned.put_away(name, seen=found in _FOR_PROGRAMS)
        office.at_point("return.after_putting_away")
    return counts


def _take(office: Office, report: Report, house: House, now: str) -> Finding:
    """Tell of one report if it is to be believed; in one transaction, so that two readers tell of it once."""
    with office.open_work() as work:
        mail = _mail(work, report.message_id)
        if mail is None:
            return Finding.NOT_OURS
        if mail.status == "bundled":
            return Finding.EARLY if mail.attempts else Finding.NOT_OURS
        if mail.status != "sent":
            return Finding.KNOWN if mail.status == "dead" else Finding.NOT_OURS
        day = office.times.day(from_text(mail.done_at)).isoformat()
        recipient = reached(work, house, mail.recipient, day)
        outcome = report.about(recipient.address) if recipient else None
        if outcome is None:
            return Finding.OTHER_ADDRESS
        if not outcome.is_failure:
            return Finding.NO_FAILURE
        found = _tell(work, office, mail, outcome.status or NO_STATUS, now)
        office.at_point("return.before_commit")
        work.commit()
    return found


def _mail(work: Work, message_id: str) -> _Sent | None:
    rows = work.rows("outbox", {"message_id": message_id, "carried_by": ""})
    return _Sent(*(rows[0][name] for name in _Sent.__slots__)) if rows else None


def _tell(work: Work, office: Office, mail: _Sent, status: str, now: str) -> Finding:
    """Write into each history the mail was about, and raise the incident, unless that was done before."""
    carried = sorted(
        [*work.rows("outbox", {"id": mail.id}), *work.rows("outbox", {"carried_by": mail.id})],
        key=lambda row: (row["chain"] == OFFICE, row["chain"], row["id"]),
    )
    chains: dict[str, Any] = {}  # locked in the order in which the mailroom locks them: the cases, then the office
    for row in carried:
        chains.setdefault(row["chain"], work.chain(OFFICE) if row["chain"] == OFFICE else work.case(row["chain"]))
    work.chain(OFFICE)
    if work.rows("incidents", {"kind": INCIDENT, "subject": mail.id}):
        return Finding.KNOWN
    for row in carried:
        chain = chains[row["chain"]]
        facts = {"mail": row["id"], "carried_by": mail.id, "post": row["post"], "status": status}
        record(work, office, chain, EventType.MAIL_BOUNCED, max(now, chain.last_at), CLOCK, "clock", facts=facts)
    for case in (chain for name, chain in chains.items() if name != OFFICE):
        work.save_case(case)
    what = f"the mail to {mail.recipient.partition('#')[0]} came back ({status})"
    raise_incident(work, office, INCIDENT, mail.id, what, now)
    return Finding.RETURNED
