"""What a person types and the history keeps in clear is a code: no name fits into it with its space."""

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import BadInput
from npm_cases.services.act import DoAct, act
from npm_cases.services.create_case import CODES, CreateCase, create_case
from npm_cases.services.given_codes import LONGEST_CODE, a_code
from tests.makers import CASEWORKER, MON_2_MAR, a_recommendation, an_allegation


@pytest.mark.parametrize("text", ["A/HRC/12/3", "12(a)", "126.45", "court_case", "CAT/C/KAZ/CO/4", "x" * LONGEST_CODE])
def test_symbols_paragraphs_and_words_are_codes(text: str) -> None:
    assert a_code("--reason", text) == text


@pytest.mark.parametrize("text", ["", "Synthetic Person", "a\tb", "Үлгі", "a\n", "x" * (LONGEST_CODE + 1), "a@b"])
def test_names_sentences_and_other_letters_are_no_codes(text: str) -> None:
    with pytest.raises(BadInput, match="--reason"):
        a_code("--reason", text)


@pytest.mark.parametrize("name", [*CODES, "assignee"])
def test_a_name_typed_for_a_code_of_a_new_case_is_refused_by_the_name_of_its_field(app: App, name: str) -> None:
    with pytest.raises(BadInput, match=f"field {name}"):
        a_recommendation(app, **{name: "Synthetic Person"})
    assert a_recommendation(app, **{name: "A/HRC/12/3"}).number


def test_a_name_typed_for_a_code_of_an_act_is_refused(app: App) -> None:
    created = an_allegation(app)
    with pytest.raises(BadInput, match="field reason_code"):
        act(app.office, DoAct(created.number, "report_reprisal", CASEWORKER, MON_2_MAR, {"reason_code": "Synthetic P"}))


def test_titles_and_texts_are_no_codes_and_keep_their_spaces(app: App) -> None:
    fields = {"channel": "complaint", "statement": "A synthetic statement of several words."}
    assert create_case(app.office, CreateCase("allegation", CASEWORKER, MON_2_MAR, fields)).number
