"""What is said when something cannot be done: a code with values, said in the language of whoever reads it.

Who refuses names a code and gives values; the sentences stand in ``messages_*.py``, by theme, in English, Russian and
Kazakh side by side. The command line prints English with codes, ISO dates and what to type; a page says the sentence in
the reader's language, with labels, and without what to type.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field as field_of
from types import MappingProxyType
from typing import Any, Final

from npm_cases.domain import (
    messages_audit,
    messages_backup,
    messages_bulk,
    messages_cases,
    messages_clocks,
    messages_files,
    messages_input,
    messages_lists,
    messages_log,
    messages_office,
    messages_pages,
    messages_people,
    messages_policy,
    messages_rows,
    messages_store,
    messages_web,
)
from npm_cases.domain.message_entry import Entry
from npm_cases.domain.message_values import Value, as_told, as_typed

TABLES: Final = (
    messages_input.SENTENCES,
    messages_cases.SENTENCES,
    messages_clocks.SENTENCES,
    messages_files.SENTENCES,
    messages_office.SENTENCES,
    messages_pages.SENTENCES,
    messages_people.SENTENCES,
    messages_policy.SENTENCES,
    messages_web.SENTENCES,
    messages_rows.SENTENCES,
    messages_store.SENTENCES,
    messages_backup.SENTENCES,
    messages_lists.SENTENCES,
    messages_log.SENTENCES,
    messages_audit.SENTENCES,
    messages_bulk.SENTENCES,
)
SENTENCES: Final[Mapping[str, Entry]] = {code: entry for table in TABLES for code, entry in table.items()}
_ENDS = (".", "!", "?")


@dataclass(frozen=True, slots=True)
class Said(Value):
    """A sentence somebody will read: its code in the tables, and the values that stand in it.

    ``values["field"]``, where given, is the field or option it is about. It stands in front of the sentence, so that the
    tables need not repeat it.
    """

    code: str
    values: Mapping[str, Any] = field_of(default_factory=dict)

    @property
    def field(self) -> str:
        """The name of the field it is about, as a form names it; empty where it is about none."""
        return field_name(str(self.values.get("field", "")))

    def in_(self, lang: str) -> str:
        """Say it on a page, in ``lang`` (kk, ru or en), with its field in front; raises LookupError for another one."""
        from npm_cases.domain.messages_words import field_words

        if not self.field:
            return self.beside(lang)
        return _as_sentence(f"{field_words(self.field, lang)}: {self.told(lang)}")

    def beside(self, lang: str) -> str:
        """Say it beside its field in a form: the field is not named again."""
        begins_with_value = _template(self.code, lang).startswith("{")  # the name of a user keeps its letters
        return _as_sentence(self.told(lang), as_written=begins_with_value)

    def told(self, lang: str) -> str:
        """Say it inside another sentence of a page."""
        return _filled(_template(self.code, lang), {name: as_told(one, lang) for name, one in self.values.items()})

    def typed(self) -> str:
        """Say it inside another sentence of the command line: English, and no hint."""
        entry = SENTENCES[self.code]
        return _filled(entry.en, {name: as_typed(one) for name, one in self.values.items()})

    def __str__(self) -> str:
        """Say it on the command line: the field or option as typed, the English sentence, what to type."""
        where = _as_option(str(self.values["field"]), SENTENCES[self.code].en) if self.field else ""
        return where + "; ".join((self.typed(), *self.hints()))

    def hints(self) -> Iterator[str]:
        """Give what to type: of this sentence, then of those inside it."""
        hint = SENTENCES[self.code].hint
        if hint:
            yield _filled(hint, {name: as_typed(one) for name, one in self.values.items()})
        for inner in self.values.values():
            if isinstance(inner, Said):
                yield from inner.hints()


def say(code: str, **values: object) -> Said:
    """Name a sentence and fill its places; ``field`` is the field, or the option, that it is about.

    Raises LookupError for a code that stands in no table.
    """
    if code not in SENTENCES:
        message = f"there is no sentence {code!r}: add it to npm_cases/domain/messages_*.py"
        raise LookupError(message)
    return Said(code, MappingProxyType(values))


def field_name(given: str) -> str:
    """Return the name of a field however it was written: ``field due_on``, ``--due-on`` and ``due_on`` are one."""
    return given.removeprefix("field ").removeprefix("--").replace("-", "_").lower()


def _as_option(given: str, sentence: str) -> str:
    """Put a field before a sentence as it is typed; an option runs on into a sentence that begins with its value."""
    if given.startswith("--"):
        return f"{given} " if sentence.startswith("{") else f"{given}: "
    return f"{given}: " if given.startswith("field ") or given.isupper() else f"field {given}: "


def _template(code: str, lang: str) -> str:
    entry = SENTENCES[code]
    said = {"en": entry.en, "ru": entry.ru, "kk": entry.kk}
    if lang not in said:
        message = f"no sentences in language {lang!r}: use one of {', '.join(said)}"
        raise LookupError(message)
    return said[lang]


def _filled(template: str, values: Mapping[str, str]) -> str:
    return template.format_map(values)


def _as_sentence(text: str, *, as_written: bool = False) -> str:
    begun = text if as_written else text[:1].upper() + text[1:]
    return begun if begun.endswith(_ENDS) else f"{begun}."
