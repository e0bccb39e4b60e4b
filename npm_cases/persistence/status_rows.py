"""The states of recommendations with the published words they remember, as a report on statuses counts them."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, exists, select

from npm_cases.persistence.database import Database
from npm_cases.persistence.schema import case_events, cases, exclusions
from npm_cases.services.published_status import PUBLISHED_ON, VOCABULARY, WORD
from npm_cases.services.status_report import Asked, Standing

_MOVED = and_(case_events.c.chain == cases.c.id, case_events.c.type == "moved", case_events.c.machine == cases.c.kind)
_REMEMBERS = cases.c.facts.contains(f'"{WORD}"')


class StatusRows:
    """The standings of one database."""

    _database: Database

    def standings(
        self, kind: str, asked: Asked, regions: Collection[str], excluded_for: Collection[str]
    ) -> list[Standing]:
        """Return every case of a kind that may be known, in no order."""
        moved = exists().where(_MOVED, _REMEMBERS)
        query = select(cases.c.state, cases.c.facts, cases.c.issued_on, cases.c.opened_at, moved).where(
            cases.c.kind == kind
        )
        for name in ("channel", "region"):
            if value := getattr(asked, name):
                query = query.where(cases.c[name] == value)
        if regions:
            query = query.where(cases.c.region.in_(["", *regions]))
        if excluded_for:
            named = exists().where(exclusions.c.chain == cases.c.id, exclusions.c.post.in_(list(excluded_for)))
            query = query.where(~named)
        with self._database.connection() as connection:
            return [_standing(*row) for row in connection.execute(query)]


def _standing(state: str, written: str, issued_on: str, opened_at: str, moved: Any) -> Standing:
    facts = json.loads(written) if f'"{WORD}"' in written else {}
    day = facts.get(PUBLISHED_ON) or issued_on or opened_at[:10]
    return Standing(state, str(facts.get(VOCABULARY, "")), str(facts.get(WORD, "")), has_moved=bool(moved), day=day)
