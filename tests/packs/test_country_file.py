"""A country pack that could forget somebody stops the program, with file, line and reason."""

from pathlib import Path

import pytest

from npm_cases.packs.country_file import load_country
from npm_cases.packs.located import BadPack

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
