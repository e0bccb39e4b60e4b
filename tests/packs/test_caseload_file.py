"""The caseload of Kazakhstan reads as it should, holds real facts in our own words, and bad files are named."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from npm_cases.domain.caseload import Caseload
from npm_cases.importers.reading import read_rows
from npm_cases.packs.caseload_file import read_caseload
from npm_cases.packs.located import BadPack

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "caseload" / "kz"
PUBLISHED_TEXTS = ROOT.parent / "shared" / "data"
RUN = 7
WORD = re.compile(r"[^\W_]+")

needs_texts = pytest.mark.skipif(
    not PUBLISHED_TEXTS.is_dir(), reason="the published texts to compare with are not beside this checkout"
)


def kz() -> Caseload:
    return read_caseload(FOLDER, read_rows(FOLDER / "published.json", "json"))


def copy_with(tmp_path: Path, name: str, change: Callable[[Any], None]) -> Path:
    folder = tmp_path / "kz"
    shutil.copytree(FOLDER, folder)
    content = json.loads((folder / name).read_text("utf-8"))
    change(content)
    (folder / name).write_text(json.dumps(content), "utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(BadPack) as caught:
        read_caseload(folder, ())
    return str(caught.value)


def runs(text: str) -> Iterator[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return (tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))


def published_texts() -> Iterator[str]:
    for path in sorted(PUBLISHED_TEXTS.glob("upr*.csv")):
        encoding = "utf-8" if path.name == "upr_kazakhstan.csv" else "mac_roman"
        with path.open(encoding=encoding, newline="") as file:
            yield from (row["Text"] for row in csv.DictReader(file))
    texts = json.loads((PUBLISHED_TEXTS / "published_recommendations.json").read_text("utf-8"))
    yield from (one["text"] for one in texts)


def all_words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from all_words(part)
    elif isinstance(value, list):
        for part in value:
            yield from all_words(part)


@needs_texts
def test_nothing_in_the_caseload_shares_seven_words_in_a_row_with_a_published_text() -> None:
    ours: dict[tuple[str, ...], str] = {}
    for path in FOLDER.glob("*.json"):
        for text in all_words(json.loads(path.read_text("utf-8"))):
            ours |= dict.fromkeys(runs(text), text)
    copied = {ours[run] for text in published_texts() for run in runs(text) if run in ours}
    assert copied == set()


@needs_texts
def test_every_published_row_is_a_recommendation_that_was_made() -> None:
    with (PUBLISHED_TEXTS / "upr_kazakhstan.csv").open(encoding="utf-8", newline="") as file:
        made = [(row["From"], int(row["Session"]), row["Response"]) for row in csv.DictReader(file)]
    for row in kz().published:
        given = (row.recommended_by, row.session, "Noted" if row.reason_code == "noted" else "Accepted")
        assert given in made
        made.remove(given)


def test_published_titles_are_short_and_differ() -> None:
    titles = [row.title for row in kz().published] + [case.given.fields["title"] for case in kz().answered]
    assert len(set(titles)) == len(titles) >= 40
    assert [title for title in titles if not 6 <= len(title.split()) <= 16] == []


def test_each_session_has_its_own_document_and_month() -> None:
    found = {(row.session, row.symbol, str(row.issued_on)) for row in kz().published}
    assert found == {(7, "A/HRC/14/10", "2010-02-01"), (20, "A/HRC/28/10", "2014-11-01")}


def test_the_yearly_counts_of_visits_are_those_published() -> None:
    counts = [(one.year, one.visits, one.special, one.institutions) for one in kz().years]
    assert counts == [(2014, 277, 14, None), (2015, 528, 20, None), (2016, 680, 14, None), (2017, 534, 23, 3125)]
    assert all(one.source.startswith("Sapargali 2018") for one in kz().years)


def test_every_text_of_an_allegation_says_that_it_is_synthetic() -> None:
    allegations = [case for case in kz().synthetic if case.kind == "allegation"]
    texts = [case.given.fields[name] for case in allegations for name in ("statement", "source", "alleged_victim")]
    texts += [case.note for case in kz().synthetic]
    texts += [content.decode() for case in kz().cases for act in case.acts for _, content in act.files]
    assert texts
    assert [text for text in texts if not text.startswith("Synthetic")] == []


def test_people_and_places_are_synthetic_and_their_addresses_reach_nobody() -> None:
    registers = kz().registers
    people = [user.name for user in registers.users] + [post["name"] for post in registers.posts]
    places = [place.fields["name"] for place in registers.places]
    addresses = [user.email for user in registers.users] + [post["email"] for post in registers.posts]
    addresses += [body["email"] for body in registers.bodies if "email" in body]
    assert all(name.startswith("Synthetic") for name in people + places)
    assert all(address.endswith(".invalid") for address in addresses)


def test_an_unknown_member_is_refused_with_its_path(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "synthetic.json", lambda file: file["cases"][1].update(colour="red"))
    assert re.search(r"synthetic\.json:0: cases\[1\]\.colour: ", refused(folder))


def test_a_file_that_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "visits.json", lambda _: None)
    (folder / "visits.json").write_text('{\n"source":\n', "utf-8")
    assert re.search(r"visits\.json:0: the file: Invalid JSON: .* at line 3", refused(folder))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "visits.json", lambda _: None)
    (folder / "registers.json").unlink()
    assert "registers.json:0: cannot be read" in refused(folder)


def test_acts_out_of_the_order_of_time_are_refused(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "synthetic.json", lambda file: file["cases"][2]["acts"].reverse())
    assert "case R-3: the acts are not in order of time" in refused(folder)


def test_an_act_after_the_present_is_refused(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "synthetic.json", lambda file: file["cases"][2]["acts"][-1].update(day=35))
    assert "case R-3: its last act lies after the present" in refused(folder)


def test_a_confirmation_before_its_proposal_is_refused(tmp_path: Path) -> None:
    def too_early(file: dict[str, Any]) -> None:
        closing = next(act for act in file["cases"][10]["acts"] if act["event"] == "close")
        closing["confirmed"]["day"] = 1

    folder = copy_with(tmp_path, "synthetic.json", too_early)
    assert "case R-11: the acts are not in order of time, confirmations included" in refused(folder)


def test_a_user_nobody_registered_is_named(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "synthetic.json", lambda file: file["cases"][1]["acts"][0].update(by="nobody"))
    assert "case R-2: there is no user 'nobody'" in refused(folder)


def test_a_label_given_twice_is_named(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "synthetic.json", lambda file: file["cases"][0].update(label="SPT-1"))
    assert "case SPT-1: the label stands twice" in refused(folder)


def test_a_visit_that_nobody_planned_is_named(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "synthetic.json", lambda file: file["cases"][0].update(refs={"visit": "V-9"}))
    assert "case R-1: no visit and no case has the label 'V-9'" in refused(folder)


def test_a_visit_later_than_the_act_that_names_it_is_refused(tmp_path: Path) -> None:
    folder = copy_with(tmp_path, "registers.json", lambda file: file["visits"][0].update(day=-1))
    assert "case R-10: 'V-1' begins only after the step that names it" in refused(folder)


def test_a_row_the_importer_refused_is_refused_here_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text('[{"channel": "upr", "addressee": "Kazakhstan"}]', "utf-8")
    with pytest.raises(BadPack, match=r"published\.json:1: title: is missing"):
        read_caseload(FOLDER, read_rows(path, "json"))
