import re
import tomllib
from datetime import date, datetime
from importlib.resources import files

import pytest

from npm_cases.mail import TemplateRefused, as_message, render
from npm_cases.mail.templates import LANGUAGES, templates
from tests.mail.makers import a_letter, settings_for

LINK = "https://cases.example/in?a=1&b=2"
VALUES: dict[str, dict[str, object]] = {
    "notice": {"numbers": ["R-2026-1", "R-2026-2"], "link": LINK},
    "digest": {"items": [("R-2026-1", "overdue"), ("A-2026-2", "due_soon")], "link": LINK},
    "addressee_reminder": {
        "office": "Synthetic office",
        "our_number": "12-3",
        "our_date": date(2026, 1, 5),
        "due_on": date(2026, 2, 5),
        "reply_to": "office@cases.example",
    },
    "correction": {
        "office": "Synthetic office",
        "our_number": "12-3",
        "our_date": date(2026, 1, 5),
        "reminded_on": date(2026, 2, 6),
        "due_on": date(2026, 2, 9),
        "reply_to": "office@cases.example",
    },
    "commissioner_allegation": {"number": "A-2026-7"},
    "trial": {},
    "checkpoint": {
        "size": 42,
        "made_on": date(2026, 1, 5),
        "note": ["npm-cases/synthetic", "42", "AAAA", "", "\u2014 npm-cases/synthetic BBBB"],
    },
}
EVERY = [(template, lang) for template in VALUES for lang in LANGUAGES]


def test_every_letter_exists_in_every_language_and_only_those() -> None:
    assert set(templates()) == set(EVERY)


@pytest.mark.parametrize(("template", "lang"), EVERY)
def test_every_letter_is_filled_in_and_can_be_sent(template: str, lang: str) -> None:
    subject, plain, html = render(template, lang, **VALUES[template])
    assert not re.search(r"[{}]|None|Undefined", subject + plain + html.split("<body", 1)[1])
    assert "\n\n\n" not in plain
    assert f'<html lang="{lang}">' in html
    as_message(a_letter(subject=subject, plain=plain, html=html, lang=lang), settings_for(25))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_letters_hold_what_they_should_and_no_link_where_there_is_no_login(lang: str) -> None:
    _, plain, html = render("notice", lang, **VALUES["notice"])
    assert "R-2026-1" in plain
    assert LINK in plain
    assert 'href="https://cases.example/in?a=1&amp;b=2"' in html
    for template in ("addressee_reminder", "correction", "commissioner_allegation"):
        _, plain, html = render(template, lang, **VALUES[template])
        assert "http" not in plain
        assert "href" not in html


@pytest.mark.parametrize(
    ("lang", "shown"), [("kk", "2026 ж. 5 ақпан"), ("ru", "5 февраля 2026\xa0г."), ("en", "5 February 2026")]
)
def test_days_are_written_out_in_the_language(lang: str, shown: str) -> None:
    _, plain, _ = render("addressee_reminder", lang, **VALUES["addressee_reminder"])
    assert shown.replace("\xa0", " ") in plain.replace("\xa0", " ").replace("\u202f", " ")
    assert ".." not in plain


@pytest.mark.parametrize(
    "payload", ["{{ 7*7 }}", "{% raw %}", "${7*7}", "{0.__class__}", "<script>x</script>", "&amp;"]
)
def test_a_value_is_printed_as_typed_and_never_run(payload: str) -> None:
    _, plain, html = render("commissioner_allegation", "en", number=payload)
    assert payload in plain
    assert "<script>" not in html
    assert "49" not in plain + html.split("<body", 1)[1]


@pytest.mark.parametrize(
    ("template", "lang", "changed"),
    [
        ("notice", "kk", {"link": "javascript:alert(1)"}),
        ("notice", "kk", {"name": "an invented person"}),
        ("notice", "de", {}),
        ("letter", "kk", {}),
        ("digest", "kk", {"items": [("R-1", "gossip")]}),
        ("addressee_reminder", "en", {"due_on": datetime(2026, 1, 1)}),  # noqa: DTZ001 - refused for being an instant
    ],
)
def test_what_a_letter_may_not_hold_is_refused(template: str, lang: str, changed: dict[str, object]) -> None:
    with pytest.raises(TemplateRefused):
        render(template, lang, **(VALUES.get(template, {}) | changed))


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TemplateRefused, match="link"):
        render("notice", "en", numbers=[])


def test_languages_agree_on_kinds_and_values_and_texts_hold_no_markup_of_their_own() -> None:
    books = {lang: tomllib.loads((files("config") / "mail" / f"{lang}.toml").read_text("utf-8")) for lang in LANGUAGES}
    assert len({frozenset(book["kinds"]) for book in books.values()}) == 1
    for name in VALUES:
        assert len({frozenset(book["letters"][name]["values"]) for book in books.values()}) == 1
    bodies = [letter["body"] for book in books.values() for letter in book["letters"].values()]
    assert not [body for body in bodies if set("<>&") & set(body)]


def test_kazakh_texts_say_that_no_speaker_has_checked_them() -> None:
    assert not [key for key, is_reviewed in templates().items() if key[1] == "kk" and is_reviewed]
