"""Hard strings are kept byte for byte through everything that stores, lists, exports, mails or bundles them (FAULTS F45, F46)."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.plain_cells import as_typed, inert
from npm_cases.domain.records import Actor
from npm_cases.history.hashing import BLINDING_BYTES
from npm_cases.mail import Letter, SmtpSettings, render
from npm_cases.mail.letters import as_message
from npm_cases.services.bundle import Export, export
from npm_cases.services.case_views import list_cases, open_text, show_case
from npm_cases.services.finding import Wanted, find
from npm_cases.services.list_export import export_list
from npm_cases.services.narrative import story
from npm_cases.services.registers import add_body
from tests.faults.checker import table, violations
from tests.faults.figures import Figure
from tests.faults.hard_strings import CODES, HARD, NAMES
from tests.makers import CASEWORKER, COMMISSIONER, MON_2_MAR, a_recommendation, an_allegation, an_app

LANGUAGES = ("kk", "ru", "en")
Kept = Mapping[str, str]


class Filled:
    """An installation in which every hard string is a title, a name of a body, and a protected statement."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.titled: dict[str, str] = {}
        self.told: dict[str, str] = {}
        for number, (name, text) in enumerate(HARD.items()):
            body = f"body_{number}"
            add_body(app.office, {"id": body, "name": text}, CASEWORKER, MON_2_MAR)
            self.titled[name] = a_recommendation(app, title=text, addressee=body).number
            self.told[name] = an_allegation(app, statement=text).number


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    url = server.new_database() if server else ""
    app = an_app(tmp_path_factory.mktemp("filled") / "data", url)
    yield Filled(app)
    app.close()
    if server:
        server.drop(url)


def altered(found: Kept) -> dict[str, str]:
    return {name: text for name, text in found.items() if text.encode("utf-8") != HARD[name].encode("utf-8")}


def report(figure: Figure, found: Kept) -> None:
    assert found.keys() == HARD.keys()
    wrong = altered(found)
    figure("F46", strings=len(found), altered=len(wrong))
    assert wrong == {}


def test_what_is_stored_and_shown_is_what_was_given(filled: Filled, figure: Figure) -> None:
    shown = {name: show_case(filled.app.office, n, CASEWORKER, MON_2_MAR) for name, n in filled.titled.items()}
    report(figure, {name: str(case["title"]) for name, case in shown.items()})
    names = {row["id"]: row["name"] for row in table(filled.app, "bodies")}
    report(figure, {name: names[f"body_{number}"] for number, name in enumerate(HARD)})
    assert violations(filled.app) == []


def test_what_is_sealed_opens_as_it_was_given(filled: Filled, figure: Figure) -> None:
    report(
        figure,
        {
            name: open_text(filled.app.office, number, 1, CASEWORKER, MON_2_MAR, "first_reading")["statement"]
            for name, number in filled.told.items()
        },
    )


def test_lists_hold_what_was_given(filled: Filled, figure: Figure) -> None:
    from npm_cases.services.case_views import ListFilter

    rows = {row["number"]: row for row in list_cases(filled.app.views, ListFilter(), CASEWORKER, MON_2_MAR)}
    report(figure, {name: rows[number]["title"] for name, number in filled.titled.items()})


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_found_by_itself_and_by_its_other_case(name: str, filled: Filled) -> None:
    text = HARD[name][:60]
    for asked in (text, text.lower()):
        words = asked if any(letter.isalnum() for letter in asked) else filled.titled[name]
        found = find(filled.app.views, Wanted(words=words), CASEWORKER, MON_2_MAR).rows
        assert filled.titled[name] in {row.number for row in found}


def test_an_export_is_inert_and_comes_back_as_it_was_given(filled: Filled, figure: Figure) -> None:
    data = b"".join(export_list(filled.app.office, filled.app.views, Wanted(), CASEWORKER, MON_2_MAR))
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))}
    for field in ("title", "addressee_name"):
        report(figure, {name: as_typed(rows[number][field]) for name, number in filled.titled.items()})
    loose = [name for name, number in filled.titled.items() if rows[number]["title"].lstrip()[:1] in "=+-@\uff1d"]
    figure("F45", payloads=len(CODES), that_begin_a_formula=len(loose))
    assert loose == []


def test_a_story_is_told_whatever_the_names(filled: Filled) -> None:
    for lang in LANGUAGES:
        for number in filled.titled.values():
            with filled.app.reader as reader:
                assert story(filled.app.office, reader, number, CASEWORKER, lang)


def test_a_bundle_holds_what_was_sealed(filled: Filled, figure: Figure, tmp_path: Path) -> None:
    found: dict[str, str] = {}
    for name, number in filled.told.items():
        actor = Actor(COMMISSIONER.user, frozenset({"commissioner", "auditor"}))
        with (tmp_path / "case.zip").open("wb") as file:
            asked = Export(actor, MON_2_MAR, case=number, text="open", reason="court_order")
            export(filled.app.office, lambda: filled.app.reader, filled.app.sequence, _signed(filled.app), asked, file)
        with zipfile.ZipFile(tmp_path / "case.zip") as bundle:
            (line,) = bundle.read("texts.jsonl").decode("utf-8").split("\n")[:-1]
        opened = b64decode(json.loads(line)["blinded"])[BLINDING_BYTES:]
        found[name] = json.loads(opened)["statement"]
    report(figure, found)


def _signed(app: App) -> Callable[[], object]:
    return lambda: app.checkpoint(MON_2_MAR)


def test_a_letter_says_what_was_given_and_is_one_letter(figure: Figure) -> None:
    server = SmtpSettings(host="127.0.0.1", port=2525, security="none", sender="office@synthetic.example")
    found: dict[str, str] = {}
    for name, text in HARD.items():
        values = {"our_number": "R-2026-000001", "our_date": date(2026, 3, 2), "due_on": date(2026, 3, 27)}
        subject, plain, html = render("addressee_reminder", "en", office=text, reply_to="a@b.example", **values)
        letter = Letter(f"<{len(found)}@synthetic.example>", "a@b.example", subject, plain, html, "en")
        message = message_from_bytes(as_message(letter, server).as_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        content = str(body.get_content())
        found[name] = text if text in content else content
        assert len(message.get_all("Subject", [])) == len(message.get_all("To", [])) == 1
    report(figure, found)


def test_no_program_of_tables_runs_what_was_exported(tmp_path: Path, figure: Figure) -> None:
    """The export is opened by LibreOffice and written again: every cell is text still."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    source, out = tmp_path / "list.csv", tmp_path / "out"
    with source.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([name, inert(text)] for name, text in CODES.items())
    home = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    convert = ["soffice", home, "--headless", "--convert-to", "fods", "--outdir", str(out), str(source)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    opened = (out / "list.fods").read_text(encoding="utf-8")
    ran = opened.count("table:formula=")
    figure("F45", opened_in_a_spreadsheet=len(CODES), ran=ran)
    assert ran == 0
