"""A country pack that could forget somebody stops the program, with file, line and reason."""

import json
from datetime import date
from pathlib import Path

import pytest

from npm_cases.domain.ladders import Timetable
from npm_cases.history.canonical import canonical, parsed
from npm_cases.packs.country_file import country_content, country_from, load_country
from npm_cases.packs.located import BadPack
from tests.packs.same_law import digest_of

CONFIG = Path(__file__).parents[2] / "config"
KZ = (CONFIG / "countries" / "kz.toml").read_text(encoding="utf-8")

FAULTS = {
    "an unknown key": ('zone = "Asia/Almaty"', 'zone = "Asia/Almaty"\ncolour = "red"', "colour"),
    "a rule without a source or policy": (
        'source = "PEC art. 47(3): sent to authorised bodies and published not later than one month after approval (K1)"', "",
        "policy = true",
    ),
    "a rule without a unit": ('unit = "months"\nstarts = "day_after_event"\nrolls_to = "next_working_day"\nvalid_from = 2014-01-01\n',
                              'starts = "day_after_event"\nrolls_to = "next_working_day"\nvalid_from = 2014-01-01\n', "unit"),
    "overlapping validity": ("valid_to = 2022-11-04", "valid_to = 2022-11-05", "overlap"),
    "a rung to a post there is not": ('posts = ["commissioner", "council_chair", "board"] }', 'posts = ["the_king"] }', "the_king"),
    "a ladder that ends below the top": (
        '  { id = "ombudsman", act = "escalate", event = "escalate_to_ombudsman", offset = 15, posts = ["commissioner", "caseworker"] },\n',
        "", "below the top",
    ),
    "a ladder that falls silent": (
        '{ id = "unprotected", act = "notify", offset = 1, every = 5,', '{ id = "unprotected", act = "notify", offset = 1,', "repeats",
    ),
    "rungs out of order": ('id = "overdue", act = "remind", offset = 1,', 'id = "overdue", act = "remind", offset = -30,', "order"),
    "two rungs of one id": ('{ id = "due_tomorrow", act = "remind", offset = -1, posts = ["addressee"',
                            '{ id = "due_soon", act = "remind", offset = -1, posts = ["addressee"', "one id"),
    "a rung that escalates by no event": (', event = "raise_to_superior", offset = 5', ", offset = 5", "event"),
    "a duty without a rule": ('register = "journal_entry"\n', "", "register"),
    "a duty that names a rule there is not": ('judge = "review_of_trial"', 'judge = "review_of_nothing"', "review_of_nothing"),
    "a duty there is not": ('judge = "review_of_trial"', 'judge = "review_of_trial"\nsing = "closing"', "sing"),
    "a channel twice": ('id = "complaint"\nkind', 'id = "visit_allegation"\nkind', "twice"),
    "a post without a Kazakh label": ('kk = "Адресат", ', "", "kk"),
    "a calendar there is not": ('calendar = "kz"', 'calendar = "atlantis"', "atlantis"),
    "a post the engine turns to is missing": ('id = "board"\noutside', 'id = "bored"\noutside', "no post board"),
    "a zone there is not": ('zone = "Asia/Almaty"', 'zone = "Asia/Almata"', "Almata"),
    "another zone than the calendar's": ('zone = "Asia/Almaty"', 'zone = "Asia/Aqtau"', "calendar's"),
    "a language the program does not speak": ('["kk", "ru", "en"]', '["kk", "ru", "fr"]', "official_languages"),
    "a fifth model": ("model = 2", "model = 5", "model"),
    "a model that ended": ("model = 2", "model = 2\nvalid_to = 2025-10-03", "none is in force on 2025-10-04"),
    "a body without words": ('{ en = "National Preventive', '{ uk = "National Preventive', "no label in en"),
    "a post that ends before it begins": (
        "valid_from = 2014-01-01\nlabels", "valid_from = 2014-01-01\nvalid_to = 2013-01-01\nlabels", "before",
    ),
    "a region of a body there is not": ('kk = "Абай облысы" }', 'kk = "Абай облысы", body = "nobody" }', "nobody"),
    "an open question in a pack that is law": (
        "[report]", '[[questions]]\nid = "one"\nabout = "rules.appeal"\ntext = { en = "?", ru = "?", kk = "?" }\n\n[report]', "draft",
    ),
    "a question about nothing": (
        "[report]", '[[questions]]\nid = "one"\nabout = "rules.none"\ntext = { en = "?", ru = "?", kk = "?" }\n\n[report]', "rules.none",
    ),
    "something dropped without a template": ("[report]", '[drop]\nchannels = ["upr"]\n\n[report]', "template"),
    "a template there is not": ('zone = "Asia/Almaty"', 'zone = "Asia/Almaty"\ntemplate = "kingdom"', "kingdom"),
    "not TOML at all": ("[pack]", "[pack", "not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_pack_is_refused_with_file_line_and_reason(tmp_path: Path, fault: str) -> None:
    old, new, word = FAULTS[fault]
    assert old in KZ, "the pack changed; plant the fault elsewhere"
    path = tmp_path / "kz.toml"
    path.write_text(KZ.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadPack) as refused:
        load_country(path, CONFIG / "calendars")
    assert word in str(refused.value)
    assert refused.value.file.endswith(".toml")
    if fault != "a calendar there is not":
        assert refused.value.line > 0


def test_the_pack_as_it_is_loads_with_every_rule_sourced_or_called_policy() -> None:
    pack = load_country(CONFIG / "countries" / "kz.toml", CONFIG / "calendars")
    assert all(rule.source or rule.policy for versions in pack.rules.values() for rule in versions)
    assert {"K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K12"} <= {
        word
        for versions in pack.rules.values()
        for rule in versions
        for word in f"{rule.source or ''} {rule.note}".replace("(", " ")
        .replace(")", " ")
        .replace(":", " ")
        .replace(",", " ")
        .split()
    }


def test_the_law_of_kazakhstan_is_what_it_was_before_packs_had_templates() -> None:
    pack = load_country(CONFIG / "countries" / "kz.toml", CONFIG / "calendars")
    assert digest_of(pack) == "98a930d1d1f62da8d9d3527ddcc039eedf89ead4edcff184bf41b361cc7a5412"


def test_a_pack_stored_as_canonical_json_is_the_same_pack_when_it_is_read_again() -> None:
    pack = load_country(CONFIG / "countries" / "kz.toml", CONFIG / "calendars")
    content = country_content(CONFIG / "countries" / "kz.toml")
    assert country_from(parsed(canonical(content)), pack.calendar) == pack
    assert country_from(json.loads(json.dumps(content)), pack.calendar) == pack


OUTSIDERS = '[[ladders]]\nid = "outsiders"\nversion = "1"\n'
AN_OLD_VERSION = """
[[ladders]]
id = "outsiders"
version = "0"
valid_to = 2025-12-31
policy = true
after_intake = { act = "remind", offset = 20, posts = ["caseworker"] }
rungs = [{ id = "ombudsman", act = "escalate", event = "escalate_to_ombudsman", offset = 15, every = 9, posts = ["commissioner"] }]

"""


def load(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "kz.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_old_version_of_a_ladder_stays_for_open_cases_and_is_chosen_for_none(tmp_path: Path) -> None:
    dated = OUTSIDERS + "valid_from = 2026-01-01\n"
    path = load(tmp_path, KZ.replace(OUTSIDERS, AN_OLD_VERSION + dated))
    pack = load_country(path, CONFIG / "calendars")
    assert pack.ladder("outsiders~0").valid_to == date(2025, 12, 31)
    assert pack.ladder("outsiders").version == "1"
    assert Timetable(pack).ladder_for("visit", "addressee", "reply").key == "outsiders"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (AN_OLD_VERSION.replace("valid_to = 2025-12-31\n", ""), OUTSIDERS, "2 versions have no valid_to"),
        ("", OUTSIDERS + "valid_to = 2025-12-31\n", "0 versions have no valid_to"),
        (AN_OLD_VERSION, OUTSIDERS + "valid_from = 2026-01-02\n", "none is in force on 2026-01-01"),
        (AN_OLD_VERSION, OUTSIDERS + "valid_from = 2025-12-31\n", "in force at once"),
        (AN_OLD_VERSION.replace('version = "0"', 'version = "1"'), OUTSIDERS + "valid_from = 2026-01-01\n", "one name"),
    ],
)
def test_versions_of_a_ladder_follow_each_other_and_one_is_the_newest(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = load(tmp_path, KZ.replace(OUTSIDERS, old + new))
    with pytest.raises(BadPack, match=reason):
        load_country(path, CONFIG / "calendars")
