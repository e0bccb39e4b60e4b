"""The texts of our letters, from ``config/mail/``: one file per language, one layout for plain text and one for HTML.

A template names the values it may hold, and no letter takes others: case facts cannot slip into mail by accident.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final, Literal
from urllib.parse import urlsplit

from babel.dates import format_date
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

Lang = Literal["kk", "ru", "en"]
LANGUAGES: Final = ("kk", "ru", "en")
_SAFE_SCHEMES: Final = frozenset({"https", "http"})


class TemplateRefused(ValueError):
    """No such template, or it was given other values than it names: a fault of the calling code."""


@dataclass(frozen=True, slots=True)
class _Text:
    """One letter in one language, ready to be filled in."""

    values: frozenset[str]
    is_reviewed: bool
    subject: Template
    plain: Template
    html: Template


def render(template: str, lang: str, **values: object) -> tuple[str, str, str]:
    """Fill a template in, and give (subject, plain text, HTML). ``docs/mail.md`` lists templates and values.

    Days are written out in the language; values are printed as typed, never run, and escaped in HTML.
    Raises TemplateRefused: an unknown template or language, a value missing, unknown or not fit for its place.
    """
    text = _texts().get((template, lang))
    if text is None:
        raise TemplateRefused(f"there is no letter {template!r} in {lang!r}")
    if values.keys() != text.values:
        odd = ", ".join(sorted(values.keys() ^ text.values))
        raise TemplateRefused(
            f"the letter {template!r} takes {', '.join(sorted(text.values))}; missing or unknown: {odd}"
        )
    subject = " ".join(text.subject.render(values).split())
    plain = text.plain.render(values).strip() + "\n"
    html = _layout().render(lang=lang, subject=subject, blocks=_blocks(text.html.render(values)))
    return subject, plain, html


def templates() -> Mapping[tuple[str, str], bool]:
    """Every template and language, and whether a speaker of the language has checked the text."""
    return {key: text.is_reviewed for key, text in _texts().items()}


@cache
def _texts() -> Mapping[tuple[str, str], _Text]:
    return {(name, lang): text for lang in LANGUAGES for name, text in _texts_in(lang).items()}


def _texts_in(lang: str) -> Mapping[str, _Text]:
    book = tomllib.loads((files("config") / "mail" / f"{lang}.toml").read_text("utf-8"))
    plain = _environment(book["locale"], book["kinds"], str, as_html=False)
    html = _environment(book["locale"], book["kinds"], _anchor, as_html=True)
    return {
        name: _Text(
            frozenset(letter["values"]),
            letter["reviewed"],
            plain.from_string(letter["subject"]),
            plain.from_string(letter["body"]),
            html.from_string(letter["body"]),
        )
        for name, letter in book["letters"].items()
    }


def _environment(locale: str, kinds: Mapping[str, str], link: Callable[[str], str], *, as_html: bool) -> Environment:
    environment = Environment(
        autoescape=as_html,  # noqa: S701 - off for plain text only, where an entity would be shown as typed
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = lambda day: _day(day, locale)
    environment.filters["kind"] = lambda code: _kind(code, kinds)
    environment.filters["link"] = lambda address: link(_safe(address))
    return environment


def _day(day: object, locale: str) -> str:
    if type(day) is not date:
        raise TemplateRefused("a day in a letter is a date, in the zone of the addressee")
    return format_date(day, "long", locale)


def _kind(code: str, kinds: Mapping[str, str]) -> str:
    if code not in kinds:
        raise TemplateRefused(f"{code!r} is not a kind of notice; there are {', '.join(kinds)}")
    return kinds[code]


def _safe(address: str) -> str:
    if urlsplit(address).scheme not in _SAFE_SCHEMES:
        raise TemplateRefused("a link in a letter begins with https:// or http://")
    return address


def _anchor(address: str) -> Markup:
    return Markup('<a href="{0}">{0}</a>').format(address)


def _blocks(text: str) -> list[tuple[str, list[Markup]]]:
    """Paragraphs and lists of a body already escaped: blank lines part them, "- " begins an entry of a list."""
    blocks: list[tuple[str, list[Markup]]] = []
    for part in text.strip().split("\n\n"):
        lines = [line for line in part.split("\n") if line]
        if not lines:
            continue
        is_list = all(line.startswith("- ") for line in lines)
        shown = [line.removeprefix("- ") if is_list else line for line in lines]
        blocks.append(("list" if is_list else "paragraph", [Markup(line) for line in shown]))  # noqa: S704 - escaped
    return blocks


@cache
def _layout() -> Template:
    source = (files("config") / "mail" / "letter.html").read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        source
    )
