"""What is said when something cannot be done: every sentence in three languages, and none left in English alone."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from npm_cases.cli.failures import exit_code, tell
from npm_cases.domain import errors
from npm_cases.domain.calendar_parts import OutsideCalendar
from npm_cases.domain.errors import BadInput, Conflict, NotFound
from npm_cases.domain.message_values import (
    a_date,
    a_duty,
    a_size,
    an_event,
    an_instant,
    choice_list,
    quoted,
    role_list,
    several,
)
from npm_cases.domain.messages import SENTENCES, TABLES, Said, field_name, say
from npm_cases.domain.messages_deeds import DEEDS
from npm_cases.domain.messages_words import CHOICES, FIELDS, words_for
from npm_cases.domain.rights import RIGHTS
from npm_cases.domain.terms import TermError
from npm_cases.importers.errors import BadFile
from npm_cases.services import bundle, casework, consent, create_case, registers
from state_machines.labels import LANGUAGES

PACKAGE = Path(errors.__file__).parents[1]
CASE_ERRORS = frozenset(
    {kind.__name__ for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.CaseError)}
    | {"TermError", "OutsideCalendar", "UnknownWeek", "BadFile", "Unfit", "RefusedRow", "UndecidedEncoding"}
)
PLAIN_ENGLISH = {
    "domain/pack.py": "a pack without a rule or a ladder is a fault of the set-up, and `policy check` finds it before",
    "services/policy_status.py": "only who sets an installation up is told that its pack is a draft",
    "domain/terms.py": "a rule of a pack that cannot be: read when the installation starts, told with file and line",
}
"""Files whose refusals only a set-up or the command line can cause, with the reason they stay in English."""

LATIN = re.compile(r"[A-Za-z]{3,}")
KAZAKH = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")
A_FEW_WORDS = 30
"""So short a Kazakh sentence may do without a letter that Russian lacks."""
COMMANDS = re.compile(r"`|npm-cases|(^|\s)--[a-z]")


def trees(*layers: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of some layers; a layer may be one module."""
    for layer in layers:
        alone = PACKAGE / f"{layer}.py"
        for file in [alone] if alone.exists() else sorted((PACKAGE / layer).rglob("*.py")):
            yield file.relative_to(PACKAGE).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def calls(tree: ast.Module, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in names:
                yield node


def text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def uses() -> Iterator[tuple[str, int, str | None, set[str]]]:
    for path, tree in trees("domain", "services", "importers", "persistence", "bootstrap", "backup", "web", "cli"):
        for call in calls(tree, "say"):
            given = {keyword.arg or "**" for keyword in call.keywords}
            yield path, call.lineno, text_of(call.args[0]) if call.args else None, given


def test_every_sentence_said_stands_in_the_tables_with_exactly_these_places() -> None:
    wrong = []
    for path, line, code, given in uses():
        entry = SENTENCES.get(code or "")
        if entry is None:
            wrong.append(f"{path}:{line}: {code} stands in no table")
        elif given - {"field"} != (places(entry.en) | places(entry.hint)) - {"field"}:
            wrong.append(f"{path}:{line}: {code} has the places {sorted(places(entry.en))}, not {sorted(given)}")
        elif "field" in places(entry.hint) - given:
            wrong.append(f"{path}:{line}: the hint of {code} names its field")
    assert wrong == []


def test_every_sentence_of_the_tables_is_said_somewhere_and_stands_once() -> None:
    assert set(SENTENCES) - {code for _, _, code, _ in uses()} == set()
    assert len(SENTENCES) == sum(map(len, TABLES))


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_says_the_same_in_three_languages_and_types_nothing_on_a_page(code: str) -> None:
    entry = SENTENCES[code]
    assert entry.en
    assert places(entry.en) == places(entry.ru) == places(entry.kk)
    said = [re.sub(r"\{\w+\}", "", text) for text in (entry.en, entry.ru, entry.kk)]
    if LATIN.search(said[0]):
        assert len(set(said)) == len(LANGUAGES)
        assert re.search("[а-яё]", said[1])
        assert KAZAKH.search(said[2]) or len(said[2]) < A_FEW_WORDS
    assert not any(COMMANDS.search(text) for text in said)


def test_no_refusal_is_left_in_english_alone() -> None:
    plain = {
        path
        for path, tree in trees("domain", "services", "importers", "backup")
        for call in calls(tree, *CASE_ERRORS)
        if any(_is_plain(one, tree) for one in _sentences(call))
    }
    assert plain == set(PLAIN_ENGLISH)


def _is_plain(sentence: ast.expr, tree: ast.Module) -> bool:
    if isinstance(sentence, ast.Name):
        made = [
            node.value for node in tree.body if isinstance(node, ast.Assign) and sentence.id in map(_name, node.targets)
        ]
        return any(_is_plain(one, tree) for one in made)
    return isinstance(sentence, ast.JoinedStr | ast.BinOp) or text_of(sentence) is not None


def _name(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def _sentences(call: ast.Call) -> list[ast.expr]:
    """What a refusal is told: its first argument; of a file or row, the one after file, line and field."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    place = {"BadFile": 2, "RefusedRow": 2, "UndecidedEncoding": 3, "Unfit": 1}.get(name, 0)
    return call.args[place : place + 1]


def test_every_deed_that_takes_a_role_has_words_and_every_word_is_of_a_deed() -> None:
    named = {
        text_of(one) or f"{path}:{call.lineno} composes its deed"
        for path, tree in trees("domain", "services", "cli", "web")
        for call in calls(tree, "need", "need_role", "_administers", "_administrator")
        for one in _either(call.args[-1])
        if not isinstance(one, ast.Name)  # handed on from a call that is looked at itself
    }
    assert named == set(DEEDS)
    assert set(RIGHTS) <= named


def _either(deed: ast.expr) -> tuple[ast.expr, ...]:
    return (deed.body, deed.orelse) if isinstance(deed, ast.IfExp) else (deed,)


def test_every_field_a_sentence_is_about_has_words() -> None:
    named = {field_name(name) for name in _fields_named()}
    assert {name for name in named if words_for("field", name, "kk") == name} == set()
    assert len(named) > 20


def _fields_named() -> Iterator[str]:
    for _, tree in trees("domain", "services", "cli"):
        for call in calls(tree, "say"):
            yield from (text_of(k.value) or "" for k in call.keywords if k.arg == "field" and text_of(k.value))
        for call in calls(tree, "a_code", "a_day", "a_day_gone_by"):
            if call.args and (name := text_of(call.args[0])):
                yield name
    yield from (*create_case.ACCEPTED, *registers.BODY_FIELDS, *registers.PLACE_FIELDS, *registers.VISIT_FIELDS)
    yield from registers.POST_FIELDS


@pytest.mark.parametrize(
    "name", [*casework.LINK_KINDS, *registers.VISIT_KINDS, *consent.PURPOSES, *consent.FORMS, *bundle.TEXTS]
)
def test_what_can_be_chosen_has_words_in_every_language(name: str) -> None:
    assert len({words_for("choice", name, lang) for lang in LANGUAGES}) >= 2
    assert words_for("choice", name, "ru") != name


def test_words_stand_in_three_languages() -> None:
    for words in (*FIELDS.values(), *CHOICES.values(), *DEEDS.values()):
        assert all((words.en, words.ru, words.kk))
        assert words.en != words.ru


def test_the_command_line_reads_codes_and_what_to_type_and_a_page_reads_labels() -> None:
    refused = Conflict(say("case_changed", number="R-2026-000001", seen=1, version=3))
    assert str(refused).endswith("decide again; `npm-cases case history R-2026-000001` shows it")
    for lang in LANGUAGES:
        assert "npm-cases" not in refused.said(lang)
        assert refused.said(lang).endswith(".")
    unknown = BadInput(
        say("not_one_of", field="consent", given=quoted("maybe"), known=choice_list(("given", "refused")))
    )
    assert str(unknown) == "field consent: 'maybe' is not one of given, refused"
    assert unknown.said("ru") == "Согласие: значения «maybe» нет; укажите одно из следующих: дано, отказано."
    assert unknown.beside("en") == "“maybe” is not one of given, refused."
    assert (unknown.code, unknown.field) == ("not_one_of", "consent")


def test_an_option_of_the_command_line_is_a_field_of_a_form() -> None:
    refused = BadInput(say("not_a_date", field="--expires-on", given=quoted("soon")))
    assert str(refused) == "--expires-on 'soon' is not a date; write it as 2026-03-02"
    assert refused.field == "expires_on"
    assert refused.said("en").startswith("Expires on: “soon” is not a date")


def test_a_plain_text_is_said_as_it_is_and_has_no_code() -> None:
    refused = NotFound("synthetic")
    assert (str(refused), refused.said("kk"), refused.beside("ru"), refused.code, refused.field) == (
        "synthetic", "synthetic", "synthetic", "", "",
    )  # fmt: skip


def test_days_instants_sizes_and_sentences_inside_are_said_in_the_language_of_the_reader() -> None:
    late = say("day_in_future", day=date(2026, 3, 5), today=a_date("2026-03-02"))
    assert str(late) == "2026-03-05 lies in the future; today is 2026-03-02"
    assert late.in_("kk") == "2026\u202fж. 5 наурыз әлі келген жоқ; бүгін 2026\u202fж. 2 наурыз."
    assert an_instant("2026-03-02T05:00:00.000000Z", "Asia/Almaty").told("en") == "March 2, 2026, 10:00 (Asia/Almaty)"
    assert (a_size(1024**3).typed(), a_size(1024**3).told("ru")) == ("1073741824 bytes", "1024 МиБ")
    assert a_duty("reply").told("kk") == "жауап"
    assert an_event("record_reply", "recommendation").told("en") != "record_reply"
    assert role_list({"delegate", "auditor"}).told("ru") == "аудитор, лицо, замещающее Уполномоченного"
    held = say("cannot_be_erased", number="A-1", reasons=several((say("case_is_open"), say("clock_runs"))))
    assert held.in_("ru") == "Дело A-1 сейчас нельзя уничтожить: оно не закрыто; по нему ещё идёт срок."


def test_what_was_given_is_cut_and_what_cannot_be_seen_is_marked_on_a_page() -> None:
    told = quoted("x\u202egpj." + "y" * 500).told("en")
    assert "\u202e" not in told
    assert len(told) < 100


def test_the_hint_of_a_sentence_inside_another_is_typed_at_the_end() -> None:
    inner = say("two_encodings")
    assert str(say("at_line", file="a.csv", line=2, why=inner)).endswith("; or give --encoding")


def test_a_term_a_calendar_and_a_file_are_refused_as_bad_input_with_a_code_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    late = TermError(say("date_too_late", rule="reply", day="2026-03-05", bound="2026-03-02"))
    for refused in (late, OutsideCalendar(say("days_not_datable", days=1, day="9999-12-31"))):
        assert isinstance(refused, BadInput)
        assert exit_code(refused) == 7
    assert exit_code(BadFile(Path("a.csv"), 2, say("quote_not_closed"))) == 7
    tell(late, as_json=True)
    said = json.loads(capsys.readouterr().out)["error"]
    assert (said["kind"], said["code"], said["field"]) == ("TermError", "date_too_late", "")
    assert said["message"] == str(late)


def test_an_unknown_code_and_an_unknown_language_are_faults_of_the_program() -> None:
    with pytest.raises(LookupError, match="no_such_sentence"):
        say("no_such_sentence")
    with pytest.raises(LookupError, match="fr"):
        Said("log_outruns").in_("fr")
