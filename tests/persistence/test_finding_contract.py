"""What the database finds is what a plain filter over the same cases finds, in the same order, on every page."""

import random
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import text

from npm_cases.bootstrap import App
from npm_cases.domain import letters
from npm_cases.domain.records import Actor
from npm_cases.persistence import finding_rows
from npm_cases.services.finding import SORTS, Found, Wanted, find
from state_machines import MACHINES
from state_machines.phases import Phase
from tests.persistence.made_cases import AT, BODIES, CHANNELS, PLACES, REGIONS, THEMES, USERS, Made, put, some_cases

EVERYWHERE = Actor("reader", frozenset({"caseworker"}))
OF_ABAI = Actor("reader", frozenset({"caseworker"}), frozenset({"abai"}))
OF_TWO = Actor("reader", frozenset({"caseworker"}), frozenset({"abai", "karaganda"}))
NAMED = Actor("named", frozenset({"caseworker"}), bodies=frozenset({"their_unit"}))
UNIT = Actor("someone", frozenset({"delegate"}), frozenset({"abai"}), frozenset({"their_unit"}))
READERS = (EVERYWHERE, OF_ABAI, OF_TWO, NAMED, UNIT)
KEPT = {"named": 0.2, "their_unit": 0.2}
WORDS = (
    "",
    "",
    "roof",
    "ремонт",
    "жөндеу",
    "жонд",
    "уч",
    "емкость",
    "2026",
    "cafe",
    "орн ",
    "колония",
    "nothing like it",
    "R-2026-000017",
)


def expected(made: list[Made], wanted: Wanted, actor: Actor) -> list[Made]:
    kept = [one for one in made if knows(actor, one) and matches(one, wanted)]
    keys = {
        "number": lambda one: (one.row["number"],),
        "due": lambda one: (one.due_on, one.row["number"]),
        "opened": lambda one: (one.row["opened_at"], one.row["number"]),
        "title": lambda one: (letters.sort_key(one.row["title"]), one.row["number"]),
    }
    return sorted(kept, key=keys[wanted.sort.lstrip("-")], reverse=wanted.sort.startswith("-"))


def knows(actor: Actor, one: Made) -> bool:
    in_region = "*" in actor.regions or one.row["region"] in {"", *actor.regions}
    return in_region and one.excluded.isdisjoint({actor.user, *actor.bodies})


def matches(one: Made, wanted: Wanted) -> bool:
    row = one.row
    equal = {
        "kind": wanted.kind, "channel": wanted.channel, "state": wanted.state, "escalation": wanted.escalation,
        "region": wanted.region, "place": wanted.place, "addressee": wanted.body, "assignee": wanted.assignee,
    }  # fmt: skip
    themes = orjson.loads(row["facts"])["themes"] if row["kind"] == "recommendation" else []
    return all((
        all(row[name] == value for name, value in equal.items() if value),
        not wanted.phase or MACHINES[row["kind"]].phase(row["state"]) == wanted.phase,
        not wanted.theme or wanted.theme in themes,
        not wanted.due_from or wanted.due_from <= one.due_on < "9999",
        not wanted.due_to or one.due_on <= wanted.due_to,
        not wanted.open_only or not row["closed_at"],
        not wanted.overdue or one.due_at <= AT,
        has_words(one, wanted.words, themes),
    ))  # fmt: skip


def has_words(one: Made, words: str, themes: list[str]) -> bool:
    row = one.row
    told = [row["number"]]
    if row["kind"] == "recommendation":
        told += [row["title"], BODIES[row["addressee"]], PLACES[row["place"]], *themes]
    there = letters.words_of(" ".join(told))
    return all(any(word.startswith(ask) for word in there) for ask in letters.asked_words(words))


def a_wanted(chance: random.Random) -> Wanted:
    """Ask for a few things at once, by chance."""
    states = [state for kind in CHANNELS for state in MACHINES[kind].states]
    choices = {
        "words": WORDS, "kind": tuple(CHANNELS), "channel": ("ombudsman", "upr", "complaint"), "state": tuple(states),
        "phase": tuple(map(str, Phase)), "escalation": MACHINES["escalation"].states, "region": REGIONS,
        "place": tuple(PLACES), "body": tuple(BODIES), "assignee": USERS, "theme": THEMES,
        "due_from": ("2026-06-05", "2026-06-20"), "due_to": ("2026-06-10", "2026-06-25"), "open_only": (True,),
        "overdue": (True,),
    }  # fmt: skip
    chosen = {name: chance.choice(choices[name]) for name in chance.sample(sorted(choices), chance.randrange(4))}
    return Wanted(**chosen, sort=chance.choice(SORTS), size=chance.choice((1, 7, 50)))


def all_pages(app: App, wanted: Wanted, actor: Actor) -> list[Found]:
    pages = [find(app.views, wanted, actor, AT)]
    while pages[-1].next:
        pages.append(find(app.views, replace(wanted, after=pages[-1].next), actor, AT))
    return pages


@pytest.mark.parametrize("few", [1_000, 3], ids=["matches are gathered", "the order is walked"])
def test_every_page_holds_what_a_plain_filter_finds(any_app: App, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(finding_rows, "FEW", few)
    monkeypatch.setattr(finding_rows, "MOST_HITS", few * 8)
    made = some_cases(300, seed=4, kept_from=KEPT)
    put(any_app, made)
    chance = random.Random(few)  # noqa: S311 - the same questions in every run
    for _ in range(150):
        wanted, actor = a_wanted(chance), chance.choice(READERS)
        pages = all_pages(any_app, wanted, actor)
        found = [row.number for page in pages for row in page.rows]
        right = [one.row["number"] for one in expected(made, wanted, actor)]
        assert found == right, (wanted, actor)
        assert {page.total for page in pages} == {len(right)}
        assert all(len(page.rows) == wanted.size for page in pages[:-1])


@pytest.mark.parametrize("sort", SORTS)
def test_pages_are_read_backwards_as_they_were_read_forwards(any_app: App, sort: str) -> None:
    put(any_app, some_cases(60, seed=5, kept_from={}))
    forwards = all_pages(any_app, Wanted(sort=sort, size=7), EVERYWHERE)
    backwards = [forwards[-1]]
    while backwards[-1].prev:
        backwards.append(find(any_app.views, Wanted(sort=sort, size=7, after=backwards[-1].prev), EVERYWHERE, AT))
    assert [page.rows for page in reversed(backwards)] == [page.rows for page in forwards]
    assert forwards[0].prev == ""


def test_a_count_stops_and_says_so(any_app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npm_cases.services.finding.COUNTED", 10)
    put(any_app, some_cases(11, seed=6, kept_from={}))
    found = find(any_app.views, Wanted(), EVERYWHERE, AT)
    assert (found.total, found.is_capped) == (10, True)


def test_titles_stand_in_the_order_of_the_kazakh_alphabet(any_app: App) -> None:
    put(any_app, [one for one in some_cases(200, seed=7, kept_from={}) if one.row["kind"] == "recommendation"])
    found = find(any_app.views, Wanted(sort="title", size=200), EVERYWHERE, AT)
    titles = list(dict.fromkeys(row.title for row in found.rows if row.title.casefold() != "repair the roof"))
    assert titles == [
        "Café for visitors", "Train the staff", "Әділет", "Ғимарат", "Ёмкость для воды", "Жөндеу жұмыстары", "Өтініш",
        "Ремонт кровли", "Учёт жалоб", "Ұйым туралы", "Һәм", "Іс қағаздары", "Яма",
    ]  # fmt: skip


@pytest.mark.sqlite("its index of words")
def test_the_words_of_sqlite_are_indexed_whole(app: App) -> None:
    put(app, some_cases(50, seed=8, kept_from={}))
    with app.database.changing_schema() as connection:
        connection.execute(text("INSERT INTO case_words(case_words, rank) VALUES ('integrity-check', 1)"))
