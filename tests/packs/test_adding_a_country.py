"""A country is added by docs/countries.md without a line of code: Croatia, tried, and the blank file, filled."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from npm_cases.domain.instants import as_text, from_text
from npm_cases.packs.country_file import load_country
from npm_cases.packs.known import load_pack
from npm_cases.services.case_views import ListFilter
from npm_cases.services.passing import let_time_pass
from npm_cases.services.policy_check import check_policy
from npm_cases.services.verify import verify
from tests.makers import MON_2_MAR, a_recommendation, an_allegation, an_app

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
CROATIA = HERE / "hr.toml"
A_YEAR_LATER = as_text(from_text(MON_2_MAR) + timedelta(days=366))
RAISED = {"escalated_to_ombudsman", "ombudsman_acted", "petitioned", "before_highest_authority"}


def test_the_term_is_set_in_each_recommendation_and_bounded() -> None:
    rule = load_pack(str(CROATIA)).rule_for("ombudsman", "reply", date(2026, 3, 2))
    assert rule.set_in_document
    assert rule.maximum


def test_nothing_is_wrong_with_it_but_what_is_asked() -> None:
    pack = load_pack(str(CROATIA))
    assert check_policy(pack, date(2026, 3, 2)).findings == ()
    assert {"model", "set_in_each", "complaints"} <= {question.id for question in pack.mechanism.questions}


def test_a_silent_year_brings_its_cases_to_the_ombudsman(tmp_path: Path) -> None:
    app = an_app(tmp_path / "data", country=str(CROATIA))
    a_recommendation(app, "served")
    a_recommendation(app, channel="visit")
    an_allegation(app, region="whole_country")
    for _ in let_time_pass(app.office, MON_2_MAR, A_YEAR_LATER):
        pass
    assert {row["escalation"] for row in app.views.cases(ListFilter(), (), ())} <= RAISED
    with app.reader as reader:
        assert verify(app.office, reader, A_YEAR_LATER).findings == ()
    app.close()


BLANK = (DOCS / "blank_country.toml").read_text(encoding="utf-8")
MODELS = ("existing_institution", "ombudsman_plus", "several_bodies", "new_body")


@pytest.mark.parametrize("model", MODELS)
def test_the_blank_file_is_a_pack_once_it_is_filled(tmp_path: Path, model: str) -> None:
    path = tmp_path / "hr.toml"
    path.write_text(filled().replace("ombudsman_plus", model, 1), encoding="utf-8")
    pack = load_country(path, HERE / "calendars")
    assert pack.status == "draft"
    assert check_policy(pack, date(2026, 3, 2)).findings == ()


def filled() -> str:
    return BLANK.replace("XX/XX", "Europe/Zagreb").replace('"xx"', '"hr"').replace("XX", "Synthetic")


def test_every_commented_part_of_the_blank_file_is_of_the_format(tmp_path: Path) -> None:
    """Uncommented as a whole, nothing in it is unknown: what is refused is that a made example does not fit itself."""
    lines = [line.removeprefix("# ") for line in filled().splitlines()[3:]]
    path = tmp_path / "hr.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    calendar = (HERE / "calendars" / "hr.toml").read_text(encoding="utf-8")
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "hr.toml").write_text(calendar, encoding="utf-8")
    of_its_own = calendar.replace('id = "hr"', 'id = "xx_north"').replace('version = "0"', 'version = "1"')
    (tmp_path / "calendars" / "xx_north.toml").write_text(of_its_own, encoding="utf-8")
    pack = load_country(path, tmp_path / "calendars")
    assert {"special_report"} <= set(pack.channels)
    assert pack.rule("visit_reply", date(2026, 3, 2)).version == "act-1"
    assert pack.mechanism.membership
