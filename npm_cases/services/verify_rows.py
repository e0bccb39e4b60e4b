"""The tables held against the replay of a chain, row by row: what they say must be what the events led to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from npm_cases.domain.duties import OwedBy
from npm_cases.domain.pack import Pack
from npm_cases.domain.records import ALLEGATION, RECOMMENDATION, Case, Obligation, TakenRung
from npm_cases.services.reading import ChainRows, Decision
from npm_cases.services.replay import Replay
from npm_cases.services.replayed import Mark, Owed, Proposed, Rung
from npm_cases.services.verify_beside import beside_differs
from npm_cases.services.verify_dates import Recount
from npm_cases.services.verify_notices import NoticeCheck

TAKEN, BEFORE_INTAKE = "taken", "before_intake"
MISROUTED = "misrouted"
"""Not a code of any event: what the pack's torture investigators make of the codes on file."""
_STATES = ("state", "escalation", "compensation", "rehabilitation")
_OWED = (
    "duty", "owed_by", "rule", "rule_version", "started_on", "amount", "unit", "due_on", "calendar_version", "ladder",
    "opened_at", "opened_seq", "discharged_at", "discharged_seq", "suspended_on", "raised", "revision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checks:
    """What the tables are recounted and held against beside the history: the pack, and what the services write."""

    pack: Pack
    recount: Recount
    notices: NoticeCheck


@dataclass(frozen=True, slots=True)
class Wrong:
    """One difference, at the event that last said something about the row."""

    mark: Mark
    what: str


def differences(replay: Replay, rows: ChainRows, head: bytes, checks: Checks) -> Iterator[Wrong]:
    """List every difference between the tables and a chain whose events all hold; ``head`` is its last leaf."""
    yield from (Wrong(replay.mark, what) for what in rows.unreadable)
    if rows.case is not None:
        yield from (Wrong(replay.mark, what) for what in _case(replay, rows.case, head, checks.pack))
    elif replay.born:
        yield Wrong(Mark(1, None), "the history tells of a case that the table of cases does not have")
    yield from (Wrong(replay.mark, what) for what in _head(replay, rows, head))
    yield from _obligations(replay, rows, checks)
    yield from _rungs(replay, rows.rungs, checks.recount)
    yield from _notices(replay, rows, checks.notices)
    yield from _documents(replay, rows)
    yield from _decisions(replay, rows.decisions)
    yield from (Wrong(mark, what) for mark, what in beside_differs(replay, rows, checks.recount.times))


def _case(replay: Replay, row: Case, head: bytes, pack: Pack) -> Iterator[str]:
    expected = replay.as_case()
    names = ["kind", "channel", "number", *_STATES, "seq", "opened_at", "last_at", "closed_at"]
    names += ["region", "place"] if expected.kind == RECOMMENDATION else []
    yield from _unequal("the case", expected, row, names)
    if row.head != head:
        yield "the case: head is not the leaf of its last event"
    facts = {**replay.facts, **({MISROUTED: _is_misrouted(replay, pack)} if replay.is_routed else {})}
    for name in sorted(facts.keys() | row.facts.keys()):
        if facts.get(name) != row.facts.get(name):
            yield f"the case: {name} on file is {row.facts.get(name)!r}, its history says {facts.get(name)!r}"


def _is_misrouted(replay: Replay, pack: Pack) -> bool:
    """Recount whether torture is investigated by a body the pack does not name for it."""
    if replay.facts.get("qualification", "") not in pack.torture_qualifications:
        return False
    return replay.facts.get("investigator", "") not in {"", *pack.torture_investigators}


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


def _obligations(replay: Replay, rows: ChainRows, checks: Checks) -> Iterator[Wrong]:
    missing = dict(replay.owed)
    addressees = {replay.born.get("addressee", ""), replay.addressee}
    if replay.kind == ALLEGATION and rows.case is not None:
        addressees = {rows.case.addressee}  # under the commitment of its birth
    for row in rows.obligations:
        owed = missing.pop(row.id, None)
        if owed is None:
            yield Wrong(replay.mark, f"the obligation {row.id} of {row.duty} was opened by no event")
            continue
        mine = f"the obligation {row.id} of {owed.duty}"
        yield from (Wrong(owed.mark, what) for what in _unequal(mine, owed, row, _OWED))
        yield from (Wrong(owed.mark, what) for what in _subject(replay, owed, row, addressees, checks.pack))
        yield from (Wrong(owed.mark, f"{mine}: {what}") for what in checks.recount.wrong(row, replay))
    for owed in missing.values():
        yield Wrong(owed.mark, f"the obligation {owed.id} of {owed.duty} is not in the table of obligations")


def _subject(replay: Replay, owed: Owed, row: Obligation, addressees: set[str], pack: Pack) -> Iterator[str]:
    """Compare what an obligation has from its case, or from the place of detention it is about."""
    channel = replay.born.get("channel", "") if replay.born else pack.place_channel
    parties = addressees if row.owed_by == OwedBy.ADDRESSEE else {""}
    for name, found, expected in (
        ("subject_kind", row.subject_kind, {owed.subject}),
        ("channel", row.channel, {channel}),
        ("party", row.party, parties),
    ):
        if found not in expected:
            said = " or ".join(sorted(expected)) or "none"
            yield f"the obligation {row.id} of {owed.duty}: {name} is {found!r}, its history says {said}"


def _rungs(replay: Replay, rows: Iterable[TakenRung], recount: Recount) -> Iterator[Wrong]:
    missing = dict(replay.rungs)
    for row in rows:
        rung = missing.pop((row.obligation, row.rung), None)
        mine = f"the rung {row.rung} of {row.obligation}"
        if rung is None:
            yield Wrong(replay.mark, f"{mine} was taken by no event")
            continue
        yield from (Wrong(rung.mark, what) for what in _rung(replay, rung, row, recount))
    for rung in missing.values():
        yield Wrong(rung.mark, f"the rung {rung.key} of {rung.obligation} is not in the table of rungs")


def _rung(replay: Replay, rung: Rung, row: TakenRung, recount: Recount) -> Iterator[str]:
    mine, missed = f"the rung {row.rung} of {row.obligation}", rung.act == "none"
    due_at = recount.missed_at(replay.owed[row.obligation], row.rung) if missed else rung.due_at
    yield from _unequal(mine, rung, row, ("act", "act_at", "late_by_engine", "posts"))
    if row.outcome != (BEFORE_INTAKE if missed else TAKEN):
        yield f"{mine}: outcome is {row.outcome!r}"
    if row.due_at != due_at:
        yield f"{mine}: due_at is {row.due_at}, its history says {due_at}"
    if row.chain != replay.chain:
        yield f"{mine}: it stands in the chain {row.chain}"


def _notices(replay: Replay, rows: ChainRows, check: NoticeCheck) -> Iterator[Wrong]:
    missing = dict(replay.mail)
    parties = {owed.id: owed.party for owed in rows.obligations} if rows.notices else {}
    for row in rows.notices:
        told = missing.pop(row.id, None)
        mine = f"the notice {row.id}"
        if told is None:
            yield Wrong(replay.mark, f"{mine} to {row.post} was queued by no event")
            continue
        found = check.wrong(told, row, parties.get(told.obligation, ""), replay)
        yield from (Wrong(told.mark, f"{mine}: {what}") for what in found)
    for name, told in missing.items():
        yield Wrong(told.mark, f"the notice {name} to {told.post} is not in the outbox")


def _documents(replay: Replay, rows: ChainRows) -> Iterator[Wrong]:
    missing = dict(replay.documents)
    for row in rows.documents:
        mark, paper = missing.pop(row.id, None), replay.beside.papers.get(row.id)
        if mark is None or paper is None:
            yield Wrong(replay.mark, f"the document {row.id} was added by no event")
            continue
        if row.added_at != paper.added_at:
            yield Wrong(mark, f"the document {row.id}: added_at is {row.added_at}, its event is of {paper.added_at}")
        if paper.size is not None and row.size != paper.size:
            yield Wrong(mark, f"the document {row.id}: size is {row.size}, its event says {paper.size}")
    for name, mark in missing.items():
        yield Wrong(mark, f"the document {name} is not in the table of documents")


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
    members = ("event", "digest", "proposer", "proposed_at", "expires_at", "status")
    yield from _unequal(mine, proposed, row.approval, members)
    yield from _unequal(mine, proposed, row, ("decided_by", "decided_at"))
    if sha256(row.approval.payload).hexdigest() != proposed.digest:
        yield f"{mine}: its sealed text is not the one that was proposed"


def _unequal(mine: str, expected: object, row: object, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        said, found = getattr(expected, name), getattr(row, name)
        if said != found:
            yield f"{mine}: {name} is {found!r}, its history says {said!r}"
