"""A chain replayed from its events alone: what its states, clocks, rungs, mail and proposals must be.

Nothing is read but the events, so that the tables can be held against the result, and the past be told at any instant.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from npm_cases.domain.records import Case
from npm_cases.history.event import Event, EventType
from npm_cases.history.replay_rules import (
    act_of,
    confirmed_by,
    due_otherwise,
    not_by_two,
    not_of_this_chain,
    not_seconded,
    not_so_decided,
    running,
    stands_already,
    stood_otherwise,
    undone_by,
)
from npm_cases.services.filling import Filled, remembered
from npm_cases.services.moves import ESCALATION
from npm_cases.services.replay_beside import Beside
from npm_cases.services.replayed import Mark, Owed, Proposed, Rung, Told
from state_machines import MACHINES, MACHINES_OF
from state_machines.facts import Facts
from state_machines.table import Role

ESCALATE = "escalate"

# Members of a birth event that are columns of the case or belong to the event, not codes of the case.
_NOT_CODES = frozenset(
    {
        "number", "kind", "channel", "state", "escalation", "compensation", "rehabilitation", "region", "addressee",
        "place", "row", "batch", "title", "occurred_on", "assignee", "titled",
    }
)  # fmt: skip
_NOT_AMENDED = frozenset({"row", "batch", "response"})

_ROUTING = ("qualification", "investigator")

# With nothing else against it, a row whose second person is still missing always needs one.
_WITHOUT_SECOND = Facts(consent_live=True)


@dataclass(slots=True)
class Replay:
    """Everything one chain's events lead to. ``born`` are the facts of its birth, empty for a chain that is no case.

    ``is_routed`` says that a move named a qualification or an investigator. ``place`` is, in the office's chain, the place of
    detention an event named last.
    """

    chain: str
    seq: int = 0
    at: str = ""
    mark: Mark = field(default_factory=partial(Mark, 0, None))
    born: Mapping[str, Any] = field(default_factory=dict)
    born_at: str = ""
    closed_at: str = ""
    states: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    owed: dict[str, Owed] = field(default_factory=dict)
    rungs: dict[tuple[str, str], Rung] = field(default_factory=dict)
    mail: dict[str, Told] = field(default_factory=dict)
    documents: dict[str, Mark] = field(default_factory=dict)
    proposals: dict[str, Proposed] = field(default_factory=dict)
    texts: int = 0
    erased: tuple[str, Mark] | None = None
    confirmed: tuple[str, str] | None = None
    assignee: str = ""
    addressee: str = ""
    place: str = ""
    is_routed: bool = False
    beside: Beside = field(default_factory=Beside)

    @property
    def kind(self) -> str:
        return str(self.born.get("kind", ""))

    def take(self, event: Event, index: int | None) -> str:
        """Take the next event; return what is wrong with it, empty when it follows from those before.

        A wrong event leaves the replay unusable: nothing after it can be judged.
        """
        self.seq, self.at, self.mark = event.seq, event.at, Mark(event.seq, index)
        try:
            wrong = not_of_this_chain(event, is_born=bool(self.born))
            wrong = wrong or _TAKEN_BY.get(event.type, _nothing)(self, event) or undone_by(event, self.confirmed)
            self.beside.take(event, self.mark)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            return f"the facts of this {event.type.value} cannot be read: {type(error).__name__}: {error}"
        self.confirmed = confirmed_by(event)
        self.texts += bool(event.body_ct)
        for document in event.docs:
            self.documents.setdefault(document, self.mark)
        return wrong

    def as_case(self) -> Case:
        """Return the case as it stood after the last event taken; the title is not in the events."""
        born = self.born
        return Case(
            id=self.chain, number=born.get("number", ""), kind=self.kind, channel=born.get("channel", ""),
            state=self.states.get(self.kind, ""), escalation=self.states.get(ESCALATION, ""),
            compensation=self.states.get("compensation", ""), rehabilitation=self.states.get("rehabilitation", ""),
            region=born.get("region", ""), addressee=self.addressee,
            place=born.get("place", ""), title="", assignee=self.assignee, version=self.beside.version, seq=self.seq, head=b"",
            facts=self.facts, opened_at=self.born_at, last_at=self.at, closed_at=self.closed_at,
        )  # fmt: skip

    @property
    def is_final(self) -> bool:
        return self.kind in MACHINES and self.states.get(self.kind) in MACHINES[self.kind].final


def _nothing(_: Replay, __: Event) -> str:
    return ""


def _of_the_office(replay: Replay, event: Event) -> str:
    if not_by_two(event, replay.confirmed):
        return f"{act_of(event)} takes a second person, and none confirmed it before"
    return ""


def _of_people(replay: Replay, event: Event) -> str:
    """Take a change of a user; whether it needed a second person hung on who was there, so it is asked where one is named."""
    if event.approved_by and not_by_two(event, replay.confirmed):
        return f"it says {event.approved_by} confirmed it, but no confirmation stands before it"
    return ""


def _born(replay: Replay, event: Event) -> str:
    facts = event.facts
    kind = facts["kind"]
    if kind not in MACHINES_OF:
        return f"there is no kind of case {kind!r}"
    for machine in MACHINES_OF[kind]:
        state = facts["state" if machine == kind else machine]
        table = MACHINES[machine]
        if state not in table.states:
            return f"the {machine} machine has no state {state!r}"
        if event.type is EventType.CASE_CREATED and state != table.initial:
            return f"a new case begins in {table.initial}, not in {state}"
        replay.states[machine] = state
    if event.type is EventType.CASE_IMPORTED and event.to != facts["state"]:
        return f"it says to {event.to!r}, its facts say {facts['state']!r}"
    replay.born, replay.born_at = facts, event.at
    replay.closed_at = event.at if replay.is_final else ""
    replay.addressee, replay.assignee = facts.get("addressee", ""), facts.get("assignee", "")
    replay.facts = {name: value for name, value in facts.items() if name not in _NOT_CODES}
    return ""


def _amended(replay: Replay, event: Event) -> str:
    replay.facts |= {name: value for name, value in event.facts.items() if name not in _NOT_AMENDED}
    return ""


def _consented(replay: Replay, event: Event) -> str:
    facts = event.facts
    recipients = [facts["recipient"]] if "recipient" in facts else []
    until = facts.get("expires_on", "")
    replay.facts |= {"consent": facts["status"], "consent_for": recipients, "consent_until": until}
    return ""


def _assigned(replay: Replay, event: Event) -> str:
    replay.assignee = event.facts["assignee"]
    return ""


def _moved(replay: Replay, event: Event) -> str:
    wrong = _why_no_move(replay, event)
    if wrong:
        return wrong
    if event.machine != ESCALATION:
        codes = {name: value for name, value in event.facts.items() if name != "occurred_on"}
        kept = remembered(replay.as_case(), event.event, Filled(codes=codes))
        replay.facts = {**replay.facts, **kept}
        replay.is_routed = replay.is_routed or not kept.keys().isdisjoint(_ROUTING)
        replay.addressee = codes.get("addressee", replay.addressee)
    replay.states[event.machine] = event.to
    if event.machine == ESCALATION and event.facts.get("obligation") in replay.owed:
        replay.owed[event.facts["obligation"]].raised = True
    if event.machine != ESCALATION:
        replay.closed_at = (replay.closed_at or event.at) if replay.is_final else ""
    return ""


def _why_no_move(replay: Replay, event: Event) -> str:
    if event.machine not in replay.states:
        return f"a case of the kind {replay.kind} has no machine {event.machine!r}"
    state, table = replay.states[event.machine], MACHINES[event.machine]
    if event.frm != state:
        return f"it says {event.machine} moved from {event.frm!r}, but it stood in {state!r}"
    if table.next_state(state, event.event) != event.to:
        return f"the {event.machine} table has no move from {state} on {event.event} to {event.to}"
    row = table.row(state, event.event, Role(event.role))
    if row is None or event.role not in row.who:
        return f"the {event.machine} table does not let {event.role} do {event.event} in {state}"
    is_needed = any(guard.second_person and not guard.holds(_WITHOUT_SECOND) for guard in row.guards)
    return not_seconded(event, replay.confirmed, state, is_needed=is_needed)


def _opened(replay: Replay, event: Event) -> str:
    facts = event.facts
    if facts["obligation"] in replay.owed:
        return f"the obligation {facts['obligation']} was opened before"
    owed = Owed(
        id=facts["obligation"], duty=facts["duty"], owed_by=facts["owed_by"], rule=facts["rule"],
        rule_version=facts["rule_version"], started_on=facts["start"], amount=facts["amount"], unit=facts["unit"],
        due_on=facts["due_on"], calendar_version=facts["calendar"], ladder=facts["ladder"], opened_at=event.at,
        opened_seq=event.seq, before_intake=tuple(facts.get("before_intake", ())), mark=replay.mark,
        provisional=bool(facts.get("provisional")), first_due_on=facts["due_on"], first_calendar=facts["calendar"],
        subject="case" if replay.born else f"place:{replay.place}",
    )  # fmt: skip
    replay.owed[owed.id] = owed
    for key in owed.before_intake:
        replay.rungs[owed.id, key] = Rung(owed.id, key, "none", "", event.at, False, "", replay.mark)
    return ""


def _running(replay: Replay, event: Event) -> Owed:
    owed = running(replay.owed, event)
    owed.mark = replay.mark
    return owed


def _suspended(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    wrong = stands_already(owed)
    owed.suspended_on = event.facts["from"]
    return wrong


def _resumed(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    wrong = stood_otherwise(owed, event.facts["from"])
    owed.suspended_on = ""
    owed.calendar_version = event.facts.get("calendar", owed.calendar_version)
    _due_moves(owed, event)
    return wrong


def _date_moved(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    wrong = due_otherwise(owed, event.facts["was"])
    owed.calendar_version = event.facts.get("calendar", owed.calendar_version)
    _due_moves(owed, event)
    return wrong


def _due_moves(owed: Owed, event: Event) -> None:
    if event.facts["due_on"] != owed.due_on:
        owed.revision, owed.taken = owed.revision + 1, int(event.facts.get("passed", 0))
    owed.due_on = event.facts["due_on"]


def _discharged(replay: Replay, event: Event) -> str:
    owed = _running(replay, event)
    owed.discharged_at, owed.discharged_seq, owed.raised = event.at, event.seq, False
    return due_otherwise(owed, event.facts["due_on"])


def _rung_taken(replay: Replay, event: Event) -> str:
    owed, facts = _running(replay, event), event.facts
    key = facts["rung"]
    if (owed.id, key) in replay.rungs:
        return f"the rung {key} of the obligation {owed.id} was taken before"
    if facts["due_at"] > event.at:
        return f"the rung {key} was due at {facts['due_at']} only"
    late = bool(facts.get("late_by_engine"))
    posts = facts["posts"]
    replay.rungs[owed.id, key] = Rung(
        owed.id, key, facts["act"], facts["due_at"], event.at, late, ",".join(posts), replay.mark
    )
    for notice, post in zip(facts["mail"], posts, strict=True):
        replay.mail[notice] = Told(owed.id, key, post, owed.due_on, replay.mark, event.at)
    owed.taken += 1
    owed.raised = owed.raised or (facts["act"] == ESCALATE and bool(replay.born))
    return due_otherwise(owed, facts["due_on"])


def _queued(replay: Replay, event: Event) -> str:
    facts = event.facts
    post = facts.get("post") or f"user:{facts['user']}"
    if "obligation" not in facts:
        replay.mail[facts["mail"]] = Told("", facts["rung"], post, "", replay.mark, event.at)
        return ""
    owed = running(replay.owed, event)  # a person reminds of it; the ladder stays where it is
    replay.mail[facts["mail"]] = Told(owed.id, facts["rung"], post, owed.due_on, replay.mark, event.at)
    return due_otherwise(owed, facts["due_on"])


_FATES = {EventType.MAIL_SENT: "sent", EventType.MAIL_FAILED: "dead", EventType.MAIL_WITHDRAWN: "withdrawn"}


def _mailed(replay: Replay, event: Event) -> str:
    told = replay.mail.get(event.facts["mail"])
    if told is None:
        return f"the notice {event.facts['mail']} was never queued"
    told.status, told.mark = _FATES[event.type], replay.mark
    carried_by = event.facts.get("carried_by", "")
    told.carried_by = "" if carried_by == event.facts["mail"] else carried_by
    return ""


def _came_back(replay: Replay, event: Event) -> str:
    """Take what came back only of a mail that was sent, and once: that it was sent stays true."""
    told = replay.mail.get(event.facts["mail"])
    if told is None or told.status != "sent" or told.came_back:
        return f"the notice {event.facts['mail']} came back, but was never sent, or had come back before"
    told.came_back = True
    return ""


def _proposed(replay: Replay, event: Event) -> str:
    facts = event.facts
    if facts["approval"] in replay.proposals:
        return f"the proposal {facts['approval']} was made before"
    replay.proposals[facts["approval"]] = Proposed(
        facts["event"], facts["digest"], event.actor, facts["expires_at"], event.at, replay.mark
    )
    return ""


def _decided(replay: Replay, event: Event) -> str:
    proposed = replay.proposals.get(event.facts["approval"])
    wrong = not_so_decided(event, proposed)
    if proposed is not None:
        proposed.status = "confirmed" if event.type is EventType.ACT_CONFIRMED else "expired"
        proposed.decided_by, proposed.decided_at, proposed.mark = event.actor, event.at, replay.mark
    return wrong


def _at_place(replay: Replay, event: Event) -> str:
    replay.place = event.facts["place"]
    return ""


def _erased(replay: Replay, event: Event) -> str:
    """Take an erasure only as the rule has it: closed, not held, by two people, and true to what there was."""
    facts = event.facts
    if not replay.is_final or replay.facts.get("legal_hold") or replay.erased:
        return "it erases a case that is open, under legal hold, or erased already"
    if not_by_two(event, replay.confirmed):
        return "it erases a case, and no second person confirmed that before it"
    if (facts["texts"], facts["documents"]) != (replay.texts, len(replay.documents)):
        return f"it says {facts['texts']} texts and {facts['documents']} documents went; there were others"
    replay.erased = (event.at, replay.mark)
    replay.facts = {**replay.facts, "erased": facts["basis"]}
    return ""


_TAKEN_BY: Mapping[EventType, Callable[[Replay, Event], str]] = {
    EventType.CASE_CREATED: _born,
    EventType.CASE_IMPORTED: _born,
    EventType.CASE_AMENDED: _amended,
    EventType.CASE_ASSIGNED: _assigned,
    EventType.CONSENT_GIVEN: _consented,
    EventType.CONSENT_LIMITED: _consented,
    EventType.CONSENT_WITHDRAWN: _consented,
    EventType.MOVED: _moved,
    EventType.OBLIGATION_OPENED: _opened,
    EventType.OBLIGATION_SUSPENDED: _suspended,
    EventType.OBLIGATION_RESUMED: _resumed,
    EventType.OBLIGATION_EXTENDED: _date_moved,
    EventType.OBLIGATION_MOVED: _date_moved,
    EventType.OBLIGATION_DISCHARGED: _discharged,
    EventType.RUNG_TAKEN: _rung_taken,
    EventType.MAIL_QUEUED: _queued,
    EventType.MAIL_SENT: _mailed,
    EventType.MAIL_FAILED: _mailed,
    EventType.MAIL_BOUNCED: _came_back,
    EventType.MAIL_WITHDRAWN: _mailed,
    EventType.ACT_PROPOSED: _proposed,
    EventType.ACT_CONFIRMED: _decided,
    EventType.ACT_EXPIRED: _decided,
    EventType.ROLE_CHANGED: _of_people,
    EventType.ACCOUNT_CHANGED: _of_people,
    EventType.PACK_ADOPTED: _of_the_office,
    EventType.CALENDAR_ADOPTED: _of_the_office,
    EventType.KEY_ROTATED: _of_the_office,
    EventType.RESTORED: _of_the_office,
    EventType.ERASED: _erased,
    EventType.PLACE_ADDED: _at_place,
    EventType.VISIT_RECORDED: _at_place,
}
