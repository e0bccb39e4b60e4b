"""What lists and search look cases up by: columns and words made from the case, its clocks and the names it refers to.

It is written in the transaction of the act, can be made again from the other rows at any time (`rebuild`), and proves
nothing: whoever reads a case reads its own rows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from npm_cases.domain import letters
from npm_cases.domain.duties import AGE_CEILING, OUTSIDERS
from npm_cases.domain.instants import from_text
from npm_cases.domain.records import RECOMMENDATION, Case
from npm_cases.persistence.rows import from_json
from npm_cases.persistence.schema import NEVER, bodies, case_events, case_texts, cases, obligations, places

Values = dict[str, Any]
CASES_AT_ONCE = 1_000
NOT_ISSUED = frozenset({"draft", "approved"})
BEFORE_ISSUE = frozenset({"approve", "publish", "issue", AGE_CEILING})
REST = "not_escalated"
REPLY, ASSESS, UNANSWERED = "reply", "assess_reply", -1
NAMED_FACTS = ("symbol", "paragraph", "session", "recommended_by")
_NO_LETTER = re.compile(r"\W+")
ONE_DAY = timedelta(days=1)
_OUTSIDE = frozenset(map(str, OUTSIDERS))

ADD_TEXT = insert(case_texts)
TEXT_OF = select(case_texts.c.words).where(case_texts.c.chain == bindparam("b_chain"))
SAVE_TEXT = update(case_texts).where(case_texts.c.chain == bindparam("b_chain"))
# FTS5 keeps no copy of the words: what it indexed is told to it again before it changes.
ADD_WORDS = text("INSERT INTO case_words(rowid, words) SELECT row, words FROM case_texts WHERE chain = :b_chain")
ADD_NEW_WORDS = text("INSERT INTO case_words(rowid, words) VALUES (:b_row, :b_words)")
NEXT_ROW = select(func.coalesce(func.max(case_texts.c.row), 0) + 1)
FORGET_WORDS = text(
    "INSERT INTO case_words(case_words, rowid, words) SELECT 'delete', row, words FROM case_texts WHERE chain = :b_chain"
)
ALL_WORDS = text("INSERT INTO case_words(case_words) VALUES ('rebuild')")
NAME_OF = {table.name: select(table.c.name).where(table.c.id == bindparam("b_id")) for table in (bodies, places)}


def words_column(case: Case, names: Iterable[str]) -> str:
    """Return the words that find a case, between spaces; of an allegation its number alone.

    A theme stands there whole as well, with a low line before it, which no word of a text has.
    """
    if case.kind != RECOMMENDATION:
        return _spaced(letters.words_of(case.number))
    told, themes = told_facts(case.facts)
    text = " ".join([case.number, case.title, *told, *names, *themes])
    return _spaced([*letters.words_of(text), *map(theme_word, themes)])


def told_facts(facts: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return what of the facts of a case is looked for: the names under which it was published, and its themes."""
    return [str(facts[name]) for name in NAMED_FACTS if facts.get(name)], themes_of(facts)


def theme_word(theme: str) -> str:
    """Return the word under which the cases of a theme are found."""
    return f"_{_NO_LETTER.sub('_', letters.fold(theme))}"


def themes_of(facts: Mapping[str, Any]) -> list[str]:
    """Return the themes of a case, whether it was imported with several or made with one."""
    themes = facts.get("themes") or ([facts["theme"]] if facts.get("theme") else [])
    return [str(theme) for theme in themes]


def _spaced(words: Iterable[str]) -> str:
    return f" {' '.join(dict.fromkeys(words))} "


def next_due(running: Iterable[tuple[str, str, str]]) -> Values:
    """Return the first due day and instant of clocks that run (due instant, day, who owes), and who owes the first.

    What we owe ourselves goes before what others owe at the same instant: our own lateness is not to be overlooked.
    """
    clocks = list(running)
    if not clocks:
        return {"next_due_on": NEVER, "next_due_at": NEVER, "next_owed_by": ""}
    first = min(clocks, key=lambda clock: (clock[0], clock[2] in _OUTSIDE))
    return {"next_due_on": min(clock[1] for clock in clocks), "next_due_at": first[0], "next_owed_by": first[2]}


def issued_on(case: Case, started: Iterable[tuple[str, str]]) -> str:
    """Return the day a recommendation was issued, by its clocks (duty, first day); empty while it is not."""
    if case.kind != RECOMMENDATION or case.state in NOT_ISSUED:
        return ""
    return min((day for duty, day in started if duty not in BEFORE_ISSUE), default="")


def themes_column(case: Case) -> str:
    """Return the themes of a recommendation apart by spaces, as the board counts them."""
    return " ".join(themes_of(case.facts)) if case.kind == RECOMMENDATION else ""


def days_late(due_at: str, answered_at: str) -> int:
    """Return how many legal days after its due day an answer was recorded; 0 when it came in time.

    A due instant is the end of the due day, itself not included: what comes in the day after it is one day late.
    """
    late = from_text(answered_at) - from_text(due_at)
    return max(late // ONE_DAY + 1, 0)


def rebuild(connection: Connection) -> int:
    """Make everything here again for all cases there are, a page at a time; returns how many."""
    named = {
        table.name: dict(connection.execute(select(table.c.id, table.c.name)).tuples().all())
        for table in (bodies, places)
    }
    done, last = 0, ""
    while page := _page(connection, last):
        ids = [case.id for case in page]
        _write_columns(connection, page, ids)
        _write_texts(connection, page, ids, named)
        done, last = done + len(page), page[-1].id
    if connection.dialect.name == "sqlite":
        connection.execute(ALL_WORDS)
    return done


def _page(connection: Connection, last: str) -> list[Case]:
    """Read by name: this also runs inside a migration, before later columns are there."""
    wanted = [cases.c[name] for name in _CASE]
    query = select(*wanted).where(cases.c.id > last).order_by(cases.c.id).limit(CASES_AT_ONCE)
    return [_case(dict(row)) for row in connection.execute(query).mappings()]


_CASE = (
    "id", "number", "kind", "channel", "state", "escalation", "compensation", "rehabilitation", "region", "addressee",
    "place", "title", "assignee", "version", "seq", "facts", "opened_at", "last_at", "closed_at",
)  # fmt: skip
_OWED = ("chain", "duty", "owed_by", "started_on", "due_on", "due_at", "opened_at", "discharged_at")


def _case(row: Mapping[str, Any]) -> Case:
    return Case(**{**row, "facts": from_json(row["facts"], {}), "head": b""})


def _write_columns(connection: Connection, page: Sequence[Case], ids: Sequence[str]) -> None:
    owed_on = _owed_on(connection, ids)
    levels = (
        select(case_events.c.chain, func.max(case_events.c.at))
        .where(case_events.c.chain.in_(ids), case_events.c.machine == "escalation")
        .group_by(case_events.c.chain)
    )
    raised = dict(connection.execute(levels).tuples().all())
    connection.execute(
        update(cases).where(cases.c.id == bindparam("b_id")),
        [_columns(case, owed_on.get(case.id, []), raised.get(case.id, "")) | {"b_id": case.id} for case in page],
    )


def _columns(case: Case, owed: Sequence[Mapping[str, str]], raised: str) -> Values:
    running = [(row["due_at"], row["due_on"], row["owed_by"]) for row in owed if not row["discharged_at"]]
    return {
        "title_key": letters.sort_key(case.title),
        **next_due(running),
        "issued_on": issued_on(case, [(row["duty"], row["started_on"]) for row in owed]),
        "escalated_at": "" if case.escalation == REST else raised,
        "implemented_at": _implemented_at(case, owed),
        "answer_late": _answer_late(case, owed),
        "themes": themes_column(case),
    }


def _implemented_at(case: Case, owed: Sequence[Mapping[str, str]]) -> str:
    """Return since when a case is implemented: since it is owed to be closed, which a closed one was until the end."""
    ends = {"implemented": "", "closed": case.closed_at}
    if case.kind != RECOMMENDATION or case.state not in ends:
        return ""
    return max(
        (row["opened_at"] for row in owed if row["duty"] == "close" and row["discharged_at"] == ends[case.state]),
        default="",
    )


def _answer_late(case: Case, owed: Sequence[Mapping[str, str]]) -> int:
    """Return by how much the last answer was late; a reply no longer owed because the case ended was no answer."""
    if case.kind != RECOMMENDATION:
        return UNANSWERED
    assessed = {row["opened_at"] for row in owed if row["duty"] == ASSESS}
    answered = [row for row in owed if row["duty"] == REPLY and row["discharged_at"] in assessed]
    last = max(answered, key=lambda row: row["discharged_at"], default=None)
    return UNANSWERED if last is None else days_late(last["due_at"], last["discharged_at"])


def _owed_on(connection: Connection, ids: Sequence[str]) -> dict[str, list[Mapping[str, str]]]:
    found: dict[str, list[Mapping[str, str]]] = {}
    query = select(*[obligations.c[name] for name in _OWED]).where(obligations.c.chain.in_(ids))
    for row in connection.execute(query).mappings():
        found.setdefault(row["chain"], []).append(dict(row))
    return found


def _write_texts(
    connection: Connection, page: Sequence[Case], ids: Sequence[str], named: Mapping[str, Mapping[str, str]]
) -> None:
    there = set(connection.execute(select(case_texts.c.chain).where(case_texts.c.chain.in_(ids))).scalars())
    texts = {
        case.id: words_column(case, [named["bodies"].get(case.addressee, ""), named["places"].get(case.place, "")])
        for case in page
    }
    added = [{"chain": chain, "words": words} for chain, words in texts.items() if chain not in there]
    if added:
        connection.execute(ADD_TEXT, added)
    changed = [{"b_chain": chain, "words": words} for chain, words in texts.items() if chain in there]
    if changed:
        connection.execute(SAVE_TEXT, changed)
