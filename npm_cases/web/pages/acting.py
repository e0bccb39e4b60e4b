"""Acts on a case: a short form for each event, the small acts beside the machines, and the second person's page."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from npm_cases.domain import access
from npm_cases.domain.errors import BadInput, CaseError, Conflict, NotFound, RefusedByRule
from npm_cases.domain.messages import say
from npm_cases.domain.records import Receipt
from npm_cases.domain.rights import ACTORS, RIGHTS
from npm_cases.services import casework, consent
from npm_cases.services.absences import acting_for
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.case_file import CaseFile
from npm_cases.services.casework import OnCase
from npm_cases.services.date_decisions import DecideDates, decide_dates, waiting_dates
from npm_cases.services.given_days import a_day_if_given
from npm_cases.services.legal_hold import hold
from npm_cases.services.people import colleagues
from npm_cases.services.proposals import proposal_head, show_proposal
from npm_cases.services.registers import as_list
from npm_cases.services.what_now import MayAct
from npm_cases.web.failures import said, status_of
from npm_cases.web.numbers import whole
from npm_cases.web.pages.case import read_file
from npm_cases.web.pages.choices import named_in
from npm_cases.web.routes import Data, Handler, Page
from npm_cases.web.visit import Visit
from state_machines.table import Field, FieldKind

PREFIX = "f."
"""What stands before the names of an act's own fields in a form."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was wrong with a form: said over it, beside one of its fields, and reason by reason."""

    text: str
    field: str = ""
    reasons: tuple[str, ...] = ()
    is_stale: bool = False


def _form(visit: Visit) -> Response:
    found = read_file(visit, visit.path["ref"])
    return _form_of(visit, found, _may(visit, found), None, 200)


def _may(visit: Visit, found: CaseFile) -> MayAct:
    event = visit.path["event"]
    may = found.now.act(event)
    if may is None:
        reasons = next((one.reasons for one in found.now.may_not if one.event == event), ())
        if not reasons:
            raise NotFound(say("no_act_here"))
        raise RefusedByRule(say("not_possible_now"), reasons)
    return may


def _form_of(visit: Visit, found: CaseFile, may: MayAct, wrong: Wrong | None, status: int) -> Response:
    seen = visit.given("seen")
    since = [line for line in found.lines if seen and line.seq > whole(seen)]
    return visit.render(
        "act.html", status, file=found, case=found.case, may=may, wrong=wrong, since=since,
        options=_options(visit, found, may), typed=visit.fields(PREFIX), key=visit.given("key") or visit.office.new_id(),
        version=found.case.version, seen_seq=found.case.seq, prefix=PREFIX,
        chosen_documents=visit.chosen(f"{PREFIX}document"),
    )  # fmt: skip


def _options(visit: Visit, found: CaseFile, may: MayAct) -> dict[str, list[tuple[str, str]]]:
    """Return what the fields of an act that name a row may be: visits of the place, bodies, colleagues."""
    fields = {one.name: one for one in (*may.optional, *(f for need in may.needs for f in need.fields))}
    return {name: _rows_for(visit, found, field) for name, field in fields.items()}


def _rows_for(visit: Visit, found: CaseFile, field: Field) -> list[tuple[str, str]]:
    if field.kind is FieldKind.BODY:
        return named_in(visit, "bodies")
    if field.kind is FieldKind.VISIT and found.case.place:
        rows = as_list(visit.office, "visits", visit.actor, {"place": found.case.place})
        return [(row["id"], f"{visit.speaker.day(row['started_on'])}, {row['kind']}") for row in reversed(rows)]
    if field.kind is FieldKind.USER:
        return colleagues(visit.office, visit.actor)
    if field.kind is FieldKind.CODE and field.name == "named_exception":
        return [(code, code) for code in sorted(visit.office.pack.reasons_for_exception)]
    kind = "reason_code" if field.name == "reason_code" else "choice"
    return [(code, visit.speaker.label(kind, code)) for code in field.choices]


def _do(visit: Visit) -> Response:
    ref, event = visit.path["ref"], visit.path["event"]
    found = read_file(visit, ref)
    given = {name: value for name, value in visit.fields(PREFIX).items() if name != "document"}
    version = visit.given("version")
    try:
        done = act(
            visit.office,
            DoAct(
                ref, event, acting_for(visit.office, visit.actor, found.case, visit.at), visit.at, given,
                tuple(one for one in visit.chosen(f"{PREFIX}document") if one),
                if_version=whole(version) if version else None, idem=visit.given("key"),
                files=visit.uploads(f"{PREFIX}file"),
            ),
        )  # fmt: skip
    except (BadInput, Conflict, RefusedByRule, NotFound) as error:
        return _again(visit, ref, error)
    return visit.go("case", f"done={done.receipt.seq}", ref=ref)


def _again(visit: Visit, ref: str, error: CaseError) -> Response:
    """Show the form once more with everything typed, what was wrong, and what changed meanwhile."""
    found = read_file(visit, ref)
    may = found.now.act(visit.path["event"])
    wrong = Wrong(said(error, visit.lang), error.field, getattr(error, "reasons", ()), isinstance(error, Conflict))
    if may is None:
        since = [line for line in found.lines if line.seq > whole(visit.given("seen"))]
        return visit.render(
            "overtaken.html", status_of(error), file=found, case=found.case, wrong=wrong, since=since,
            typed=visit.fields(PREFIX), event=visit.path["event"],
        )  # fmt: skip
    return _form_of(visit, found, may, wrong, status_of(error))


# -- the second person


def _proposal(visit: Visit) -> Response:
    """Show what waits for whom; the act itself is opened by a button, since a link alone must record no reading."""
    found = proposal_head(visit.office, visit.path["approval"], visit.actor)
    return visit.render("proposal_head.html", found=found, is_own=found.approval.proposer == visit.actor.user)


def _exact(visit: Visit) -> Response:
    with visit.app.reader as reader:
        found = show_proposal(visit.office, reader, visit.path["approval"], visit.actor, visit.at)
    return visit.render(
        "proposal.html", found=found, is_own=found.approval.proposer == visit.actor.user, key=visit.office.new_id()
    )


def _confirm(visit: Visit) -> Response:
    done = confirm(visit.office, Confirm(visit.path["approval"], visit.actor, visit.at, visit.given("key")))
    with visit.office.open_reading() as work:
        number = work.number_of(done.receipt.case)
    return visit.go("case", f"done={done.receipt.seq}", ref=number)


# -- beside the machines


def _on(visit: Visit) -> OnCase:
    return OnCase(visit.path["ref"], visit.actor, visit.at, key=visit.given("key"))


def _beside(visit: Visit) -> Response:
    found = read_file(visit, visit.path["ref"])
    return visit.render(
        "beside.html", file=found, case=found.case, people=colleagues(visit.office, visit.actor),
        bodies=named_in(visit, "bodies"), key=visit.office.new_id(),
        waiting_dates=waiting_dates(visit.office, found.case), link_kinds=casework.LINK_KINDS,
        purposes=consent.PURPOSES, forms=consent.FORMS,
    )  # fmt: skip


def _then_case(do: Callable[[Visit], Receipt]) -> Handler:
    """Do a small act, then show its case with the receipt."""

    def done(visit: Visit) -> Response:
        return visit.go("case", f"done={do(visit).seq}", ref=visit.path["ref"])

    return done


def _link(visit: Visit) -> Receipt:
    return casework.link(visit.office, _on(visit), visit.given("other"), visit.given("kind"))


def _suspend(visit: Visit) -> Receipt:
    on = a_day_if_given("on", visit.given("on"))
    return casework.suspend(visit.office, _on(visit), visit.given("duty"), on, visit.given("reason"))


def _resume(visit: Visit) -> Receipt:
    on = a_day_if_given("on", visit.given("on"))
    return casework.resume(visit.office, _on(visit), visit.given("duty"), on, visit.given("reason") or "resumed")


def _consent(visit: Visit) -> Receipt:
    given = consent.RecordConsent(
        visit.path["ref"], visit.given("what"), visit.actor, visit.at, visit.given("recipient"),
        visit.given("purpose") or "refer", visit.given("form") or "written", visit.given("expires_on"), visit.given("key"),
    )  # fmt: skip
    return consent.record_consent(visit.office, given)


def _document(visit: Visit) -> Receipt:
    visit.one_upload("file")
    for number, (name, content) in enumerate(visit.uploads("file")):
        once = OnCase(visit.path["ref"], visit.actor, visit.at, key=f"{visit.given('key')}-{number}")
        _, receipt = casework.add_document(visit.office, once, name, content)
    return receipt


def _assign(visit: Visit) -> Receipt:
    return casework.assign(visit.office, _on(visit), visit.given("user"))


def _dates(visit: Visit) -> Receipt:
    wanted = DecideDates(_on(visit), takes_new=visit.given("take") == "1", reason=visit.given("reason"))
    return decide_dates(visit.office, wanted)


def _hold(visit: Visit) -> Receipt:
    return hold(visit.office, _on(visit), visit.given("reason"), lift=visit.given("lift") == "1")


# fmt: off
SMALL = (
    ("assign",   _assign,   RIGHTS["assign a case"]),
    ("document", _document, RIGHTS["add a document"]),
    ("link",     _link,     RIGHTS["link cases"]),
    ("suspend",  _suspend,  RIGHTS["suspend a clock"]),
    ("resume",   _resume,   RIGHTS["resume a clock"]),
    ("consent",  _consent,  RIGHTS["record consent"]),
    ("hold",     _hold,     RIGHTS["hold a case"]),
    ("dates",    _dates,    RIGHTS["decide a corrected date"]),
)
# fmt: on
"""The small acts: name, what it does, who may."""

PAGES = (
    Page("beside", "/cases/{ref}/beside", access.READERS, Data.CASES, get=_beside),
    *(Page(name, f"/cases/{{ref}}/beside/{name}", who, Data.CASES, post=_then_case(do)) for name, do, who in SMALL),
    Page("act", "/cases/{ref}/acts/{event}", ACTORS, Data.CASES, get=_form, post=_do),
    Page("proposal", "/proposals/{approval}", ACTORS, Data.CASES, get=_proposal, post=_confirm, grave=True),
    Page("exact", "/proposals/{approval}/exact", RIGHTS["read a proposal"] - {"auditor"}, Data.PROTECTED, post=_exact),
)
