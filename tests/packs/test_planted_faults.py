"""Faults planted into packs as a tired hand would make them: each is refused at its line, or proved by a way that shows it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from npm_cases.packs.country_file import load_country
from npm_cases.packs.located import BadPack
from npm_cases.services.policy_check import check_policy

CONFIG = Path(__file__).parents[2] / "config"
TODAY = date(2026, 11, 22)
A_RULE = '[[rules.controller_reply]]\nversion = "2014-528"\n'
THE_TOP = '{ id = "controller", act = "escalate", event = "escalate_to_ombudsman", offset = 1, posts = ["commissioner", "caseworker"] },'

REFUSED: dict[str, tuple[str, str, str, str, str]] = {
    # what went wrong: the pack, what stood there, what stands there now, what its line holds, a word of the reason
    "a key is misspelt": (
        "fr",
        "set_in_document = true",
        "set_in_documents = true",
        "set_in_documents",
        "set_in_documents",
    ),
    "a unit is misspelt": ("fr", 'unit = "working_days"', 'unit = "workdays"', 'unit = "workdays"', "unit"),
    "an amount is a word": ("gb", "amount = 28", 'amount = "four weeks"', 'amount = "four weeks"', "amount"),
    "an amount is negative": ("gb", "amount = 28", "amount = -28", "amount = -28", "amount"),
    "a day that no month has": ("fr", "valid_to = 2014-12-31", "valid_to = 2014-11-31", "2014-11-31", "not TOML"),
    "the source was forgotten": (
        "kg",
        'model = 1\nvalid_from = 2025-10-04\nsource = "24.kg 29.09.2025; npm.kg (X)"',
        "model = 1\nvalid_from = 2025-10-04",
        "[[models]]\nmodel = 1",
        "policy = true",
    ),
    "two versions overlap": (
        "fr",
        "valid_to = 2014-12-31",
        "valid_to = 2015-01-01",
        "valid_from = 2008-01-01\nvalid_to",
        "overlap",
    ),
    "a version ends before it begins": (
        "fr",
        "valid_to = 2014-12-31",
        "valid_to = 2007-12-31",
        '[[rules.controller_reply]]\nversion = "before',
        "before valid_from",
    ),
    "a duty follows a rule there is not": (
        "fr",
        'reply = "controller_reply"',
        'reply = "controler_reply"',
        'reply = "controler',
        "controler_reply",
    ),
    "a channel's duty has no such name": (
        "gb",
        '{ issue = "same_day", reply',
        '{ isue = "same_day", reply',
        "duties = { isue",
        "isue",
    ),
    "a channel stands twice": (
        "gb",
        'id = "urgent_notification"',
        'id = "visit"',
        'id = "visit"\nkind = "recommendation"\nlabels = { en = "Urgent',
        "twice",
    ),
    "a channel of a third kind": ("gb", 'kind = "recommendation"', 'kind = "petition"', 'kind = "petition"', "kind"),
    "a ladder for a channel there is not": (
        "fr",
        'channels = ["grave_violation"]',
        'channels = ["grave"]',
        'channels = ["grave"]',
        "grave",
    ),
    "a rung to a post there is not": (
        "fr",
        'every = 20, posts = ["commissioner", "board"]',
        'every = 20, posts = ["minister"]',
        "rungs = [",
        "minister",
    ),
    "a ladder below the top": ("fr", THE_TOP, "", "[[ladders]]", "below the top"),
    "a ladder that falls silent": ("fr", ", every = 20", "", "[[ladders]]", "repeats"),
    "rungs out of order": ("fr", "offset = 10, every", "offset = -3, every", "[[ladders]]", "order"),
    "a ladder of which no version is the newest": (
        "fr",
        'channels = ["grave_violation"]\nowed',
        'valid_to = 2026-01-01\nchannels = ["grave_violation"]\nowed',
        'id = "grave_violation"\nversion',
        "no valid_to",
    ),
    "a label lacks a language": (
        "gb",
        ', kk = "Министр (мемлекеттік хатшы)"',
        "",
        'labels = { en = "Secretary',
        "no label in kk",
    ),
    "a label is blank": (
        "rs",
        'kk = "Мекемеден жоғары тұрған орган"',
        'kk = " "',
        'labels = { en = "Authority above',
        "no label in kk",
    ),
    "a region names a body there is not": ("gb", 'body = "hmips"', 'body = "hmipss"', 'body = "hmipss"', "hmipss"),
    "a region names no body of many": ("gb", ', body = "cjini"', "", "northern_ireland = ", "names no body"),
    "a day between two models": (
        "kg",
        "valid_from = 2025-10-04\nsource",
        "valid_from = 2025-10-05\nsource",
        "[[models]]\nmodel = 1",
        "2025-10-04",
    ),
    "two bodies coordinate": ("gb", 'id = "imb"\n', 'id = "imb"\ncoordinator = true\n', "[[bodies]]", "coordinate"),
    "a question about nothing": (
        "fr",
        'about = "rules.grave_violation_reply"',
        'about = "rules.grave_reply"',
        'about = "rules.grave_reply"',
        "grave_reply",
    ),
    "a draft is called adopted": (
        "fr",
        'zone = "Europe/Paris"',
        'status = "adopted"\nzone = "Europe/Paris"',
        'status = "adopted"',
        "draft",
    ),
    "a zone that nobody keeps": ("fr", '"Pacific/Noumea"', '"Pacific/Nouméa"', "zones = [", "zone"),
    "a relative post that is not one": ("gb", "relative = true", "relative = false", "relative = false", "relative"),
    "something dropped that is not there": (
        "fr",
        'questions = ["visit_reply"]',
        'questions = ["visits_reply"]',
        "questions = [",
        "visits_reply",
    ),
    "the template is misspelt": ("fr", 'template = "new_body"', 'template = "newbody"', "template = ", "newbody"),
}
PROVED: dict[str, tuple[str, str, str, str]] = {
    # what went wrong: the pack, what stood there, what stands there now, the end of the way there
    "a gap between two versions": (
        "fr",
        "valid_to = 2014-12-31",
        "valid_to = 2014-12-30",
        "on 2014-12-31 no version of the rule controller_reply is in force",
    ),
    "a rule that ended": (
        "fr",
        A_RULE,
        A_RULE + "valid_to = 2025-12-31\n",
        "on 2026-01-01 no version of the rule controller_reply is in force",
    ),
    "a date that may be set for ever": (
        "fr",
        'maximum = { amount = 6, unit = "months" }\nvalid_from = 2015',
        "valid_from = 2015",
        "the rule controller_reply has no maximum",
    ),
    "a week the calendar does not have": (
        "fr",
        A_RULE,
        A_RULE + 'week = "four_day"\n',
        "the calendar fr has no week 'four_day', in which controller_reply is counted",
    ),
    "a post that ended": (
        "gb",
        'labels = { en = "Coordinator',
        'valid_to = 2025-12-31\nlabels = { en = "Coordinator',
        "the post coordinator ended on 2025-12-31",
    ),
    "a post that has not begun": (
        "kz",
        "valid_from = 2014-01-01\nlabels",
        "valid_from = 2030-01-01\nlabels",
        "the post council_chair begins only on 2030-01-01",
    ),
    "a ladder narrowed to one channel": (
        "kz",
        'id = "outsiders"\nversion = "1"\n',
        'id = "outsiders"\nversion = "1"\nchannels = ["visit"]\n',
        "no ladder is for reply owed by addressee",
    ),
    "an allegation told outside": (
        "kz",
        'every = 20, posts = ["commissioner", "board"] }',
        'every = 20, posts = ["council_chair"] }',
        "none of council_chair is a post of the Commissioner's office",
    ),
    "the last resort lies outside": (
        "kz",
        'commissioners_office = true\nvalid_from = 2000-01-01\nlabels = { kk = "Уәкілдің алқасы"',
        'commissioners_office = false\nvalid_from = 2000-01-01\nlabels = { kk = "Уәкілдің алқасы"',
        "the post board is not there to be told",
    ),
}


def planted(tmp_path: Path, pack: str, old: str, new: str) -> Path:
    text = (CONFIG / "countries" / f"{pack}.toml").read_text(encoding="utf-8")
    assert old in text, "the pack changed; plant the fault elsewhere"
    path = tmp_path / f"{pack}.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("fault", REFUSED)
def test_it_is_refused_at_its_line(tmp_path: Path, fault: str) -> None:
    pack, old, new, marker, word = REFUSED[fault]
    path = planted(tmp_path, pack, old, new)
    text = path.read_text(encoding="utf-8")
    with pytest.raises(BadPack) as refused:
        load_country(path, CONFIG / "calendars")
    told = [problem for problem in refused.value.problems if word in problem.reason]
    assert told, str(refused.value)
    assert (told[0].file or str(path), told[0].line) == (str(path), text[: text.index(marker)].count("\n") + 1)


@pytest.mark.parametrize("fault", PROVED)
def test_it_is_found_with_a_way_that_shows_it(tmp_path: Path, fault: str) -> None:
    pack, old, new, end = PROVED[fault]
    loaded = load_country(planted(tmp_path, pack, old, new), CONFIG / "calendars")
    short = replace(loaded.calendar, first_confirmed_year=2024, last_confirmed_year=2024)
    findings = check_policy(replace(loaded, calendar=short), TODAY).findings
    assert end in {finding.counter_example[-1] for finding in findings}


def test_forty_faults_are_planted() -> None:
    assert len(REFUSED) + len(PROVED) >= 39
