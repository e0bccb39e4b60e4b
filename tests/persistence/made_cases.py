"""Many synthetic cases written straight into the tables, with what is looked up made by the function that makes it again."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import insert

from npm_cases.bootstrap import App
from npm_cases.persistence.schema import bodies, cases, exclusions, obligations, places
from npm_cases.persistence.search_index import rebuild
from state_machines import MACHINES, MACHINES_OF

REGIONS = ("", "abai", "almaty_city", "karaganda")
BODIES = {"synthetic_colony_a": "Жасанды колония", "synthetic_colony_b": "Учреждение № 7", "": ""}
PLACES = {"synthetic_place_a": "Қамау орны", "synthetic_place_b": "Synthetic ward", "": ""}
TITLES = (
    "Repair the roof", "Ремонт кровли", "Жөндеу жұмыстары", "Ёмкость для воды", "Ұйым туралы", "Учёт жалоб", "Әділет",
    "Train the staff", "Өтініш", "Яма", "Іс қағаздары", "Ғимарат", "Һәм", "Café for visitors", "repair the ROOF",
)  # fmt: skip
CHANNELS = {"recommendation": ("ombudsman", "upr"), "allegation": ("complaint",)}
USERS = ("", "caseworker-one", "caseworker-two")
THEMES = ("detention", "health_care", "NHRI")
AT = "2026-06-15T10:00:00.000000Z"
OWING = ("mechanism", "addressee", "prosecutor", "commissioner")


@dataclass
class Made:
    """One case as a plain Python filter sees it, with its running clocks (due day, due instant, who owes)."""

    row: dict[str, Any]
    clocks: list[tuple[str, str, str]]
    excluded: set[str] = field(default_factory=set)

    @property
    def due_on(self) -> str:
        return min((clock[0] for clock in self.clocks), default="9999-12-31")

    @property
    def due_at(self) -> str:
        return min((clock[1] for clock in self.clocks), default="9999-12-31")


def some_cases(count: int, seed: int, kept_from: Mapping[str, float]) -> list[Made]:
    """Make cases by chance, the same for a seed; ``kept_from`` says how probably a case is kept from each name."""
    chance = random.Random(seed)  # noqa: S311 - the same cases in every run
    return [a_case(chance, number, kept_from) for number in range(1, count + 1)]


def a_case(chance: random.Random, number: int, kept_from: Mapping[str, float]) -> Made:
    kind = chance.choice(tuple(MACHINES_OF))
    name = f"{kind[0].upper()}-2026-{number:06d}"
    state = chance.choice(MACHINES[kind].states)
    is_final = state in MACHINES[kind].final
    themes = chance.sample(THEMES, chance.randrange(3))
    row = {
        "id": f"{number:032x}", "number": name, "kind": kind, "channel": chance.choice(CHANNELS[kind]), "state": state,
        "escalation": chance.choice(MACHINES["escalation"].states), "compensation": "", "rehabilitation": "",
        "region": chance.choice(REGIONS), "addressee": chance.choice(tuple(BODIES)), "place": chance.choice(tuple(PLACES)),
        "title": name if kind == "allegation" else chance.choice(TITLES), "assignee": chance.choice(USERS),
        "version": chance.randrange(1, 5), "seq": 0, "head": b"", "facts": orjson.dumps({"themes": themes}).decode(),
        "opened_at": f"2026-0{chance.randrange(1, 6)}-02T05:00:00.000000Z", "last_at": "2026-06-01T05:00:00.000000Z",
        "closed_at": "2026-06-01T05:00:00.000000Z" if is_final else "", "blind": b"",
    }  # fmt: skip
    clocks = [] if is_final else [a_clock(chance) for _ in range(chance.randrange(1, 4))]
    return Made(row, clocks, {name for name, often in kept_from.items() if chance.random() < often})


def a_clock(chance: random.Random) -> tuple[str, str, str]:
    day = f"2026-06-{chance.randrange(1, 29):02d}"
    return day, f"{day}T19:00:00.000000Z", chance.choice(OWING)


def put(app: App, made: list[Made]) -> None:
    """Write the cases, what runs on them, and what they are looked up by."""
    with app.database.connection(writing=True) as connection:
        for table, names in ((bodies, BODIES), (places, PLACES)):
            connection.execute(insert(table), [{"id": key, "name": name} for key, name in names.items() if key])
        connection.execute(insert(cases), [one.row for one in made])
        clocks = [clock for one in made for clock in _clocks(one)]
        if clocks:
            connection.execute(insert(obligations), clocks)
        kept = [{"chain": one.row["id"], "post": name, "at": AT} for one in made for name in sorted(one.excluded)]
        if kept:
            connection.execute(insert(exclusions), kept)
        rebuild(connection)


def _clocks(one: Made) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{one.row['id']}-{n}", "chain": one.row["id"], "subject_kind": "case", "duty": "reply", "due_on": day,
            "due_at": instant, "owed_by": owes, "started_on": "2026-03-02", "channel": one.row["channel"],
        }
        for n, (day, instant, owes) in enumerate(one.clocks)
    ]  # fmt: skip
