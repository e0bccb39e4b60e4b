"""The whole database put back to an older copy: nobody inside can tell, so the signer and whoever kept a checkpoint do (F73).

And what is sealed when the keys are lost, rotated or destroyed (F80).
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import ConfigurationError, IntegrityBroken, SigningRefused
from npm_cases.proving.trust import Trust, kept_checkpoint, log_key
from npm_cases.services.act import Confirm, confirm
from npm_cases.services.casework import OnCase
from npm_cases.services.checkpoints import declare_restore
from npm_cases.services.erasure import destroy_key, propose_erasure
from npm_cases.services.office_acts import DECLARE_RESTORE
from npm_cases.services.verify import Verification, verify
from tests.databases import put_back, set_aside
from tests.faults.checker import LATER, table
from tests.makers import (
    COMMISSIONER,
    DELEGATE,
    MON_2_MAR,
    a_caseload,
    a_closed_allegation,
    a_recommendation,
    an_app,
    seconded,
)

TUE_3_MAR = "2026-03-03T05:00:00.000000Z"


@pytest.fixture
def rolled_back(tmp_path: Path) -> Iterator[tuple[App, Trust]]:
    """An installation put back to yesterday's copy after a day of signed work, and what an auditor kept of that day."""
    app = an_app(tmp_path / "data")
    a_caseload(app, 5)
    app.checkpoint(MON_2_MAR)
    app.close()
    set_aside(tmp_path / "data", tmp_path / "yesterday.db")
    today = build(app.settings)
    a_recommendation(today, "served", TUE_3_MAR)
    made = today.checkpoint(TUE_3_MAR)
    trust = Trust((log_key(today.signer.key()),), (kept_checkpoint("tuesday.txt", made.whole.encode()),))
    today.close()
    put_back(tmp_path / "yesterday.db", tmp_path / "data")
    again = build(app.settings)
    yield again, trust
    again.close()


def found(app: App, trust: Trust) -> Verification:
    app.sequence()
    with app.reader as reader:
        return verify(app.office, reader, LATER, trust)


def test_a_rolled_back_database_agrees_with_itself_and_not_with_what_was_kept(rolled_back: tuple[App, Trust]) -> None:
    app, trust = rolled_back
    assert found(app, Trust()).findings == (), "nobody inside can tell"
    told = found(app, trust)
    assert "the log was cut off or rolled back: your checkpoint tuesday.txt" in told.findings[0].what
    assert "no restore is declared" in told.findings[0].what
    assert told.level == 1


def test_the_signer_refuses_at_once_and_goes_on_refusing_as_work_goes_on(rolled_back: tuple[App, Trust]) -> None:
    app, trust = rolled_back
    with pytest.raises(SigningRefused, match="an old copy of the database was put in place"):
        app.checkpoint(TUE_3_MAR)
    a_recommendation(app, "accepted", TUE_3_MAR)  # longer than what was signed, and another history
    with pytest.raises(SigningRefused):
        app.checkpoint(TUE_3_MAR)
    assert any("does not fit" in one.what for one in found(app, trust).findings)


def test_the_flow_that_signs_raises_an_incident_and_signs_nothing(
    rolled_back: tuple[App, Trust], monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflows.environment import prepare

    app, _ = rolled_back
    prepare(app.settings)
    from workflows import sign_checkpoint as flow

    monkeypatch.setattr(flow, "installation", lambda: app)
    before = len(table(app, "checkpoints"))
    for _ in range(2):
        assert flow.checkpoint.fn(LATER)["refused"] == 1
    (incident,) = app.views.open_incidents()
    assert (incident["kind"], len(table(app, "checkpoints"))) == ("signing_refused", before)
    assert "call the auditor" in incident["what"]


def test_a_declared_restore_goes_on_openly_and_says_for_ever_what_was_lost(rolled_back: tuple[App, Trust]) -> None:
    app, trust = rolled_back
    lost = declare_restore(app.office, app.log, app.signer, seconded(app, DECLARE_RESTORE, TUE_3_MAR), TUE_3_MAR)
    made = app.checkpoint(TUE_3_MAR)
    assert lost.size == trust.kept[0].checkpoint.size
    told = found(app, Trust(trust.keys))
    assert (told.findings, told.level, told.covers) == ((), 1, made.size)
    against = found(app, trust)
    assert any("declares a restore" in one.what for one in against.findings), "the kept checkpoint still tells"
    a_recommendation(app, "issued", TUE_3_MAR)
    kept_anew = Trust(trust.keys, (kept_checkpoint("after.txt", made.whole.encode()),))
    assert (found(app, kept_anew).findings, found(app, kept_anew).level) == ((), 2)


# --- F80: keys lost and destroyed


def test_nothing_the_server_holds_opens_what_was_erased(app: App) -> None:
    created = a_closed_allegation(app, statement="synthetic secret", alleged_victim="Synthetic Somebody")
    with closing(sqlite3.connect(app.settings.data_dir / "keys" / "case_keys.db")) as store:
        (wrapped,) = store.execute("SELECT wrapped FROM case_keys WHERE case_id = ?", (created.id,)).fetchone()
    approval = propose_erasure(app.office, OnCase(created.number, COMMISSIONER, MON_2_MAR), "court_decision", "order")
    confirm(app.office, Confirm(approval.approval, DELEGATE, MON_2_MAR))
    assert found(app, Trust()).findings == ()
    app.close()
    for file in app.settings.data_dir.rglob("*"):
        assert not file.is_file() or wrapped not in file.read_bytes(), f"{file} still holds the key"
        assert not file.is_file() or b"synthetic secret" not in file.read_bytes()


def test_what_an_erased_case_committed_to_can_no_longer_be_guessed(app: App) -> None:
    """The random bytes of the first commitment are gone: trying every place of the register against it tells nothing."""
    created = a_closed_allegation(app)
    (before,) = [row["blind"] for row in table(app, "cases") if row["id"] == created.id]
    approval = propose_erasure(app.office, OnCase(created.number, COMMISSIONER, MON_2_MAR), "court_decision", "order")
    confirm(app.office, Confirm(approval.approval, DELEGATE, MON_2_MAR))
    app.close()
    for file in app.settings.data_dir.rglob("cases.db*"):
        assert before not in file.read_bytes(), f"{file} still holds the random bytes"


def test_a_key_store_lost_under_a_running_installation_is_loud_at_the_next_start_and_the_history_stays(
    app: App,
) -> None:
    created = a_closed_allegation(app)
    destroy_key(app.office, created.id)  # as if the store had lost it: no event says so
    assert any("key of this case is gone" in one.what for one in found(app, Trust()).findings)
    app.close()
    shutil.rmtree(app.settings.data_dir / "keys")
    with pytest.raises((ConfigurationError, IntegrityBroken), match="back"):
        build(app.settings)
    keyless = build(app.settings, without_keys=True)
    assert found(keyless, Trust()).findings == ()
    keyless.close()
