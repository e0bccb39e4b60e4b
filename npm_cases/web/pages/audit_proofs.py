"""Checkpoints, proofs and bundles an auditor takes away, and the verifier to check them with."""

from starlette.responses import Response

from npm_cases.domain.errors import BadInput, Conflict, IntegrityBroken, NotAllowed, NotFound, TryAgain
from npm_cases.proving.one_file import one_file
from npm_cases.services.asked_proofs import AskedProof, asked_proof
from npm_cases.services.bundle import TEXTS, WITHOUT_TEXT, Export, export
from npm_cases.services.checkpoint_list import checkpoint_page, one_checkpoint
from npm_cases.services.checkpoints import known_keys, prove
from npm_cases.web.failures import status_of
from npm_cases.web.handing_out import PLAIN, ZIP, FileToKeep, nameless_file, text_to_keep
from npm_cases.web.numbers import whole
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.pages.audit import AUDITORS
from npm_cases.web.pages.audit_parts import wrong_of
from npm_cases.web.reading_reasons import READING_REASONS
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

CHECKPOINTS = 50


# -- checkpoints and proofs


def _checkpoints(visit: Visit) -> Response:
    return _checkpoints_page(visit, None, 200)


def _checkpoints_page(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    before = whole(visit.query.get("before", ""))
    with visit.app.log() as log:
        found = checkpoint_page(log, visit.actor, CHECKPOINTS, before)
    return visit.render(
        "audit_checkpoints.html", status, found=found, wrong=wrong, keys=known_keys(visit.office), before=before,
        typed=visit.query,
    )  # fmt: skip


def _note(visit: Visit) -> Response:
    with visit.app.log() as log:
        found = one_checkpoint(log, visit.actor, whole(visit.path["number"]))
    return text_to_keep(found.whole, f"checkpoint-{found.number}.txt")


def _proof(visit: Visit) -> Response:
    """Give out the proof of an event by its case and number, or by a receipt; what is wrong is said over the form."""
    asked = AskedProof(*(visit.query.get(name, "").strip() for name in ("case", "seq", "receipt")))
    visit.app.sequence()  # an event of a moment ago is no event that was removed
    try:
        name, found = asked_proof(visit.office, visit.app.log, asked, visit.actor)
    except (BadInput, NotFound, Conflict, IntegrityBroken) as error:
        return _checkpoints_page(visit, wrong_of(visit, error), status_of(error))
    return text_to_keep(found.text(), f"{name}.tlog-proof")


def _proof_of_event(visit: Visit) -> Response:
    ref, seq = visit.path["ref"], whole(visit.path["seq"])
    visit.app.sequence()
    found = prove(visit.office, visit.app.log, ref, seq, visit.actor)
    return text_to_keep(found.text(), f"{ref}-{seq}.tlog-proof")


# -- bundles


def _export_form(visit: Visit) -> Response:
    return _export_page(visit, None, 200)


def _export_page(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    typed = {name: visit.given(name) or visit.query.get(name, "") for name in ("case", "text", "reason")}
    return visit.render(
        "audit_export.html", status, wrong=wrong, typed=typed, texts=TEXTS, reasons=READING_REASONS,
        keys=known_keys(visit.office),
    )  # fmt: skip


def _export(visit: Visit) -> Response:
    app = visit.app
    wanted = Export(
        visit.actor, visit.at, visit.given("case"), visit.given("text") or WITHOUT_TEXT, visit.given("reason")
    )
    try:
        with nameless_file(app.settings.data_dir) as file:
            export(visit.office, lambda: app.reader, app.sequence, lambda: app.checkpoint(wanted.at), wanted, file)
            return FileToKeep(file, f"{wanted.case or 'log'}.zip", ZIP)
    except (BadInput, NotFound, NotAllowed, Conflict, TryAgain) as error:
        return _export_page(visit, wrong_of(visit, error), status_of(error))


def _verifier(_: Visit) -> Response:
    return text_to_keep(one_file(), "npm_verify.py", PLAIN)


PAGES = (
    Page("audit_checkpoints", "/audit/checkpoints", AUDITORS, Data.HISTORY, get=_checkpoints),
    Page("audit_checkpoint", "/audit/checkpoints/{number}", AUDITORS, Data.HISTORY, get=_note),
    Page("audit_proof", "/audit/proof", AUDITORS, Data.HISTORY, get=_proof),
    Page("proof", "/cases/{ref}/events/{seq}/proof", AUDITORS, Data.HISTORY, get=_proof_of_event),
    Page("audit_export", "/audit/export", AUDITORS, Data.PROTECTED, get=_export_form, post=_export, grave=True),
    Page("audit_verifier", "/audit/verifier", AUDITORS, Data.NONE, get=_verifier),
)
