"""What a person keeps for themselves: saved filters. No history: nobody else sees them and nothing follows from them."""

from npm_cases.domain.errors import BadInput, NotFound
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import Actor
from npm_cases.services.ports import Office

LONGEST_NAME, LONGEST_QUERY = 100, 2_000
MOST = 100


def save_filter(office: Office, name: str, query: str, actor: Actor, at: str) -> None:
    """Keep a filter under a name of one's own; one of the same name is replaced. ``query`` is a URL query string.

    Raises BadInput for an empty or over-long name, an over-long query, or one filter too many.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(say("name_too_long", field="name", most=LONGEST_NAME))
    if len(query) > LONGEST_QUERY or not query.isprintable():
        raise BadInput(say("query_too_long", field="query", count=len(query), most=LONGEST_QUERY))
    values = {"query": query, "at": at, "ended_at": ""}
    with office.open_work() as work:
        if not work.update("saved_filters", values, {"user": actor.user, "name": name}):
            if len(work.rows("saved_filters", {"user": actor.user})) >= MOST:
                raise BadInput(say("filters_full", most=MOST))
            work.insert("saved_filters", {"user": actor.user, "name": name, **values})
        work.commit()


def saved_filters(office: Office, actor: Actor) -> list[dict[str, str]]:
    """List one's own filters: name, query, at; by name."""
    with office.open_reading() as work:
        found = work.rows("saved_filters", {"user": actor.user, "ended_at": ""})
    return [{"name": row["name"], "query": row["query"], "at": row["at"]} for row in found]


def forget_filter(office: Office, name: str, actor: Actor, at: str) -> None:
    """End a filter of one's own.

    Raises NotFound.
    """
    with office.open_work() as work:
        if not work.update("saved_filters", {"ended_at": at}, {"user": actor.user, "name": name, "ended_at": ""}):
            raise NotFound(say("no_filter", given=quoted(name)))
        work.commit()
