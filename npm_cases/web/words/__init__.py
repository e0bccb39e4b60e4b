"""What the pages say, in Kazakh, Russian and English side by side: read from the tables beside this file.

Nothing falls back: a word without one of its languages, or whose languages do not take the same values, stops the program
when it starts. The Kazakh has not been checked by a speaker yet.
"""

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel import Locale

from npm_cases.domain.errors import ConfigurationError
from state_machines.labels import LANGUAGES

Text = str | Mapping[str, str]
"""A sentence, or its plural forms by the category of the number ``n`` (CLDR: one, few, many, other)."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing the pages say, in each language."""

    texts: Mapping[str, Text]

    def said(self, lang: str, values: Mapping[str, object]) -> str:
        """Fill the sentence of a language; raises KeyError for a value that was not given."""
        text = self.texts[lang]
        if not isinstance(text, str):
            number = values["n"]
            text = text[plural(lang, number if isinstance(number, int) else 0)]
        return text.format_map(values)


@cache
def _rule(lang: str) -> Locale:
    return Locale.parse(lang)


def plural(lang: str, number: int) -> str:
    """Return the plural category of a number in a language."""
    return str(_rule(lang).plural_form(number))


def read_words(sources: Mapping[str, str]) -> dict[str, Word]:
    """Read tables of words; the name of a table is the first part of the code of each of its words.

    Raises ConfigurationError naming the table, the word and what is wrong.
    """
    return dict(_read(sources))


@cache
def all_words() -> Mapping[str, Word]:
    """Read the words of all pages, once."""
    here = resources.files(__name__)
    tables = (file for file in here.iterdir() if file.name.endswith(".toml"))
    return read_words({file.name.removesuffix(".toml"): file.read_text(encoding="utf-8") for file in tables})


def _read(sources: Mapping[str, str]) -> Iterator[tuple[str, Word]]:
    for table, source in sorted(sources.items()):
        try:
            words = tomllib.loads(source)
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"words/{table}.toml: {error}") from error
        for name, texts in words.items():
            _check(f"words/{table}.toml: {name}", texts)
            yield f"{table}.{name}", Word(texts)


def _check(where: str, texts: object) -> None:
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        raise ConfigurationError(f"{where}: give it in each of {', '.join(LANGUAGES)}, and in nothing else")
    asked = {lang: _placeholders(where, lang, text) for lang, text in texts.items()}
    if len(set(asked.values())) != 1:
        raise ConfigurationError(f"{where}: its languages do not take the same values: {asked}")


def _placeholders(where: str, lang: str, text: object) -> frozenset[str]:
    if isinstance(text, str) and text.strip():
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
    if not isinstance(text, dict):
        raise ConfigurationError(f"{where}: {lang} is empty or no text")
    needed = set(_rule(lang).plural_form.tags) | {"other"}
    if set(text) != needed:
        raise ConfigurationError(f"{where}: {lang} needs the plural forms {', '.join(sorted(needed))}")
    found = [_placeholders(where, lang, form) | {"n"} for form in text.values()]
    if len(set(found)) != 1:
        raise ConfigurationError(f"{where}: the plural forms of {lang} do not take the same values")
    return found[0]
