"""The command line, end to end: one case walked by four people, every refusal with its exit code, JSON as promised."""

from pathlib import Path

import pytest

from config.settings import Settings
from npm_cases.cli.starting import start
from tests.cli.conftest import NOW, Run
from tests.databases import work_in

ADDRESSEE = "administration_1"


def a_case(run: Run, *fields: str) -> str:
    given = [
        "-f",
        "channel=visit",
        "-f",
        "title=Repair the heating",
        "-f",
        f"addressee={ADDRESSEE}",
        "-f",
        "region=abai",
    ]
    said = run("case", "new", "recommendation", *given, *fields, "--as", "demo-caseworker", "--json")
    assert said.code == 0, said.err
    return str(said.json["number"])


def served(run: Run, paper: str) -> str:
    number = a_case(run)
    assert run("case", "act", number, "approve", "--as", "demo-leader").code == 0
    assert run("case", "act", number, "issue", "-f", "measurable=true", "--as", "demo-secretariat").code == 0
    assert run("case", "act", number, "record_service", "--document", paper, "--as", "demo-secretariat").code == 0
    return number


def test_a_recommendation_goes_from_draft_to_closed_by_the_hands_of_five_people(run: Run, paper: str) -> None:
    number = served(run, paper)
    as_ = ("--as", "demo-caseworker")
    for event, more in (
        ("record_reply", ("--document", paper)), ("accept", ()), ("start_implementation", ("-f", "due_on=2026-05-29")),
        ("record_claim", ("--document", paper)),
    ):  # fmt: skip
        said = run("case", "act", number, event, *more, *as_)
        assert said.code == 0, said.err
    for event in ("verify", "close"):
        proposed = run(
            "case", "act", number, event, *(("--document", paper) if event == "verify" else ()), *as_, "--json"
        )
        assert proposed.code == 0
        approval = proposed.json["pending"]
        refused = run("case", "confirm", approval, *as_)
        assert refused.code == 4
        assert "another person" in refused.err
        confirmed = run("case", "confirm", approval, "--as", "demo-second", "--json")
        assert confirmed.code == 0, confirmed.err
    shown = run("case", "show", number, *as_, "--json").json
    assert (shown["state"], shown["phase"], shown["obligations"]) == ("closed", "closed", [])
    assert run("audit", "verify", "--json").json["findings"] == []


def test_a_receipt_names_an_event_of_the_history(run: Run) -> None:
    number = a_case(run)
    receipt = run("case", "act", number, "approve", "--as", "demo-leader", "--json").json["receipt"]
    history = run("case", "history", number, "--as", "demo-auditor", "--json").json
    named = [line for line in history if line["seq"] == receipt["seq"]]
    assert [line["leaf"] for line in named] == [receipt["leaf"]]
    assert {"seq", "index", "at", "type", "machine", "event", "actor", "role", "from", "to", "reason", "leaf"} <= set(
        named[0]
    )


def test_an_illegal_move_exits_with_3_and_says_every_reason_who_may_and_what_is_permitted(run: Run) -> None:
    number = a_case(run)
    run("case", "act", number, "approve", "--as", "demo-leader")
    said = run("case", "act", number, "issue", "--as", "demo-secretariat")
    assert said.code == 3
    assert "text_measurable" in said.err
    assert "may be done by: secretariat" in said.err
    assert "permitted now" in said.err
    error = run("case", "act", number, "issue", "--as", "demo-secretariat", "--json").json["error"]
    assert error["reasons"] == ["text_measurable"]


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("case", "act", "NUMBER", "approve", "--as", "demo-caseworker"), 4, "group_leader"),
        (("case", "act", "NUMBER", "approve", "--as", "demo-leader", "--if-version", "7"), 5, "version"),
        (("case", "show", "R-2026-000099"), 6, "R-2026-000099"),
        (("case", "show", "NUMBER", "--as", "nobody"), 6, "nobody"),
        (("case", "act", "NUMBER", "record_meeting", "-f", "happened_on=2099-01-01"), 7, "future"),
        (("case", "act", "NUMBER", "record_meeting", "-f", "colour=red"), 7, "colour"),
        (("case", "act", "NUMBER", "fly"), 7, "fly"),
        (("case", "new", "recommendation", "-f", "channel=visit"), 7, "title"),
        (("case", "new", "recommendation", "-f", "channel=pigeon", "-f", "title=x"), 7, "pigeon"),
        (("case", "act", "NUMBER", "approve", "--document", "/nowhere/at/all"), 7, "/nowhere/at/all"),
        (("case", "history", "NUMBER", "--as", "demo-admin"), 6, "NUMBER"),
        (("import", "/nowhere/at/all.csv"), 7, "all.csv"),
        (("deadline", "--from", "yesterday", "--rule", "ombudsman_reply"), 7, "yesterday"),
        (("machine", "show", "toaster"), 7, "toaster"),
        (("simulate", "--until", "2020-01-01"), 7, "past"),
        (("case", "frobnicate"), 2, "frobnicate"),
    ],
)
def test_every_refusal_has_its_exit_code_names_what_is_wrong_and_changes_nothing(
    run: Run, arguments: tuple[str, ...], code: int, word: str
) -> None:
    number = a_case(run)
    before = run("case", "show", number, "--json").json
    said = run(*[number if part == "NUMBER" else part for part in arguments])
    assert said.code == code, said.err
    assert (number if word == "NUMBER" else word) in said.err
    after = run("case", "show", number, "--json").json
    assert after["state"] == before["state"]
    assert after["version"] == before["version"]


def test_the_same_key_gives_the_first_answer_and_refuses_another_act(run: Run) -> None:
    number = a_case(run)
    first = run("case", "act", number, "approve", "--key", "k-1", "--as", "demo-leader", "--json")
    again = run("case", "act", number, "approve", "--key", "k-1", "--as", "demo-leader", "--json")
    assert first.json == again.json
    assert run("case", "act", number, "discard", "--key", "k-1", "--as", "demo-leader").code == 5


def test_nobody_named_in_an_allegation_learns_that_it_exists(run: Run) -> None:
    made = run(
        "case", "new", "allegation", "-f", "channel=complaint", "-f", "statement=Synthetic.", "-f", "excluded=demo-second",
        "--as", "demo-caseworker", "--json",
    ).json  # fmt: skip
    for arguments in (
        ("case", "show", made["number"]),
        ("case", "history", made["number"]),
        ("case", "explain", made["number"]),
    ):
        kept = run(*arguments, "--as", "demo-second")
        absent = run(*[part.replace(made["number"], "A-2026-000099") for part in arguments], "--as", "demo-second")
        assert (kept.code, absent.code) == (6, 6)
        assert kept.err.replace(made["number"], "X") == absent.err.replace("A-2026-000099", "X")
    assert run("case", "list", "--as", "demo-second", "--json").json == []
    assert len(run("case", "list", "--as", "demo-caseworker", "--json").json) == 1


def test_opening_a_text_is_recorded_before_it_is_shown_and_the_text_is_nowhere_else(run: Run, tmp_path: Path) -> None:
    made = run(
        "case", "new", "allegation", "-f", "channel=complaint", "-f", "statement=Synthetic canary gooseberry", "--json"
    ).json
    opened = run("case", "text", made["number"], "1", "--reason", "first_reading", "--as", "demo-caseworker", "--json")
    assert opened.json["statement"] == "Synthetic canary gooseberry"
    assert run("case", "text", made["number"], "1", "--reason", "curious", "--as", "demo-admin").code in {4, 6}
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            assert b"gooseberry" not in path.read_bytes(), path


def test_time_passes_and_the_ladder_climbs_to_the_ombudsman(run: Run, paper: str) -> None:
    number = served(run, paper)
    due = run("case", "show", number, "--json").json["obligations"]
    reply = next(owed for owed in due if owed["duty"] == "reply")
    assert reply["due_on"] == "2026-03-27"  # 15 working days from Mon 2 March: 9 and 23-25 March are days off
    ticked = run("tick", "--json", now="2026-06-01T10:00:00+05:00").json
    assert (ticked["to_ombudsman"], ticked["escalations"]) == (1, 2)
    listed = run("case", "list", "--json", "--overdue", now="2026-06-01T10:00:00+05:00").json
    assert [(row["number"], row["escalation"], row["overdue"]) for row in listed] == [
        (number, "escalated_to_ombudsman", True)
    ]
    told = run("case", "explain", number, now="2026-06-01T11:00:00+05:00")
    assert told.code == 0
    assert "2026-03-27" in told.out


def test_simulation_changes_nothing_and_says_what_would_happen(run: Run, paper: str) -> None:
    number = served(run, paper)
    before = run("case", "history", number, "--json").json
    found = run("simulate", "--until", "2026-12-31", "--json").json
    assert found["to_ombudsman"] == 1
    assert {"case", "rung", "due_at", "post"} <= set(found["acts"][0])
    assert run("case", "history", number, "--json").json == before


def test_a_deadline_without_a_database_shows_each_skipped_day(run: Run) -> None:
    found = run("deadline", "--from", "2026-03-12", "--rule", "ombudsman_reply", "--json").json
    assert found["due_on"] == "2026-04-07"
    assert any(step["kind"] == "skip" for step in found["derivation"])
    assert found["rule"]["source"].startswith("C.L. art. 15(2)")
    plain = run("deadline", "--from", "2022-10-20", "--amount", "2", "--unit", "working_days", "--json").json
    assert plain["due_on"] == "2022-10-22"  # Saturday 22 October 2022 was worked


@pytest.mark.parametrize(
    ("broken", "word"), [('status = "adopted"\ncolour = "red"', "colour"), ('status = "sleepy"', "status")]
)
def test_a_broken_pack_stops_the_program_with_file_line_and_reason(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, word: str
) -> None:
    pack = Path(__file__).parents[2] / "config" / "countries" / "kz.toml"
    path = tmp_path / "broken.toml"
    path.write_text(pack.read_text(encoding="utf-8").replace('status = "adopted"', broken), encoding="utf-8")
    monkeypatch.setenv("NPM_CASES_COUNTRY", str(path))
    said = run("case", "list")
    assert said.code == 7
    assert f"{path}:" in said.err
    assert word in said.err


def test_a_wrong_setting_names_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CASES_SWEEP_SECONDS", "soon")
    said = run("case", "list")
    assert said.code == 2
    assert "NPM_CASES_SWEEP_SECONDS" in said.err
    assert "soon" in said.err


def test_a_clock_that_runs_backwards_is_refused(run: Run) -> None:
    number = a_case(run)
    said = run("case", "act", number, "approve", "--as", "demo-leader", now="2026-03-01T10:00:00+05:00")
    assert said.code == 5
    assert "clock" in said.err


def test_outside_a_sandbox_neither_another_name_nor_another_time_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    earnest = tmp_path / "earnest"
    work_in(earnest, monkeypatch)
    answer = start(Settings(data_dir=earnest, _env_file=None), sandbox=False)  # type: ignore[call-arg]
    assert run("case", "list", "--as", "administrator", now="").code == 4
    assert run("case", "list", now=NOW).code == 4
    token = tmp_path / "token"
    token.write_text(answer["administrator_token"], encoding="utf-8")
    monkeypatch.setenv("NPM_CASES_TOKEN_FILE", str(token))
    added = run("user", "add", "aliya", "--role", "caseworker", "--json", now="")
    assert added.code == 0, added.err
    token.write_text("wrong", encoding="utf-8")
    assert run("case", "list", now="").code == 4


def test_doctor_says_what_to_do(run: Run) -> None:
    said = run("doctor", "--json")
    assert said.code == 1
    sweeps = next(check for check in said.json["checks"] if check["what"] == "sweeps")
    assert "npm-cases work" in sweeps["do"]


def test_policy_check_prints_a_bound_for_every_open_state(run: Run) -> None:
    from state_machines import MACHINES

    found = run("policy", "check", "--json").json
    assert found["findings"] == []
    bounded = {(b["machine"], b["state"]) for b in found["bounds"]}
    for name in ("recommendation", "allegation"):
        table = MACHINES[name]
        assert {(name, state) for state in table.states if state not in table.final} <= bounded
    assert all({"machine", "state", "channel", "days"} <= set(b) for b in found["bounds"])


def test_a_repeated_command_with_its_key_is_harmless_whatever_the_command(run: Run, paper: str) -> None:
    fields = ("-f", "channel=visit", "-f", "title=Repair the heating", "-f", f"addressee={ADDRESSEE}", "--key", "new-1")
    first = run("case", "new", "recommendation", *fields, "--json")
    assert run("case", "new", "recommendation", *fields, "--json").json == first.json
    number = str(first.json["number"])
    for arguments in (
        ("case", "assign", number, "demo-caseworker", "--key", "a-1"), ("case", "document", number, paper, "--key", "d-1"),
        ("case", "suspend", number, "approve", "--reason", "stay", "--key", "s-1"),
    ):  # fmt: skip
        said = run(*arguments, "--json")
        assert said.code == 0, said.err
        assert run(*arguments, "--json").json == said.json
    history = [line["type"] for line in run("case", "history", number, "--json").json]
    assert [
        history.count(kind) for kind in ("case_created", "case_assigned", "document_added", "obligation_suspended")
    ] == [1] * 4
    balanced = run("fsck", "--json").json
    assert balanced["balanced"], balanced["unbalanced"]
    assert balanced["counters"]["answers_kept"] == 4


def test_the_shared_options_may_stand_before_the_command(run: Run) -> None:
    number = a_case(run)
    assert [row["number"] for row in run("--json", "--as", "demo-caseworker", "case", "list").json] == [number]
