"""The tables held against the replay of a chain, row by row: what they say must be what the events led to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from npm_cases.domain.duties import OwedBy
from npm_cases.domain.records import RECOMMENDATION, Case, Obligation, TakenRung
from npm_cases.services.reading import ChainRows, Decision, StoredNotice
from npm_cases.services.replay import Replay
from npm_cases.services.replayed import Mark, Proposed, Rung, Told
from npm_cases.services.verify_dates import Recount

TAKEN, BEFORE_INTAKE = "taken", "before_intake"
# What the torture investigators of the pack make of the codes on file; not a code of any event.
_NOT_IN_EVENTS = "misrouted"
_STATES = ("state", "escalation", "compensation", "rehabilitation")
_OWED = (
    "duty", "owed_by", "rule", "rule_version", "started_on", "amount", "unit", "due_on", "calendar_version", "ladder",
    "opened_at", "opened_seq", "discharged_at", "discharged_seq", "suspended_on", "raised", "revision",
)  # fmt: skip
_WAITING = frozenset({"waiting", "bundled"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """One difference, at the event that last said something about the row."""

    mark: Mark
    what: str


def differences(replay: Replay, rows: ChainRows, head: bytes, recount: Recount) -> Iterator[Wrong]:
    """List every difference between the tables and a chain whose events all hold; ``head`` is its last leaf."""
    yield from (Wrong(replay.mark, what) for what in rows.unreadable)
    if rows.case is not None:
        yield from (Wrong(replay.mark, what) for what in _case(replay, rows.case, head))
    elif replay.born:
        yield Wrong(Mark(1, None), "the history tells of a case that the table of cases does not have")
    yield from (Wrong(replay.mark, what) for what in _head(replay, rows, head))
    yield from _obligations(replay, rows.obligations, recount)
    yield from _rungs(replay, rows.rungs)
    yield from _notices(replay, rows.notices)
    yield from _documents(replay, rows)
    yield from _decisions(replay, rows.decisions)


def _case(replay: Replay, row: Case, head: bytes) -> Iterator[str]:
    expected = replay.as_case()
    names = ["kind", "channel", "number", *_STATES, "seq", "opened_at", "last_at", "closed_at"]
    names += ["region", "place"] if expected.kind == RECOMMENDATION else []
    names += ["assignee"] if replay.assignee else []
    yield from _unequal("the case", expected, row, names)
    if row.head != head:
        yield "the case: head is not the leaf of its last event"
    known = {replay.born.get("addressee", ""), replay.facts.get("addressee", "")}
    if expected.kind == RECOMMENDATION and row.addressee not in known:
        yield f"the case: addressee is {row.addressee!r}, its history says {expected.addressee!r}"
    facts = {name: value for name, value in row.facts.items() if name != _NOT_IN_EVENTS}
    for name in sorted(facts.keys() | replay.facts.keys()):
        if facts.get(name) != replay.facts.get(name):
            yield f"the case: {name} on file is {facts.get(name)!r}, its history says {replay.facts.get(name)!r}"


def _head(replay: Replay, rows: ChainRows, head: bytes) -> Iterator[str]:
    """Compare the head of a chain that is no case."""
    found = rows.head
    if replay.born:
        if found is not None:
            yield "a case has its head beside itself in the table of chains too"
    elif found is None:
        yield "the chain has no head in the table of chains"
    elif (found.seq, found.head, found.last_at) != (replay.seq, head, replay.at):
        yield f"the chain's head is event {found.seq} of {found.last_at}, its last event {replay.seq} of {replay.at}"


def _obligations(replay: Replay, rows: Iterable[Obligation], recount: Recount) -> Iterator[Wrong]:
    missing = dict(replay.owed)
    for row in rows:
        owed = missing.pop(row.id, None)
        if owed is None:
            yield Wrong(replay.mark, f"the obligation {row.id} of {row.duty} was opened by no event")
            continue
        mine = f"the obligation {row.id} of {owed.duty}"
        yield from (Wrong(owed.mark, what) for what in _unequal(mine, owed, row, _OWED))
        yield from (Wrong(owed.mark, what) for what in _subject(replay, row, mine))
        yield from (Wrong(owed.mark, f"{mine}: {what}") for what in recount.wrong(row, replay))
    for owed in missing.values():
        yield Wrong(owed.mark, f"the obligation {owed.id} of {owed.duty} is not in the table of obligations")


def _subject(replay: Replay, row: Obligation, mine: str) -> Iterator[str]:
    """Compare what an obligation of a case has from its case."""
    if not replay.born:
        return
    case = replay.as_case()
    parties = {replay.born.get("addressee", ""), case.addressee} if row.owed_by == OwedBy.ADDRESSEE else {""}
    for name, found, expected in (
        ("subject_kind", row.subject_kind, {"case"}),
        ("channel", row.channel, {case.channel}),
        ("party", row.party, parties),
    ):
        if found not in expected:
            yield f"{mine}: {name} is {found!r}, the case has {' or '.join(sorted(expected)) or 'none'}"


def _rungs(replay: Replay, rows: Iterable[TakenRung]) -> Iterator[Wrong]:
    missing = dict(replay.rungs)
    for row in rows:
        rung = missing.pop((row.obligation, row.rung), None)
        mine = f"the rung {row.rung} of {row.obligation}"
        if rung is None:
            yield Wrong(replay.mark, f"{mine} was taken by no event")
            continue
        yield from (Wrong(rung.mark, what) for what in _rung(replay, rung, row, mine))
    for rung in missing.values():
        yield Wrong(rung.mark, f"the rung {rung.key} of {rung.obligation} is not in the table of rungs")


def _rung(replay: Replay, rung: Rung, row: TakenRung, mine: str) -> Iterator[str]:
    missed = rung.act == "none"
    yield from _unequal(mine, rung, row, ("act", "act_at", "late_by_engine", "posts"))
    if row.outcome != (BEFORE_INTAKE if missed else TAKEN):
        yield f"{mine}: outcome is {row.outcome!r}"
    if not missed and row.due_at != rung.due_at:
        yield f"{mine}: due_at is {row.due_at}, its event says {rung.due_at}"
    if row.chain != replay.chain:
        yield f"{mine}: it stands in the chain {row.chain}"


def _notices(replay: Replay, rows: Iterable[StoredNotice]) -> Iterator[Wrong]:
    missing = dict(replay.mail)
    for row in rows:
        told = missing.pop(row.id, None)
        mine = f"the notice {row.id}"
        if told is None:
            yield Wrong(replay.mark, f"{mine} to {row.post} was queued by no event")
            continue
        yield from (Wrong(told.mark, what) for what in _notice(told, row, mine))
    for name, told in missing.items():
        yield Wrong(told.mark, f"the notice {name} to {told.post} is not in the outbox")


def _notice(told: Told, row: StoredNotice, mine: str) -> Iterator[str]:
    yield from _unequal(mine, told, row, ("obligation", "rung", "post", "due_on"))
    as_told = row.status == told.status if told.status else row.status in _WAITING
    if not as_told:
        yield f"{mine}: its status is {row.status}, its history says {told.status or 'nothing of a delivery'}"


def _documents(replay: Replay, rows: ChainRows) -> Iterator[Wrong]:
    kept = {row.id for row in rows.documents}
    for name, mark in replay.documents.items():
        if name not in kept:
            yield Wrong(mark, f"the document {name} is not in the table of documents")
    for name in sorted(kept - replay.documents.keys()):
        yield Wrong(replay.mark, f"the document {name} was added by no event")


def _decisions(replay: Replay, rows: Iterable[Decision]) -> Iterator[Wrong]:
    missing = dict(replay.proposals)
    for row in rows:
        approval = row.approval
        proposed = missing.pop(approval.id, None)
        if proposed is None:
            yield Wrong(replay.mark, f"the proposal {approval.id} was made by no event")
            continue
        yield from (Wrong(proposed.mark, what) for what in _decision(proposed, row))
    for name, proposed in missing.items():
        yield Wrong(proposed.mark, f"the proposal {name} is not in the table of approvals")


def _decision(proposed: Proposed, row: Decision) -> Iterator[str]:
    mine = f"the proposal {row.approval.id}"
    yield from _unequal(mine, proposed, row.approval, ("event", "digest", "proposer", "expires_at", "status"))
    if row.decided_by != proposed.decided_by:
        yield f"{mine}: decided_by is {row.decided_by!r}, its history says {proposed.decided_by!r}"
    if sha256(row.approval.payload).hexdigest() != proposed.digest:
        yield f"{mine}: its sealed text is not the one that was proposed"


def _unequal(mine: str, expected: object, row: object, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        said, found = getattr(expected, name), getattr(row, name)
        if said != found:
            yield f"{mine}: {name} is {found!r}, its history says {said!r}"
