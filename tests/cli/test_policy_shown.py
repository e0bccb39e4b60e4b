"""`policy show` prints a pack for people: nothing of it is left out, in whichever language they read."""

import io
import json

import pytest
from rich.console import Console

from npm_cases.cli.policy_shown import print_pack, shown
from npm_cases.packs.known import load_pack, pack_names

WIDE = 400


def printed(name: str, lang: str) -> str:
    pack, to = load_pack(name), io.StringIO()
    print_pack(Console(file=to, width=WIDE), pack, shown(pack), lang)
    return to.getvalue()


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
@pytest.mark.parametrize("name", pack_names())
def test_every_body_channel_rule_and_question_is_printed(name: str, lang: str) -> None:
    pack, text = load_pack(name), printed(name, lang)
    named = [*(b.id for b in pack.mechanism.bodies), *pack.channels, *pack.rules, *pack.regions]
    assert [one for one in named if one not in text] == []
    assert [q.id for q in pack.mechanism.questions if q.text[lang] not in text] == []


def test_a_term_is_shown_with_its_bounds_its_days_and_its_source() -> None:
    line = next(one for one in printed("fr", "en").splitlines() if "controller_reply" in one and "2015" in one)
    assert "1 month, or as a document sets it (at least 1 month, at most 6 months), from 2015-01-01" in line
    assert "Loi 2007-1545 art. 9" in line


def test_what_is_policy_says_so_where_a_source_would_stand() -> None:
    (rule,) = [one for one in shown(load_pack("pl"))["rules"] if one["id"] == "visit_reply"]
    assert rule["source"].startswith("policy: ")


def test_the_change_of_a_model_is_shown_with_its_days() -> None:
    assert "model 4, to 2025-10-03" in printed("kg", "en")
    assert "model 1, from 2025-10-04" in printed("kg", "en")


def test_it_is_plain_data_that_json_can_hold() -> None:
    for name in pack_names():
        assert json.loads(json.dumps(shown(load_pack(name)))) == shown(load_pack(name))
