"""A small synthetic installation and the cases in it. Every person, body and case here is invented."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from config.settings import Settings
from npm_cases.bootstrap import App, build, initialise
from npm_cases.domain.incoming import ImportedRow
from npm_cases.domain.records import Actor
from npm_cases.services.act import Confirm, DoAct, Done, act, confirm
from npm_cases.services.create_case import CreateCase, Created, create_case
from npm_cases.services.import_rows import ImportReport, import_rows
from npm_cases.services.office_acts import Seconded, propose
from npm_cases.services.registers import add_body, fill_post
from tests.databases import urls_for

CASEWORKER = Actor("caseworker-one", frozenset({"caseworker"}))
SECOND = Actor("caseworker-two", frozenset({"caseworker"}))
SECRETARIAT = Actor("secretary", frozenset({"secretariat"}))
COMMISSIONER = Actor("commissioner", frozenset({"commissioner"}))
DELEGATE = Actor("delegate", frozenset({"delegate"}))
LEADER = Actor("leader", frozenset({"group_leader"}))
ADMINISTRATOR = Actor("administrator", frozenset({"administrator"}))
AUDITOR = Actor("auditor", frozenset({"auditor"}))

COLONY, COMMITTEE = "synthetic_colony", "synthetic_committee"
MON_2_MAR = "2026-03-02T05:00:00.000000Z"
POSTS = ("secretariat", "commissioner", "council_chair", "board")

LETTER = (("letter.txt", b"A synthetic letter."),)
ISSUE = {"measurable": "true"}
# fmt: off
WAY: Mapping[str, tuple[str, tuple[str, Actor, Mapping[str, str], bool]]] = {
    # STATE                  FROM                      EVENT                   WHO            FIELDS            WITH A LETTER
    "approved":               ("draft",                  ("approve",              COMMISSIONER,  {},               False)),
    "issued":                 ("approved",               ("issue",                SECRETARIAT,   ISSUE,            False)),
    "served":                 ("issued",                 ("record_service",       SECRETARIAT,   {},               True)),
    "acknowledged":           ("served",                 ("acknowledge",          CASEWORKER,    {},               False)),
    "replied":                ("acknowledged",           ("record_reply",         CASEWORKER,    {},               True)),
    "accepted":               ("replied",                ("accept",               CASEWORKER,    {},               False)),
    "rejected":               ("replied",                ("reject",               CASEWORKER,    {"reasons": "No money."}, False)),
    "in_progress":            ("accepted",               ("start_implementation", CASEWORKER,    {"due_on": "2026-05-29"}, False)),
    "implementation_claimed": ("in_progress",            ("record_claim",         CASEWORKER,    {},               True)),
    "implemented":            ("implementation_claimed", ("verify",               CASEWORKER,    {},               True)),
    "closed":                 ("implemented",            ("close",                CASEWORKER,    {},               False)),
}
# fmt: on


def settings_of(folder: Path, database_url: str = "", **changed: Any) -> Settings:
    urls = {"database_url": database_url} if database_url else urls_for(folder)
    given = {"data_dir": folder, **urls, "log_level": "error", **changed}
    return Settings(_env_file=None, **given)


def an_app(folder: Path, database_url: str = "", at: str = MON_2_MAR, **changed: Any) -> App:
    """Make a sandbox with one body outside and a holder for every post; on the database of this run unless a URL is given."""
    app = initialise(settings_of(folder, database_url, **changed), sandbox=True)
    committee = {"id": COMMITTEE, "name": "Synthetic committee", "email": "committee@outside.example", "language": "kk"}
    colony = {"id": COLONY, "name": "Synthetic colony", "email": "colony@outside.example", "superior": COMMITTEE}
    for body in (committee, colony):
        add_body(app.office, body, CASEWORKER, at)
    for post in posts_held(app):
        fill_post(app.office, {"post": post, "email": f"{post}@office.example", "language": "kk"}, ADMINISTRATOR, at)
    return app


def posts_held(app: App) -> list[str]:
    """List the posts of the pack that people are named for, inside the mechanism."""
    return [post.id for post in app.office.pack.posts.values() if not post.relative and not post.outside]


def started_again(app: App) -> App:
    """Close an installation and open it as a new process would."""
    app.close()
    return build(app.settings)


def a_recommendation(app: App, state: str = "draft", at: str = MON_2_MAR, **fields: str) -> Created:
    """Make a recommendation to the colony and walk it to a state by lawful acts, all at one instant."""
    given = {"channel": "ombudsman", "title": "Repair the roof", "addressee": COLONY, **fields}
    created = create_case(app.office, CreateCase("recommendation", CASEWORKER, at, given))
    for step in _steps_to(state):
        walk(app, created.number, step, at)
    return created


def _steps_to(state: str) -> list[str]:
    steps: list[str] = []
    while state != "draft":
        steps.append(state)
        state = WAY[state][0]
    return steps[::-1]


def walk(app: App, number: str, step: str, at: str = MON_2_MAR) -> Done:
    """Take one step of the way, with the second person where one is needed."""
    event, actor, fields, with_letter = WAY[step][1]
    done = act(app.office, DoAct(number, event, actor, at, fields, files=LETTER if with_letter else ()))
    return confirm(app.office, Confirm(done.pending, SECOND, at)) if done.pending else done


def an_allegation(app: App, at: str = MON_2_MAR, **fields: str) -> Created:
    given = {"channel": "complaint", "statement": "A synthetic statement.", "region": "abai", **fields}
    return create_case(app.office, CreateCase("allegation", CASEWORKER, at, given))


def keep_from(app: App, number: str, *names: str, at: str = MON_2_MAR) -> None:
    """Keep a case from people, posts or units, as the row alone: who is named when it is made is kept from it by the engine."""
    with app.office.open_work() as work:
        case = work.case(number)
        for name in names:
            work.exclude(case.id, name, at)
        work.commit()


def a_closed_allegation(app: App, at: str = MON_2_MAR, **fields: str) -> Created:
    """Make an allegation and close it the short way: it was not about ill-treatment, and a second person agreed."""
    created = an_allegation(app, at, **fields)
    given = {"about_ill_treatment": "false", "reasons": "Synthetic reasons."}
    done = act(app.office, DoAct(created.number, "decline", CASEWORKER, at, given))
    confirm(app.office, Confirm(done.pending, SECOND, at))
    return created


def a_row(number: int, **changed: Any) -> ImportedRow:
    """Make a row of a published file: a State accepted a recommendation."""
    values: dict[str, Any] = {
        "line": number, "key": f"key-{number}", "digest": f"digest-{number}", "channel": "upr",
        "addressee": "Synthetica", "title": f"Synthetic recommendation {number}", "themes": ("detention",),
        "recommended_by": "Examplia", "response": "accepted", "reason_code": "", "session": 48,
        "symbol": "A/HRC/0/1", "paragraph": f"1.{number}", "responded_on": date(2026, 2, 1), "region": "",
    }  # fmt: skip
    return ImportedRow(**(values | changed))


def a_caseload(app: App, count: int, at: str = MON_2_MAR) -> ImportReport:
    """Import many accepted recommendations: each has two clocks running."""
    return import_rows(app.office, [a_row(number) for number in range(1, count + 1)], CASEWORKER, at)


def seconded(app: App, event: str, at: str = MON_2_MAR) -> Seconded:
    """Propose an act of the office; the commissioner is the second person."""
    return Seconded(propose(app.office, event, ADMINISTRATOR, at)[0], COMMISSIONER)
