"""The story of a case: a line for every event, in three languages, with who, why, and what changed."""

from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import NotFound
from npm_cases.domain.records import Actor
from npm_cases.history.event import Event, EventType, read
from npm_cases.services.act import DoAct, act
from npm_cases.services.case_views import history
from npm_cases.services.narrative import StoryLine, story, told
from npm_cases.services.narrative_words import BESIDE, FIELDS, SENTENCES, SMALL
from state_machines.labels import LANGUAGES
from tests.audit.made_history import ONE, reading
from tests.makers import CASEWORKER, LETTER, MON_2_MAR, a_recommendation, an_allegation

ZONE = "Asia/Almaty"
UNNAMED = "?"


def an_event(kind: EventType, **members: object) -> Event:
    given = {"role": "caseworker", "facts": {}, **members}
    return Event("npm-cases/synthetic", "c", 1, "", kind, MON_2_MAR, "caseworker-one", app="0", **given)  # type: ignore[arg-type]


def as_typed(text: str) -> str:
    return text.replace("\u202f", " ")  # dates keep their parts together with it


def a_line(app: App, event: Event, lang: str = "en") -> StoryLine:
    (line,) = told(app.office.pack, ZONE, event.case, [event], lang)
    return line


@pytest.mark.parametrize("words", [SENTENCES, BESIDE, FIELDS, SMALL])
def test_every_word_is_there_in_all_languages(words: dict[str, dict[str, str]]) -> None:
    assert not [name for name, said in words.items() if set(said) != set(LANGUAGES) or not all(said.values())]


def test_every_type_of_event_has_a_sentence() -> None:
    assert set(SENTENCES) == set(EventType)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sentence_stands_even_where_the_event_says_nothing(app: App, lang: str) -> None:
    for kind in EventType:
        line = a_line(app, an_event(kind), lang)
        assert line.what.endswith("."), kind
        assert "{" not in line.line


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_chain_of_a_made_history_is_told_whole(clean: Path, lang: str) -> None:
    with reading(clean) as (app, reader):
        chains: dict[str, list[Event]] = {}
        for stored in reader.events():
            chains.setdefault(stored.chain, []).append(read(stored.data))
        lines = [line for chain, events in chains.items() for line in told(app.office.pack, ZONE, chain, events, lang)]
    assert len(lines) > 300
    for line in lines:
        assert line.line.endswith("."), line.line
        assert not {"{", UNNAMED, "\n"} & set(line.line), line.line
        assert ".." not in line.line
        assert line.actor in line.line


def test_a_line_says_when_what_who_why_and_what_changed(clean: Path) -> None:
    with reading(clean) as (app, reader):
        lines = story(app.office, reader, "R-2025-000001", ONE, "en")
    (line,) = [one for one in lines if "insufficient" in one.what and one.type == "moved"]
    assert line.line == (
        "March 12, 2025, 10:00: Recommendation: find the reply insufficient. By one, caseworker. "
        "Why: insufficient reply. Changed: recommendation: replied → acknowledged."
    )


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Changed: due date, reply: April 3, 2025 → April 21, 2025."),
        ("ru", "Изменилось: срок, ответ: 3 апреля 2025 г. → 21 апреля 2025 г."),
        ("kk", "Өзгерді: мерзім, жауап: 2025 ж. 3 сәуір → 2025 ж. 21 сәуір."),
    ],
)
def test_a_due_date_that_moved_is_told_before_and_after(clean: Path, lang: str, said: str) -> None:
    with reading(clean) as (app, reader):
        lines = story(app.office, reader, "R-2025-000001", ONE, lang)
    assert [one.line for one in lines if one.type == "obligation_extended" and as_typed(one.line).endswith(said)]


def test_on_whose_behalf_and_who_confirmed_are_told(app: App) -> None:
    moved = an_event(
        EventType.MOVED, machine="recommendation", event="approve", frm="draft", to="approved",
        on_behalf="commissioner", approved_by="caseworker-two",
    )  # fmt: skip
    line = a_line(app, moved)
    assert "By caseworker-one, caseworker, on behalf of commissioner. Second person: caseworker-two." in line.line


def test_an_unknown_code_is_shown_as_it_stands(app: App) -> None:
    line = a_line(app, an_event(EventType.OBLIGATION_OPENED, reason="never_heard", facts={"duty": "unheard_of"}))
    assert "unheard_of" in line.line
    assert "Why: never_heard." in line.line


def test_what_happened_earlier_than_it_was_recorded_says_so(app: App) -> None:
    number = a_recommendation(app, "acknowledged").number
    late = DoAct(
        number, "record_reply", CASEWORKER, "2026-03-20T05:00:00.000000Z", {"happened_on": "2026-03-10"}, files=LETTER
    )
    act(app.office, late)
    with app.reader as reader:
        lines = story(app.office, reader, number, CASEWORKER, "en")
    assert [one for one in lines if "It happened on March 10, 2026 and was recorded later." in one.line]


def test_protected_text_is_not_told(app: App) -> None:
    number = an_allegation(app, statement="Synthetic canary", alleged_victim="Synthetic Name").number
    with app.reader as reader:
        for lang in LANGUAGES:
            whole = " ".join(line.line for line in story(app.office, reader, number, CASEWORKER, lang))
            assert "canary" not in whole
            assert "Synthetic Name" not in whole


def test_a_case_kept_from_somebody_and_another_language_are_refused(app: App) -> None:
    number = an_allegation(app, excluded="board").number
    member = Actor("member", frozenset({"auditor"}), bodies=frozenset({"board"}))
    with app.reader as reader:
        with pytest.raises(NotFound):
            story(app.office, reader, number, member, "en")
        with pytest.raises(LookupError, match="fr"):
            story(app.office, reader, number, CASEWORKER, "fr")


def test_the_history_names_every_changed_field_before_and_after(clean: Path) -> None:
    with reading(clean) as (app, _):
        lines = history(app.office, app.views, "R-2025-000001", ONE)
    for line in lines:
        assert all(one["before"] != one["after"] for one in line["changes"])
        if line["type"] == "moved" and line["from"] != line["to"]:
            assert {"field": line["machine"], "before": line["from"], "after": line["to"]} in line["changes"]
    (extended,) = [one for one in lines if one["type"] == "obligation_extended" and one["facts"]["lawful"]]
    assert extended["changes"] == [{"field": "due_on.reply", "before": "2025-04-03", "after": "2025-04-21"}]
