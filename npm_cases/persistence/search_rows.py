"""The part of the unit of work that keeps what lists and search look cases up by, beside the rows it is made from."""

from collections.abc import Iterable, Sequence

from npm_cases.domain import letters
from npm_cases.domain.records import RECOMMENDATION, Case, Obligation
from npm_cases.persistence import search_index as index
from npm_cases.persistence.database import Database
from npm_cases.persistence.gathering import Gathering, Values
from npm_cases.persistence.rows import from_json

WORDED = frozenset({"title", "addressee", "place"})


class SearchRows(Gathering):
    """Derives columns and words of the cases that are written; the names they refer to are read once."""

    def __init__(self, database: Database, *, writing: bool = True) -> None:
        super().__init__(database, writing=writing)
        self._names: dict[tuple[str, str], str] = {}

    def _derived_at_birth(self, case: Case, opened: Sequence[Obligation]) -> Values:
        return {
            "title_key": letters.sort_key(case.title),
            **index.next_due(_clocks(opened)),
            "issued_on": index.issued_on(case, _starts(opened)),
            "escalated_at": "" if case.escalation == index.REST else case.last_at,
            "implemented_at": case.last_at if case.state == "implemented" else "",
            "themes": index.themes_column(case),
        }

    def _derived_again(self, case: Case, changes: Values, state_before: str, opened: Sequence[Obligation]) -> Values:
        """Return the derived columns that a change of the case itself moves."""
        derived: Values = {}
        if "title" in changes:
            derived["title_key"] = letters.sort_key(case.title)
        if "facts" in changes:
            derived["themes"] = index.themes_column(case)
        if "escalation" in changes:
            derived["escalated_at"] = "" if case.escalation == index.REST else case.last_at
        if "state" in changes and case.kind == RECOMMENDATION:
            derived |= self._derived_from_state(case, state_before, opened)
        return derived

    def _derived_from_state(self, case: Case, state_before: str, opened: Sequence[Obligation]) -> Values:
        derived: Values = {}
        if state_before in index.NOT_ISSUED and (day := index.issued_on(case, _starts(opened))):
            derived["issued_on"] = day
        if case.state == "implemented":
            derived["implemented_at"] = case.last_at
        elif case.state != "closed":  # closed out of another state it is empty already
            derived["implemented_at"] = ""
        return derived

    def _answered(self, case: Case, discharged: Iterable[Obligation]) -> Values:
        """Return by how much an answer was late that an act of this transaction recorded."""
        if case.state != "replied":
            return {}
        late = [index.days_late(one.due_at, one.discharged_at) for one in discharged if one.duty == index.REPLY]
        return {"answer_late": late[-1]} if late else {}

    def _due_again(self, running: Iterable[Obligation]) -> Values:
        return index.next_due(_clocks(running))

    def _add_words(self, new: Sequence[Case]) -> None:
        texts: list[Values] = [{"chain": case.id, "words": self._words_of(case)} for case in new]
        if self._database.is_sqlite and texts:  # the writer lock is held: the place in the index of words is given here
            first = int(self.tx.one(index.NEXT_ROW)[0])
            texts = [{"row": row, **one} for row, one in enumerate(texts, start=first)]
            self.tx.many(index.ADD_NEW_WORDS, [{"b_row": one["row"], "b_words": one["words"]} for one in texts])
        self.tx.many(index.ADD_TEXT, texts)

    def _is_worded_anew(self, case: Case, changes: Values, facts_before: str | None) -> bool:
        """Say whether other words may find a case now; most facts are none that anybody looks for."""
        if not WORDED.isdisjoint(changes):
            return True
        if "facts" not in changes or facts_before is None:
            return "facts" in changes
        return index.told_facts(from_json(facts_before, {})) != index.told_facts(case.facts)

    def _change_words(self, case: Case) -> None:
        of_case, words = {"b_chain": case.id}, self._words_of(case)
        row = self.tx.one(index.TEXT_OF, of_case)
        if row is None or row[0] == words:
            return
        if self._database.is_sqlite:
            self.tx.run(index.FORGET_WORDS, of_case)
        self.tx.run(index.SAVE_TEXT, {"words": words, **of_case})
        if self._database.is_sqlite:
            self.tx.run(index.ADD_WORDS, of_case)

    def _words_of(self, case: Case) -> str:
        names = [self._name("bodies", case.addressee), self._name("places", case.place)]
        return index.words_column(case, names)

    def _name(self, register: str, key: str) -> str:
        if key and (register, key) not in self._names:
            row = self.tx.one(index.NAME_OF[register], {"b_id": key})
            if row is None:
                return ""  # a body that is registered in this very transaction: it is asked for again
            self._names[register, key] = str(row[0])
        return self._names.get((register, key), "")


def _clocks(owed: Iterable[Obligation]) -> list[tuple[str, str, str]]:
    return [(one.due_at, one.due_on, one.owed_by) for one in owed if not one.discharged_at]


def _starts(owed: Iterable[Obligation]) -> list[tuple[str, str]]:
    return [(one.duty, one.started_on) for one in owed]
