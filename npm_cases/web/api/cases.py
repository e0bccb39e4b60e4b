"""Calls on cases: lists, one case, its history, why, what was sealed, and every act."""

from typing import Annotated

from fastapi import Path, Query, UploadFile
from starlette.responses import Response, StreamingResponse

from npm_cases.domain.errors import NotAllowed
from npm_cases.domain.messages import say
from npm_cases.domain.records import Receipt
from npm_cases.services import case_views, casework, consent as consents, erasure
from npm_cases.services.absences import acting_for
from npm_cases.services.act import Confirm, DoAct, Done, act, confirm
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.documents import read_document
from npm_cases.services.explain import explain
from npm_cases.services.explain_words import sentences
from npm_cases.services.finding import Wanted, find
from npm_cases.services.given_days import a_day_if_given
from npm_cases.web.api import models
from npm_cases.web.api.caller import Called, Caller

Ref = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$", description="Number or id of the case.")]
Seq = Annotated[int, Path(ge=1, le=2**53)]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,128}$")]
Word = Annotated[str, Query(max_length=200)]
Lang = Annotated[str, Query(pattern="^(kk|ru|en)$")]
MOST_ROWS = 200


def list_cases(
    called: Called,
    words: Word = "",
    kind: Word = "",
    channel: Word = "",
    state: Word = "",
    phase: Word = "",
    escalation: Word = "",
    region: Word = "",
    place: Word = "",
    body: Word = "",
    assignee: Word = "",
    theme: Word = "",
    due_from: Word = "",
    due_to: Word = "",
    sort: Word = "number",
    after: Annotated[str, Query(max_length=2_000)] = "",
    size: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
    open_only: bool = False,
    overdue: bool = False,
) -> models.CasePage:
    """Find cases the caller may know, a page at a time."""
    wanted = Wanted(
        words=words, kind=kind, channel=channel, state=state, phase=phase, escalation=escalation, region=region,
        place=place, body=body, assignee=assignee, theme=theme, due_from=due_from, due_to=due_to, open_only=open_only,
        overdue=overdue, sort=sort, after=after, size=size,
    )  # fmt: skip
    found = find(called.app.views, wanted, called.actor, called.at)
    rows = [models.CaseRow(**{name: getattr(row, name) for name in row.__dataclass_fields__}) for row in found.rows]
    return models.CasePage(cases=rows, next=found.next, total=found.total, is_capped=found.is_capped)


def show_case(called: Called, ref: Ref) -> models.WholeCase:
    """Return one case with its clocks, and what the caller may do to it now."""
    return models.WholeCase(**case_views.show_case(called.office, ref, called.actor, called.at))


def history(called: Called, ref: Ref) -> models.Events:
    """Return every event of a case, in order, with what it changed."""
    return models.Events(events=case_views.history(called.office, called.app.views, ref, called.actor))


def explained(called: Called, ref: Ref, lang: Lang = "en") -> models.Explained:
    """Say why a case stands as it does and what comes next."""
    with called.app.reader as reader:
        found = explain(called.office, reader, ref, called.at, called.actor)
    return models.Explained(number=found.number, at=found.at, sentences=sentences(found, lang))


def create(called: Called, given: models.NewCase) -> models.CreatedCase:
    """Create a recommendation or an allegation."""
    made = create_case(called.office, CreateCase(given.kind, called.actor, called.at, given.fields, called.key))
    return models.CreatedCase(id=made.id, number=made.number, receipt=_receipt(made.receipt))


def do_act(called: Called, ref: Ref, given: models.GivenAct) -> models.Acted:
    """Do an event to a case, or propose it where a second person must confirm."""
    with called.office.open_reading() as work:
        actor = acting_for(called.office, called.actor, work.read_case(ref), called.at)
    command = DoAct(
        ref, given.event, actor, called.at, given.fields, given.documents, given.if_version, called.key
    )  # fmt: skip
    return _acted(act(called.office, command))


def confirm_act(called: Called, approval: Id) -> models.Acted:
    """Confirm a proposal of another person on a case: it is made exactly as it was proposed."""
    with called.office.open_reading() as work:
        if work.approval(approval).event == erasure.EVENT:
            raise NotAllowed(say("confirm_in_the_browser"))
    return _acted(confirm(called.office, Confirm(approval, called.actor, called.at, called.key)))


def assign(called: Called, ref: Ref, given: models.Assignment) -> models.Recorded:
    """Give a case to a caseworker."""
    return _recorded(casework.assign(called.office, _on(called, ref, given.if_version), given.user))


def link(called: Called, ref: Ref, given: models.NewLink) -> models.Recorded:
    """Link two cases; both histories say so."""
    return _recorded(casework.link(called.office, _on(called, ref), given.other, given.kind))


def suspend(called: Called, ref: Ref, given: models.Stop) -> models.Recorded:
    """Stop one clock of a case."""
    on = a_day_if_given("on", given.on)
    return _recorded(casework.suspend(called.office, _on(called, ref), given.duty, on, given.reason))


def resume(called: Called, ref: Ref, given: models.Stop) -> models.Recorded:
    """Let a suspended clock run on."""
    on = a_day_if_given("on", given.on)
    return _recorded(casework.resume(called.office, _on(called, ref), given.duty, on, given.reason))


def consent(called: Called, ref: Ref, given: models.Consent) -> models.Recorded:
    """Record that consent was given, limited to a recipient, or withdrawn."""
    command = consents.RecordConsent(
        ref,
        given.what,
        called.actor,
        called.at,
        given.recipient,
        given.purpose,
        given.form,
        given.expires_on,
        called.key,
    )
    return _recorded(consents.record_consent(called.office, command))


def add_document(called: Called, ref: Ref, file: UploadFile) -> models.AddedDocument:
    """Put a document on a case; its kind is told by its content."""
    name, receipt = casework.add_document(called.office, _on(called, ref), file.filename or "document", file.file)
    return models.AddedDocument(document=name, receipt=_receipt(receipt))


def open_text(called: Called, ref: Ref, seq: Seq, given: models.WhyRead) -> models.Texts:
    """Open the protected text of one event; the reading itself is recorded first."""
    found = case_views.open_text(called.office, ref, seq, called.actor, called.at, given.reason)
    return models.Texts(texts=dict(found))


def open_document(called: Called, ref: Ref, document: Id, given: models.WhyRead) -> Response:
    """Read a document; the reading itself is recorded first."""
    _, pieces = read_document(called.office, ref, document, called.actor, called.at, given.reason)
    return StreamingResponse(
        pieces, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"}
    )


def _on(called: Caller, ref: str, if_version: int | None = None) -> casework.OnCase:
    return casework.OnCase(ref, called.actor, called.at, if_version, called.key)


def _receipt(receipt: Receipt) -> models.GivenReceipt:
    return models.GivenReceipt(case=receipt.case, seq=receipt.seq, leaf=receipt.leaf)


def _recorded(receipt: Receipt) -> models.Recorded:
    return models.Recorded(receipt=_receipt(receipt))


def _acted(done: Done) -> models.Acted:
    return models.Acted(state=done.state, version=done.version, receipt=_receipt(done.receipt), pending=done.pending)
