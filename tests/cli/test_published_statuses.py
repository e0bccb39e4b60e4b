"""Published statuses on the command line: read by a vocabulary, counted again in its words."""

from pathlib import Path

from tests.cli.conftest import Run

HEAD = "channel,addressee,title,issued_on,status\n"


def a_file(folder: Path, *statuses: str) -> Path:
    path = folder / "synthetic.csv"
    rows = [f"visit,Synthetic prison,Synthetic {n},2026-02-02,{one}\n" for n, one in enumerate(statuses)]
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def test_a_split_goes_in_and_comes_out_again(run: Run, tmp_path: Path) -> None:
    file = a_file(tmp_path, "Achieved", "Achieved", "Partially achieved", "Not told apart")
    said = run("import", str(file), "--format", "csv", "--vocabulary", "nz_ombudsman", "--json")
    assert (said.code, said.json["new"], said.json["vocabulary"], said.json["vocabulary_guessed"]) == (
        0, 4, "nz_ombudsman", False,
    )  # fmt: skip
    report = run("report", "status", "--vocabulary", "nz_ombudsman", "--channel", "visit", "--json").json
    assert report["total"] == 4
    assert {one["word"]: one["count"] for one in report["words"] if one["count"]} == {
        "Achieved": 2, "Partially achieved": 1, "Not told apart": 1,
    }  # fmt: skip
    assert "Partially achieved" in run("report", "status", "--vocabulary", "nz_ombudsman").out


def test_the_only_vocabulary_that_fits_is_used_and_named(run: Run, tmp_path: Path) -> None:
    file = a_file(tmp_path, "A", "E")
    said = run("import", str(file), "--format", "csv", "--json")
    assert (said.json["new"], said.json["vocabulary"], said.json["vocabulary_guessed"]) == (2, "hrc_grades", True)
    assert "the only one that knows every status" in run("import", str(file), "--format", "csv").out


def test_where_two_vocabularies_fit_none_is_guessed(run: Run, tmp_path: Path) -> None:
    file = a_file(tmp_path, "Achieved")
    said = run("import", str(file), "--format", "csv", "--json")
    assert (said.json["new"], said.json["refused"], said.json["vocabulary"]) == (0, 1, "")
    (refusal,) = said.json["refusals"]
    assert (refusal["line"], refusal["field"]) == (2, "status")
    assert "--vocabulary" in refusal["reason"]


def test_what_is_asked_wrongly_is_told_with_what_there_is(run: Run, tmp_path: Path) -> None:
    file = a_file(tmp_path, "Achieved")
    assert "hmip" in run("import", str(file), "--format", "csv", "--vocabulary", "atlantis").err
    assert run("report", "status", "--vocabulary", "hmip", "--channel", "pigeon").code == 7
    assert run("report", "status", "--vocabulary", "hmip", "--from", "yesterday").code == 7


def test_every_vocabulary_is_listed_with_its_words(run: Run) -> None:
    listed = {one["id"]: one for one in run("report", "vocabularies", "--json").json}
    assert {"hrc_grades", "hmip", "upr_response", "inspector_general", "action_plan", "nz_ombudsman"} <= set(listed)
    (repeat,) = [word for word in listed["action_plan"]["words"] if word["code"] == "repeat"]
    assert (repeat["state"], repeat["refused"][:11]) == ("", "a repeat is")
    assert "action_plan" in run("report", "vocabularies").out
