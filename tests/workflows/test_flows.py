"""The flows: thin wrappers that decide when; one harness for the real thing, plain calls for the rest."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.cli.starting import start
from npm_cases.domain.instants import as_text, from_text
from npm_cases.mail.sink import MailSink
from tests.adopting import THURSDAY_FREE, adopt_calendar, calendar_with
from tests.databases import environment_of, work_in
from tests.makers import MON_2_MAR, a_caseload, a_recommendation, an_app, settings_of
from tests.services.test_adoption import reply_clock

NEXT_YEAR = "2027-09-01T05:00:00.000000Z"


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """An installation whose flows find it through the environment, as in production."""
    app = an_app(tmp_path / "data")
    work_in(tmp_path / "data", monkeypatch)
    monkeypatch.setenv("NPM_CASES_LOG_LEVEL", "error")
    return app


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NPM_CASES_"))}
    return {**kept, **environment_of(folder), **more}


def run_cli(folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "npm_cases", *arguments], env=environment(folder, **more), capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip


def test_flows_import_nothing_of_prefect_into_the_command_line() -> None:
    program = "import sys, npm_cases.cli.commands as c; c.build_cli(); sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.prefect
@pytest.mark.xdist_group("prefect")
def test_a_sweep_as_a_flow_run_does_what_tick_does(tmp_path: Path) -> None:
    flow_folder, tick_folder = tmp_path / "flow", tmp_path / "tick"
    counted = []
    for folder in (flow_folder, tick_folder):
        app = an_app(folder)
        a_recommendation(app, "served")
        a_caseload(app, 30)
        app.close()
    by_flow = run_cli(flow_folder, "run", "sweep", "--now", NEXT_YEAR.replace(".000000Z", "+00:00"), "--json")
    assert by_flow.returncode == 0, by_flow.stderr
    by_tick = run_cli(tick_folder, "tick", "--now", NEXT_YEAR.replace(".000000Z", "+00:00"), "--json")
    assert by_tick.returncode == 0, by_tick.stderr
    for answer in (by_flow, by_tick):
        found = json.loads(answer.stdout[answer.stdout.index("{") :])
        counted.append(
            {name: found[name] for name in ("reminders", "escalations", "to_ombudsman", "mails", "late_by_engine")}
        )
    assert counted[0] == counted[1]
    assert counted[0]["to_ombudsman"] == 31


@pytest.mark.prefect
@pytest.mark.xdist_group("prefect")
def test_work_left_alone_takes_a_due_rung_and_delivers_its_mail(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    start(settings_of(folder), sandbox=True)
    weeks_ago = "2026-03-02T10:00:00+05:00"
    made = run_cli(
        folder, "case", "new", "recommendation", "-f", "channel=visit", "-f", "title=Synthetic", "--now", weeks_ago
    )
    assert made.returncode == 0, made.stderr
    with MailSink(folder / "mail") as sink:
        child = subprocess.Popen(
            [sys.executable, "-m", "npm_cases", "work"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=environment(
                folder, NPM_CASES_SWEEP_SECONDS="10", NPM_CASES_MAIL_SECONDS="10", NPM_CASES_SMTP_PORT=str(sink.port),
                NPM_CASES_SMTP_SECURITY="none",
            ),
        )  # fmt: skip
        try:
            deadline = time.monotonic() + 150
            while not sink.count and time.monotonic() < deadline and child.poll() is None:
                time.sleep(1)
        finally:
            child.terminate()
            _, said = child.communicate(timeout=180)  # a run that has begun is finished first
        assert sink.count, said.decode()[-2_000:]
    status = json.loads(run_cli(folder, "case", "list", "--json").stdout)
    assert status[0]["escalation"] == "escalated_to_ombudsman"


def test_parameters_of_flows_are_instants_and_what_prefect_itself_knows() -> None:
    import ast

    for path in sorted(Path("workflows").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            decorated = isinstance(node, ast.FunctionDef) and any("flow" in ast.dump(d) for d in node.decorator_list)
            if decorated and isinstance(node, ast.FunctionDef):
                assert {a.arg for a in node.args.args} <= {"as_of", "start", "until", "run"}, f"{path}:{node.lineno}"


def test_the_sweep_as_a_flow_carries_on_what_an_adoption_left_to_be_counted(
    served: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflows import sweep_obligations

    number = a_recommendation(served, "served").number
    adopt_calendar(served, calendar_with(THURSDAY_FREE), MON_2_MAR)
    monkeypatch.setattr(sweep_obligations, "installation", lambda: served)
    for task in ("count_again", "take_a_batch", "finish"):
        monkeypatch.setattr(sweep_obligations, task, getattr(sweep_obligations, task).fn)
    sweep_obligations.sweep_obligations.fn(MON_2_MAR)
    assert reply_clock(served, number).calendar_version == "synthetic-2"


def test_the_watchdog_reports_silence_once(served: App) -> None:
    from npm_cases.domain.records import SweepCounts
    from npm_cases.services.watching import note_sweep, watch

    assert watch(served.office, MON_2_MAR, 1_800)
    again = watch(served.office, MON_2_MAR, 1_800)
    assert len(served.views.open_incidents()) == 1, again
    note_sweep(served.office, MON_2_MAR, SweepCounts())
    assert watch(served.office, MON_2_MAR, 1_800) == ""
    assert from_text(as_text(from_text(MON_2_MAR))) == from_text(MON_2_MAR)


def test_without_a_prefect_api_a_run_says_what_to_do(tmp_path: Path) -> None:
    an_app(tmp_path / "data").close()
    said = run_cli(tmp_path / "data", "run", "sweep", PREFECT_API_URL="http://127.0.0.1:9/api")
    assert said.returncode == 1
    assert "npm-cases tick" in said.stderr
