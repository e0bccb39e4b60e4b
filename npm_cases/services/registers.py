"""The registers beside the cases: bodies, places of detention, visits, and who holds which post."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.duties import PERIODIC_VISIT, OwedBy
from npm_cases.domain.errors import BadInput, Conflict, NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import choice_list, field_list, labelled, quoted
from npm_cases.domain.messages import say
from npm_cases.domain.records import CLOCK, Actor, By
from npm_cases.history.event import OFFICE, EventType
from npm_cases.services import answers, obligations
from npm_cases.services.committed import insert_committed
from npm_cases.services.given_days import a_day, a_day_gone_by
from npm_cases.services.import_rows import code
from npm_cases.services.once_more import once_more
from npm_cases.services.ports import Office, Work
from npm_cases.services.recording import instant, record

VISIT_KINDS = ("periodic", "interim", "special")
BODY_FIELDS = ("id", "name", "kind", "superior", "email", "language", "zone")
PLACE_FIELDS = ("id", "name", "kind", "region", "body", "last_periodic_visit")
VISIT_FIELDS = ("place", "kind", "started_on", "ended_on")
POST_FIELDS = ("post", "name", "email", "language", "user", "valid_from", "valid_to", "region", "unit")


def add_body(office: Office, given: Mapping[str, str], actor: Actor, at: str) -> str:
    """Add a body: an authority, an administration of a place, a State. Returns its id.

    Raises BadInput, NotFound for an unknown superior, Conflict for an id already taken, NotAllowed.
    """
    role = access.need(actor, "add a body")
    _known(given, BODY_FIELDS, ("name",))
    body_id = given.get("id") or code(given["name"])
    with office.open_work() as work:
        _is_free(work, "bodies", body_id)
        if given.get("superior") and not work.rows("bodies", {"id": given["superior"]}):
            raise NotFound(say("no_body", field="superior", given=quoted(given["superior"])))
        values = {name: given.get(name, "") for name in BODY_FIELDS} | {"id": body_id}
        facts = {"body": body_id, "row": insert_committed(work, office, "bodies", values)}
        record(work, office, work.chain(OFFICE), EventType.BODY_ADDED, at, actor, role, facts=facts)
        work.commit()
    return body_id


def add_place(office: Office, given: Mapping[str, str], actor: Actor, at: str, known_on: date | None = None) -> str:
    """Add a place of detention and start the clock of its periodic visit (PEC art. 45(1)(1)). Returns its id.

    ``known_on`` is the day up to which visits are known, today if left out.
    """
    role = access.need(actor, "add a place of detention")
    _known(given, PLACE_FIELDS, ("name", "region"))
    if given["region"] not in office.pack.regions:
        raise BadInput(
            say(
                "not_one_of", field="region", given=quoted(given["region"]),
                known=labelled(office.pack.regions),
            )
        )  # fmt: skip
    today = known_on or office.times.day(from_text(at))
    start = a_day_gone_by("field last_periodic_visit", given.get("last_periodic_visit", ""), today) or today
    place_id = given.get("id") or code(given["name"])
    with office.open_work() as work:
        _is_free(work, "places", place_id)
        at = instant(work.chain(OFFICE), at)
        values = {name: given.get(name, "") for name in ("name", "kind", "region", "body")}
        row = insert_committed(work, office, "places", {"id": place_id, "added_at": at, **values})
        facts = {"place": place_id, "row": row}
        record(work, office, work.chain(OFFICE), EventType.PLACE_ADDED, at, actor, role, facts=facts)
        _owe_periodic_visit(work, office, place_id, given["region"], start, at)
        work.commit()
    return place_id


def record_visit(office: Office, given: Mapping[str, str], actor: Actor, at: str, key: str = "") -> str:
    """Record a visit; a periodic one discharges the place's clock and starts the next four years. Returns its id.

    ``key`` makes a repeat of the same command harmless.
    """
    role = access.need(actor, "record a visit")
    _known(given, VISIT_FIELDS, ("place", "kind", "started_on"))
    if given["kind"] not in VISIT_KINDS:
        raise BadInput(say("not_one_of", field="kind", given=quoted(given["kind"]), known=choice_list(VISIT_KINDS)))
    days = _days_of_visit(office, given, at)
    return once_more(lambda: _visited_once(office, given, days, By(actor, role, at), key), key)


def _visited_once(office: Office, given: Mapping[str, str], visited: tuple[date, date], by: By, key: str) -> str:
    (started, ended), actor, role, at = visited, by.actor, by.role, by.at
    body = ["visit", *(given.get(name, "") for name in VISIT_FIELDS)]
    with office.open_work() as work:
        if done := answers.earlier(work, key, actor.user, body):
            return str(done["visit"])
        places = work.rows("places", {"id": given["place"]})
        if not places:
            raise NotFound(say("no_place", field="place", given=quoted(given["place"])))
        visit_id = office.new_id()
        at = instant(work.chain(OFFICE), at)
        values = {"place": given["place"], "kind": given["kind"], "region": places[0]["region"], "at": at}
        days = {"started_on": started.isoformat(), "ended_on": ended.isoformat()}
        row = insert_committed(work, office, "visits", {"id": visit_id, **days, **values})
        facts = {"visit": visit_id, "place": given["place"], "kind": given["kind"], "started_on": started.isoformat()}
        facts["row"] = row
        record(work, office, work.chain(OFFICE), EventType.VISIT_RECORDED, at, actor, role, facts=facts)
        if given["kind"] == "periodic":
            _visited(work, office, places[0], ended, By(actor, role, at))
        answers.keep(work, key, actor.user, body, {"visit": visit_id}, at)
        work.commit()
    return visit_id


def _days_of_visit(office: Office, given: Mapping[str, str], at: str) -> tuple[date, date]:
    today = office.times.day(from_text(at))
    started = a_day_gone_by("field started_on", given.get("started_on", ""), today) or today
    ended = a_day_gone_by("field ended_on", given.get("ended_on", ""), today) or started
    if ended < started:
        raise BadInput(say("ended_before_started", field="ended_on", ended=ended, started=started))
    return started, ended


def fill_post(office: Office, given: Mapping[str, str], actor: Actor, at: str) -> None:
    """Say who holds a post from a day on; the holder before ends the day before.

    Raises BadInput for a post the pack does not have, or for one that is found from the case.
    """
    role = access.need(actor, "fill a post")
    _known(given, POST_FIELDS, ("post", "email"))
    post = office.pack.posts.get(given["post"])
    if post is None or post.relative:
        fixed = {p.id: p.labels for p in office.pack.posts.values() if not p.relative}
        raise BadInput(say("post_not_fillable", field="post", given=quoted(given["post"]), known=labelled(fixed)))
    today = office.times.day(from_text(at))
    start = a_day("field valid_from", given["valid_from"]) if given.get("valid_from") else today
    if given.get("valid_to"):
        a_day("field valid_to", given["valid_to"])
    with office.open_work() as work:
        for held in work.rows("holders", {"post": post.id, "valid_to": ""}):
            if held["valid_from"] < start.isoformat():
                last = (start - obligations.ONE_DAY).isoformat()
                work.update("holders", {"valid_to": last}, {"post": post.id, "valid_from": held["valid_from"]})
        values = {name: given.get(name, "") for name in POST_FIELDS} | {"valid_from": start.isoformat()}
        row = insert_committed(work, office, "holders", values)
        said = {name: values[name] for name in ("region", "valid_to") if values[name]}
        facts = {"post": post.id, "valid_from": start.isoformat(), **said, "row": row}
        record(work, office, work.chain(OFFICE), EventType.POST_FILLED, at, actor, role, facts=facts)
        work.commit()


def _owe_periodic_visit(work: Work, office: Office, place_id: str, region: str, start: date, at: str) -> None:
    rule = office.pack.rule(office.pack.periodic_visit, start)
    subject = obligations.Subject(OFFICE, f"place:{place_id}", office.pack.place_channel, office.pack.zone, region)
    owed = obligations.make_obligation(office, subject, PERIODIC_VISIT, OwedBy.MECHANISM, "", rule, start, at)
    obligations.put(work, office, work.chain(OFFICE), owed, rule, By(CLOCK, "clock", at))


def _visited(work: Work, office: Office, place: Mapping[str, Any], on: date, by: By) -> None:
    chain = work.chain(OFFICE)
    for owed in work.obligations_of(f"place:{place['id']}"):
        if owed.duty == PERIODIC_VISIT:
            obligations.discharge(work, office, chain, owed, by, "periodic_visit")
    _owe_periodic_visit(work, office, place["id"], place["region"], on, by.at)


def _known(given: Mapping[str, str], accepted: tuple[str, ...], needed: tuple[str, ...]) -> None:
    for name in given:
        if name not in accepted:
            raise BadInput(say("not_taken_here", field=name, known=field_list(accepted)))
    for name in needed:
        if not given.get(name, "").strip():
            raise BadInput(say("field_needed", field=name))


def _is_free(work: Work, register: str, new_id: str) -> None:
    if work.rows(register, {"id": new_id}):
        raise Conflict(say("id_taken", field="id", given=quoted(new_id)))


def as_list(
    office: Office, register: str, actor: Actor, where: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return the rows of a register for people who work with it; addresses, token hashes and random bytes stay out.

    ``where`` keeps the rows whose columns hold these values.
    """
    access.need(actor, "list a register")
    hidden = {"token_hash", "email", "blind"}
    with office.open_reading() as work:
        return [
            {name: value for name, value in row.items() if name not in hidden} for row in work.rows(register, where)
        ]
