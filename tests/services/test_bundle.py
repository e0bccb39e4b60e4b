"""What leaves the house as a bundle: recorded first, checked by the offline verifier, without text unless asked for."""

import io
import zipfile
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput, Conflict, NotAllowed, NotFound
from npm_cases.domain.records import Actor
from npm_cases.proving.trust import Trust, kept_checkpoint, log_key, receipt
from npm_cases.proving.verdict import Verdict
from npm_cases.proving.verifier import verify
from npm_cases.services.act import Confirm, confirm
from npm_cases.services.bundle import Export, export
from npm_cases.services.casework import OnCase
from npm_cases.services.checkpoints import rotate_log_key
from npm_cases.services.erasure import propose_erasure
from npm_cases.services.office_acts import ROTATE_LOG_KEY
from tests.makers import (
    AUDITOR,
    CASEWORKER,
    COMMISSIONER,
    MON_2_MAR,
    a_caseload,
    a_recommendation,
    an_allegation,
    seconded,
)

DELEGATE = Actor("delegate", frozenset({"delegate"}))


def exported(app: App, to: Path, actor: Actor = AUDITOR, **wanted: str) -> Path:
    with to.open("wb") as file:
        asked = Export(actor, MON_2_MAR, **wanted)
        export(app.office, lambda: app.reader, app.sequence, lambda: app.checkpoint(MON_2_MAR), asked, file)
    return to


def verdict(app: App, bundle: Path, **more: object) -> Verdict:
    with app.office.open_reading() as work:
        (key,) = work.rows("meta", {"name": "log_key"})
    return verify(bundle, Trust(keys=(log_key(key["value"]),), **more))  # type: ignore[arg-type]


@pytest.fixture
def lived(any_app: App) -> App:
    """An installation with some life in it: imports, a closed case, an allegation, two checkpoints, a rotated key."""
    a_caseload(any_app, 20)
    any_app.checkpoint(MON_2_MAR)
    a_recommendation(any_app, "closed", title="Synthetic canary title")
    an_allegation(any_app, statement="A synthetic canary statement.")
    rotate_log_key(any_app.office, any_app.signer, seconded(any_app, ROTATE_LOG_KEY), MON_2_MAR)
    return any_app


@pytest.mark.parametrize("text", ["none", "sealed"])
def test_the_whole_log_verifies_offline_and_holds_the_export_itself(lived: App, tmp_path: Path, text: str) -> None:
    reason = {"reason": "yearly_audit"} if text != "none" else {}
    found = verdict(lived, exported(lived, tmp_path / "log.zip", text=text, **reason))
    assert (found.findings, found.level, found.covers) == ((), 1, found.events)
    with zipfile.ZipFile(tmp_path / "log.zip") as bundle:
        last = bundle.read("events.jsonl").splitlines()[-1]
        assert b'"type":"exported"' in last
        everything = b"".join(bundle.read(name) for name in bundle.namelist())
    assert "canary" not in everything.decode(errors="replace")


@pytest.mark.parametrize("number", ["R-2026-000021", "A-2026-000001"])
@pytest.mark.parametrize("text", ["none", "sealed", "open"])
def test_one_case_verifies_offline_with_proofs_for_each_event(
    lived: App, tmp_path: Path, number: str, text: str
) -> None:
    actor, reason = (AUDITOR, {}) if text == "none" else (COMMISSIONER, {"reason": "court_order_7"})
    bundle = exported(lived, tmp_path / "case.zip", actor, case=number, text=text, **reason)
    found = verdict(lived, bundle)
    assert (found.findings, found.level) == ((), 1)
    with zipfile.ZipFile(bundle) as opened:
        texts = opened.read("texts.jsonl") if text == "open" else b""
    assert bool(texts) == (text == "open")


def test_an_erased_case_is_exported_without_its_text_and_still_verifies(app: App, tmp_path: Path) -> None:
    number = a_recommendation(app, "closed").number
    pending = propose_erasure(app.office, OnCase(number, COMMISSIONER, MON_2_MAR), "retention_period_over", "yearly")
    confirm(app.office, Confirm(pending.approval, DELEGATE, MON_2_MAR))
    for text in ("none", "sealed", "open"):
        reason = {} if text == "none" else {"reason": "check"}
        found = verdict(app, exported(app, tmp_path / f"{text}.zip", COMMISSIONER, case=number, text=text, **reason))
        assert found.findings == ()


def test_a_receipt_and_a_kept_checkpoint_lift_the_verdict(lived: App, tmp_path: Path) -> None:
    given = an_allegation(lived).receipt
    kept = kept_checkpoint("mine", lived.checkpoint(MON_2_MAR).note.encode())
    bundle = exported(lived, tmp_path / "log.zip")
    mine = receipt(f"{given.case}:{given.seq}:{given.leaf}")
    found = verdict(lived, bundle, kept=(kept,), receipts=(mine,))
    assert (found.findings, found.level, found.covers) == ((), 2, kept.checkpoint.size)
    gone = receipt(f"{given.case}:{given.seq}:{'0' * 64}")
    assert "proof of removal" in verdict(lived, bundle, receipts=(gone,)).findings[0].what


def test_an_export_is_refused_to_those_who_may_not_and_without_a_reason_for_text(app: App) -> None:
    number = an_allegation(app).number
    app.checkpoint(MON_2_MAR)
    for actor, wanted, refused, why in (
        (CASEWORKER, {}, NotAllowed, "may not export"),
        (AUDITOR, {"text": "some"}, BadInput, "--text"),
        (AUDITOR, {"text": "sealed"}, BadInput, "--reason"),
        (AUDITOR, {"text": "open", "reason": "x"}, BadInput, "one case at a time"),
        (AUDITOR, {"case": "A-2026-999999"}, NotFound, "no case"),
    ):
        asked = Export(actor, MON_2_MAR, **wanted)
        with pytest.raises(refused, match=why):
            export(app.office, lambda: app.reader, app.sequence, lambda: None, asked, io.BytesIO())
    asked = Export(AUDITOR, MON_2_MAR, number)
    with pytest.raises(Conflict, match="audit checkpoint"):
        export(app.office, lambda: app.reader, app.sequence, lambda: None, asked, io.BytesIO())
