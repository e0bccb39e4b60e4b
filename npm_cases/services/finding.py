"""Find cases: words, filters, an order, a page at a time, and a count; nothing an actor may not know is found or counted."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol, get_args

from npm_cases.domain import access, letters
from npm_cases.domain.duties import OUTSIDERS
from npm_cases.domain.errors import BadInput
from npm_cases.domain.message_values import choice_list, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import RECOMMENDATION, Actor
from npm_cases.services import cursors
from state_machines import MACHINES, MACHINES_OF
from state_machines.phases import Phase

Sort = Literal["number", "-number", "due", "opened", "-opened", "title"]
SORTS: tuple[str, ...] = get_args(Sort)
COLUMNS = {
    "kind": "kind", "channel": "channel", "state": "state", "escalation": "escalation", "region": "region",
    "place": "place", "body": "addressee", "assignee": "assignee",
}  # fmt: skip
"""What must be equal, by the member of Wanted: the column of the case."""
COUNTED = 1_000
"""A count stops here: nobody reads on, and counting everything would cost more than the page."""
MOST_ROWS = 200
MOST_WORDS = 10
SHORTEST_PREFIX = 2
_OF_ALLEGATION = re.compile(r"a?\d*")
NO_DAY = "9999"
"""Days to come that are none begin so; no case is due in that year."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find; empty members do not filter. Days are inclusive (YYYY-MM-DD); ``after`` is a cursor a page gave.

    Every word must be found: as a whole, or as the beginning of a word where it has two letters or more. An allegation is
    found by its number alone, and by no theme.
    """

    words: str = ""
    kind: str = ""
    channel: str = ""
    state: str = ""
    phase: str = ""
    escalation: str = ""
    region: str = ""
    place: str = ""
    body: str = ""
    assignee: str = ""
    theme: str = ""
    due_from: str = ""
    due_to: str = ""
    open_only: bool = False
    overdue: bool = False
    sort: str = "number"
    after: str = ""
    size: int = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list. ``due_on`` is the next day owed, empty when nothing runs; ``ours`` says that we owe it."""

    id: str
    number: str
    kind: str
    channel: str
    state: str
    phase: str
    escalation: str
    region: str
    addressee: str
    addressee_name: str
    place: str
    title: str
    assignee: str
    due_on: str
    overdue: bool
    ours: bool
    version: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page. ``next`` and ``prev`` are cursors, empty at the ends; ``total`` stops at 1,000 and then ``is_capped``."""

    rows: tuple[Row, ...]
    next: str
    prev: str
    total: int
    is_capped: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What an actor may know: cases of these regions and of none (all when empty), but none these names are kept from."""

    regions: tuple[str, ...]
    excluded_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What the database is asked for: conditions that must all hold, an order, and where in it to begin.

    ``words`` are folded, each with whether the beginning of a word is enough; ``equals`` holds columns and values;
    ``states`` names kinds with the states of a phase. ``after`` is the sort value and the number to begin behind.
    """

    sight: Sight
    words: tuple[tuple[str, bool], ...] = ()
    theme: str = ""
    equals: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    due_from: str = ""
    due_to: str = ""
    open_only: bool = False
    overdue_at: str = ""
    order: str = "number"
    descending: bool = False
    after: tuple[str, str] | None = None
    backwards: bool = False
    size: int = 50


class FindingViews(Protocol):
    """What the database answers; `App.views` does.

    ``found`` returns one row more than a page where there are more, in the order asked for (reversed when backwards), each
    with its ``sort_value``, and how many there are in all, counted no further than one above ``most``.
    """

    def found(self, search: Search, most: int) -> tuple[list[dict[str, Any]], int]: ...


def sight_of(actor: Actor) -> Sight | None:
    """Return what an actor may know of cases; None for somebody who need not know of any.

    Raises NotAllowed for a role that lists nothing at all.
    """
    access.need(actor, "list cases")
    if actor.roles.isdisjoint(access.READERS):
        return None
    regions = () if access.EVERYWHERE in actor.regions else ("", *sorted(actor.regions))
    return Sight(regions, tuple(sorted({actor.user, *actor.bodies})))


def find(views: FindingViews, wanted: Wanted, actor: Actor, at: str) -> Found:
    """Find one page of the cases an actor may know, as they stand at an instant.

    Raises BadInput for an unknown sort, a cursor that is not ours, a day that is no day, a value not in its closed list.
    """
    sight = sight_of(actor)
    search = _search(wanted, sight or Sight((), ()), at)
    if sight is None or any(not states for states in [search.states] if wanted.phase):
        return Found((), "", "", 0, False)
    rows, total = views.found(search, COUNTED)
    return _page(wanted, search, rows, total, at)


def _search(wanted: Wanted, sight: Sight, at: str) -> Search:
    _check(wanted)
    came = cursors.read(wanted.after, wanted.sort) if wanted.after else None
    words = asked(wanted.words)
    equals = {column: value for name, column in COLUMNS.items() if (value := getattr(wanted, name))}
    kind = wanted.kind or implied_kind(wanted, words)
    return Search(
        sight=sight,
        words=words,
        theme=wanted.theme,
        equals=equals | ({"kind": kind} if kind else {}),
        states=states_of_phase(wanted.phase, wanted.kind) if wanted.phase else {},
        due_from=wanted.due_from,
        due_to=wanted.due_to,
        open_only=wanted.open_only,
        overdue_at=at if wanted.overdue else "",
        order="number" if wanted.sort == "due" and runs_nothing(wanted) else wanted.sort.lstrip("-"),
        descending=wanted.sort.startswith("-"),
        after=came.place if came else None,
        backwards=came.backwards if came else False,
        size=wanted.size,
    )


def _check(wanted: Wanted) -> None:
    if wanted.sort not in SORTS:
        raise BadInput(say("not_one_of", field="sort", given=quoted(wanted.sort), known=choice_list(SORTS)))
    if not 1 <= wanted.size <= MOST_ROWS:
        raise BadInput(say("no_page_of_rows", field="size", given=wanted.size, most=MOST_ROWS))
    _closed("kind", wanted.kind, MACHINES_OF)
    machines = [wanted.kind] if wanted.kind else list(MACHINES_OF)
    _closed("state", wanted.state, [state for machine in machines for state in MACHINES[machine].states])
    _closed("phase", wanted.phase, [str(phase) for phase in Phase])
    _closed("escalation", wanted.escalation, MACHINES["escalation"].states)
    for name in ("due_from", "due_to"):
        _day(name, getattr(wanted, name))
    for name in (*COLUMNS, "theme", "words"):
        if not getattr(wanted, name).isprintable():
            raise BadInput(say("signs_of_no_text", field=name))


def _closed(name: str, value: str, known: Iterable[str]) -> None:
    if value and value not in known:
        raise BadInput(say("not_one_of", field=name, given=quoted(value), known=choice_list(dict.fromkeys(known))))


def _day(name: str, value: str) -> None:
    if value and not _is_day(value):
        raise BadInput(say("not_a_date", field=name, given=quoted(value)))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def asked(words: str) -> tuple[tuple[str, bool], ...]:
    """Return what somebody looks for, folded, each with whether the beginning of a word is enough.

    Raises BadInput where nothing can be looked for, or too much.
    """
    found = letters.asked_words(words)
    if words.strip() and not found:
        raise BadInput(say("nothing_to_look_for", field="words", given=quoted(words)))
    if len(found) > MOST_WORDS:
        raise BadInput(say("words_too_many", field="words", count=len(found), most=MOST_WORDS))
    return tuple((word, len(word) >= SHORTEST_PREFIX) for word in found)


def implied_kind(wanted: Wanted, words: tuple[tuple[str, bool], ...]) -> str:
    """Return the only kind of case that can match, empty where there are several: it keeps the search short."""
    if wanted.theme or any(not _OF_ALLEGATION.fullmatch(word) for word, _ in words):
        return RECOMMENDATION
    kinds = [kind for kind in MACHINES_OF if wanted.state in MACHINES[kind].states]
    return kinds[0] if len(kinds) == 1 else ""


def runs_nothing(wanted: Wanted) -> bool:
    """Say whether on no case that matches a clock runs: closed ones are in the order of their due days by number."""
    kinds = [wanted.kind] if wanted.kind else list(MACHINES_OF)
    final = {state for kind in kinds for state in MACHINES[kind].final}
    still = {state for kind in kinds for state in MACHINES[kind].states if state not in MACHINES[kind].final}
    return wanted.phase == Phase.CLOSED or (wanted.state in final and wanted.state not in still)


def states_of_phase(phase: str, kind: str = "") -> dict[str, tuple[str, ...]]:
    """Return the states of a phase by kind of case; a kind that has none is left out."""
    kinds: Collection[str] = [kind] if kind else MACHINES_OF
    found = {one: tuple(s for s in MACHINES[one].states if MACHINES[one].phase(s) == phase) for one in kinds}
    return {one: states for one, states in found.items() if states}


def _page(wanted: Wanted, search: Search, rows: list[dict[str, Any]], total: int, at: str) -> Found:
    has_more = len(rows) > wanted.size
    shown = rows[: wanted.size]
    if search.backwards:
        shown.reverse()
    before = has_more if search.backwards else search.after is not None
    beyond = has_more if not search.backwards else bool(shown)
    return Found(
        tuple(_row(row, at) for row in shown),
        next=_cursor(wanted, shown[-1], backwards=False) if shown and beyond else "",
        prev=_cursor(wanted, shown[0], backwards=True) if shown and before else "",
        total=min(total, COUNTED),
        is_capped=total > COUNTED,
    )


def _cursor(wanted: Wanted, row: Mapping[str, Any], *, backwards: bool) -> str:
    return cursors.write(cursors.Cursor(wanted.sort, (row["sort_value"], row["number"]), backwards))


def _row(row: Mapping[str, Any], at: str) -> Row:
    due_on = row["next_due_on"]
    return Row(
        id=row["id"], number=row["number"], kind=row["kind"], channel=row["channel"], state=row["state"],
        phase=MACHINES[row["kind"]].phase(row["state"]), escalation=row["escalation"], region=row["region"],
        addressee=row["addressee"], addressee_name=row["addressee_name"] or "", place=row["place"],
        title=row["title"], assignee=row["assignee"], due_on="" if due_on.startswith(NO_DAY) else due_on,
        overdue=row["next_due_at"] <= at, ours=bool(row["next_owed_by"]) and row["next_owed_by"] not in OUTSIDERS,
        version=row["version"],
    )  # fmt: skip
