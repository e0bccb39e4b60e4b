"""A synthetic caseload of any size for lists and the board, written straight into the tables of either database.

Only what lists read is there: cases, their clocks, the words they are found by, bodies, places. No history is made, so such
a database verifies nothing. Places, bodies and texts are invented.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from build import a_row, settings_of
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from config.settings import Settings
from npm_cases.bootstrap import App, initialise
from npm_cases.domain import letters
from npm_cases.domain.records import Actor
from npm_cases.persistence.rows import CASE_COLUMNS, OBLIGATION_COLUMNS
from npm_cases.persistence.schema import NEVER
from npm_cases.persistence.search_index import ALL_WORDS, theme_word
from npm_cases.services.import_rows import import_rows
from state_machines import MACHINES

CLERK = Actor("synthetic-clerk", frozenset({"caseworker"}))
AT = "2026-06-15T10:00:00.000000Z"
TODAY = date(2026, 6, 15)
FIRST_ISSUED = date(2023, 6, 1)
CASES_AT_ONCE = 10_000
DERIVED = (
    "title_key", "next_due_on", "next_due_at", "next_owed_by", "issued_on", "escalated_at", "implemented_at", "answer_late",
    "themes",
)  # fmt: skip
BODIES, PLACES, USERS, THEMES = 200, 300, 60, 60
ROOTS = (
    "ремонт",
    "жөндеу",
    "visit",
    "учёт",
    "қамау",
    "medical",
    "жалоба",
    "өтініш",
    "training",
    "вода",
    "әділет",
    "staff",
)
WEIGHTED = {
    "recommendation": {"served": 8, "acknowledged": 10, "replied": 6, "accepted": 8, "in_progress": 14, "implemented": 6,
                       "not_implemented": 5, "rejected": 2, "closed": 30, "withdrawn": 2, "draft": 3, "issued": 3},
    "allegation": {"received": 2, "registered": 5, "under_investigation": 30, "terminated": 10, "in_court": 5, "closed": 35},
}  # fmt: skip
OWES = {"served": "addressee", "acknowledged": "addressee", "in_progress": "addressee", "accepted": "addressee",
        "under_investigation": "prosecutor", "in_court": "court"}  # fmt: skip
REGIONS = (
    "abai", "akmola", "aktobe", "almaty_city", "almaty_region", "astana", "atyrau", "east_kazakhstan", "jetisu", "karaganda",
    "kostanay", "kyzylorda", "mangystau", "north_kazakhstan", "pavlodar", "shymkent", "turkistan", "ulytau", "west_kazakhstan", "zhambyl",
)  # fmt: skip


class Maker:
    """Makes rows of cases by chance, the same in every run."""

    def __init__(self, owed: Sequence[Any]) -> None:
        self._chance = random.Random(7)  # noqa: S311 - the same caseload in every run
        self._owed = dict(zip(OBLIGATION_COLUMNS, owed, strict=True))
        self._words = [f"{root}{n or ''}" for n in range(250) for root in ROOTS]
        self._states = {kind: (list(of), list(of.values())) for kind, of in WEIGHTED.items()}

    def case(self, number: int) -> tuple[tuple[Any, ...], list[tuple[Any, ...]], tuple[str, str]]:
        """Return the row of a case, those of its clocks, and its words."""
        chance = self._chance
        kind = "allegation" if chance.random() < 0.15 else "recommendation"
        states, weights = self._states[kind]
        state = chance.choices(states, weights)[0]
        is_final = state in MACHINES[kind].final
        key, name = f"{number:016x}{chance.getrandbits(64):016x}", f"{kind[0].upper()}-2026-{number:07d}"
        title = name if kind == "allegation" else " ".join(self._word() for _ in range(8)).capitalize()
        body = f"synthetic_body_{self._skewed(BODIES)}"
        issued = FIRST_ISSUED + timedelta(days=chance.randrange(1_080))
        due = (TODAY + timedelta(days=chance.randrange(-60, 540))).isoformat()
        themes = [f"theme_{self._skewed(THEMES)}" for _ in range(chance.randrange(1, 3))]
        level = chance.choices(("not_escalated", "at_superior_body", "escalated_to_ombudsman"), (93, 4, 3))[0]
        owes = OWES.get(state, "mechanism")
        row = {
            "id": key, "number": name, "kind": kind, "channel": self._channel(kind), "state": state,
            "escalation": "not_escalated" if is_final else level, "compensation": "", "rehabilitation": "",
            "region": chance.choice(REGIONS), "addressee": body, "place": f"synthetic_place_{self._skewed(PLACES)}",
            "title": title, "assignee": f"clerk_{chance.randrange(USERS)}", "version": 3, "seq": 3, "head": b"\x00" * 32,
            "facts": '{"themes":["' + '","'.join(themes) + '"],"symbol":"A/HRC/0/1"}',
            "opened_at": f"{issued.isoformat()}T05:00:00.000000Z", "last_at": "2026-06-01T05:00:00.000000Z",
            "closed_at": "2026-06-01T05:00:00.000000Z" if is_final else "", "blind": b"\x01" * 32,
        }  # fmt: skip
        derived = (
            letters.sort_key(title), NEVER if is_final else due, NEVER if is_final else f"{due}T19:00:00.000000Z",
            "" if is_final else owes, issued.isoformat() if kind == "recommendation" and state != "draft" else "",
            f"2026-0{chance.randrange(1, 6)}-01T05:00:00.000000Z" if row["escalation"] != "not_escalated" else "",
            "2026-05-01T05:00:00.000000Z" if state == "implemented" or (is_final and chance.random() < 0.6) else "",
            max(chance.randrange(-25, 31), 0) if kind == "recommendation" else -1,
            " ".join(themes) if kind == "recommendation" else "",
        )  # fmt: skip
        told = [name] if kind == "allegation" else [name, title, body.replace("_", " "), *themes]
        words = dict.fromkeys(
            [*letters.words_of(" ".join(told)), *map(theme_word, themes if kind != "allegation" else [])]
        )
        case = (*[row[column] for column in CASE_COLUMNS], *derived)
        return case, self._clocks(row, due, owes, issued, is_final=is_final), (key, f" {' '.join(words)} ")

    def _clocks(
        self, case: dict[str, Any], due: str, owes: str, issued: date, *, is_final: bool
    ) -> list[tuple[Any, ...]]:
        answered = (issued + timedelta(days=self._chance.randrange(5, 60))).isoformat()
        by = (issued + timedelta(days=30)).isoformat()
        found = [self._clock(case, 0, "reply", "addressee", by, f"{answered}T09:00:00.000000Z")]
        if not is_final:
            found.append(self._clock(case, 1, "work", owes, due, ""))
            found.append(self._clock(case, 2, "age_ceiling", "mechanism", "2029-01-01", ""))
        return found

    def _clock(self, case: dict[str, Any], n: int, duty: str, owes: str, due: str, discharged: str) -> tuple[Any, ...]:
        made = self._owed | {
            "id": f"{case['id'][:31]}{n}", "chain": case["id"], "duty": duty, "owed_by": owes, "due_on": due,
            "due_at": f"{due}T19:00:00.000000Z", "discharged_at": discharged, "party": case["addressee"],
            "next_rung_at": "" if discharged else f"{due}T04:00:00.000000Z", "provisional": int(due > "2027"),
        }  # fmt: skip
        return tuple(made[name] for name in OBLIGATION_COLUMNS)

    def _channel(self, kind: str) -> str:
        return "complaint" if kind == "allegation" else self._chance.choice(("ombudsman", "visit", "upr"))

    def _word(self) -> str:
        return self._words[self._skewed(len(self._words))]

    def _skewed(self, many: int) -> int:
        """Choose as names are met: few often, most seldom."""
        return min(int(many ** self._chance.random()) - 1, many - 1)


def a_caseload(folder: Path, cases: int, url: str = "") -> App:
    """Set up an installation and write so many cases into it; return it open."""
    settings = (
        settings_of(folder)
        if not url
        else Settings(_env_file=None, data_dir=folder, database_url=url, log_level="error")
    )
    app = initialise(settings, sandbox=True)
    import_rows(app.office, [a_row(1, date(2026, 2, 2))], CLERK, AT)
    with app.database.connection() as connection:
        owed = connection.execute(text(f"SELECT {', '.join(OBLIGATION_COLUMNS)} FROM obligations LIMIT 1")).one()  # noqa: S608
    maker = Maker(tuple(owed))
    if url:
        _write_to_server(url, maker, cases)
    else:
        _write_to_file(folder / "cases.db", maker, cases)
    return app


def _lots(maker: Maker, cases: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    made = (maker.case(number) for number in range(2, cases + 1))
    yield {
        "bodies": [(f"synthetic_body_{n}", f"Synthetic body {n}") for n in range(BODIES)],
        "places": [(f"synthetic_place_{n}", f"Synthetic place {n}", f"kind_{n % 7}") for n in range(PLACES)],
    }
    while lot := list(islice(made, CASES_AT_ONCE)):
        yield {
            "cases": [case for case, _, _ in lot],
            "obligations": [clock for _, clocks, _ in lot for clock in clocks],
            "case_texts": [words for _, _, words in lot],
        }


COLUMNS = {
    "bodies": ("id", "name"), "places": ("id", "name", "kind"), "cases": (*CASE_COLUMNS, *DERIVED),
    "obligations": OBLIGATION_COLUMNS, "case_texts": ("chain", "words"),
}  # fmt: skip


def _write_to_file(path: Path, maker: Maker, cases: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as link:
        link.execute("PRAGMA synchronous=OFF")
        link.execute("PRAGMA cache_size=-2000000")
        link.execute("BEGIN IMMEDIATE")
        dropped = link.execute(
            "SELECT name, sql FROM sqlite_master WHERE type='index' AND sql LIKE 'CREATE INDEX%' "
            "AND tbl_name IN ('cases', 'obligations')"
        ).fetchall()
        for name, _ in dropped:
            link.execute(f"DROP INDEX {name}")
        for lot in _lots(maker, cases):
            for table, rows in lot.items():
                names = COLUMNS[table]
                marks = ",".join("?" * len(names))
                link.executemany(f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})", rows)  # noqa: S608
        for _, statement in dropped:
            link.execute(statement)
        link.execute(str(ALL_WORDS))
        link.execute("COMMIT")
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _write_to_server(url: str, maker: Maker, cases: int) -> None:
    engine = create_engine(make_url(url))
    link: Any = engine.raw_connection().driver_connection
    with link.cursor() as cursor:
        for lot in _lots(maker, cases):
            for table, rows in lot.items():
                with cursor.copy(f"COPY {table} ({','.join(COLUMNS[table])}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
    link.commit()
    link.autocommit = True
    link.execute("VACUUM ANALYZE")
    engine.dispose()
