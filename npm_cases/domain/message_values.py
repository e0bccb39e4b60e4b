"""Values inside a sentence: as they are typed for the command line, in the reader's words for a page.

Each knows both forms: ``typed`` is the code, the ISO date, the text in quotes; ``told`` is the label, the date written
out, the text in the quotation marks of the language.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from npm_cases.domain.instants import from_text

LONGEST_SHOWN = 80
_MARKS = {"en": ("“", "”"), "ru": ("«", "»"), "kk": ("«", "»")}
_MEBIBYTE = 1024 * 1024


class Value(ABC):
    """Something that can be said to a person in two ways."""

    __slots__ = ()

    @abstractmethod
    def typed(self) -> str: ...

    @abstractmethod
    def told(self, lang: str) -> str: ...


def as_typed(value: object) -> str:
    """Return a value as the command line prints it."""
    return value.typed() if isinstance(value, Value) else str(value)


def as_told(value: object, lang: str) -> str:
    """Return a value in the reader's words; days are written out, texts and numbers stay."""
    if isinstance(value, Value):
        return value.told(lang)
    return written_out(value, lang) if isinstance(value, date) else str(value)


def written_out(day: date, lang: str) -> str:
    """Write a day in words."""
    from babel.dates import format_date  # only pages need it, and a command starts fast

    return format_date(day, "long", locale=lang)


@dataclass(frozen=True, slots=True)
class Quoted(Value):
    """What a person gave: in quotation marks, cut on a page, without characters that cannot be seen."""

    text: str

    def typed(self) -> str:
        return repr(self.text)

    def told(self, lang: str) -> str:
        cut = self.text if len(self.text) <= LONGEST_SHOWN else self.text[: LONGEST_SHOWN - 1] + "…"
        opening, closing = _MARKS[lang]
        return opening + "".join(c if c.isprintable() else "�" for c in cut) + closing


@dataclass(frozen=True, slots=True)
class Words(Value):
    """Names out of a closed list, said by their labels; one without a label stands as it is."""

    kind: str
    names: tuple[str, ...]
    machine: str | None = None

    def typed(self) -> str:
        return ", ".join(self.names)

    def told(self, lang: str) -> str:
        return ", ".join(self._label(name, lang) for name in self.names)

    def _label(self, name: str, lang: str) -> str:
        from npm_cases.domain.messages_words import words_for  # labels are loaded for pages only

        return words_for(self.kind, name, lang, self.machine)


@dataclass(frozen=True, slots=True)
class Labelled(Value):
    """Names a country pack gives, each with the labels that stand there."""

    names: Mapping[str, Mapping[str, str]]

    def typed(self) -> str:
        return ", ".join(self.names)

    def told(self, lang: str) -> str:
        return ", ".join(labels.get(lang, name) for name, labels in self.names.items())


@dataclass(frozen=True, slots=True)
class Several(Value):
    """Sentences one after the other, such as all reasons of a refusal."""

    sentences: tuple[Value, ...]

    def typed(self) -> str:
        return "; ".join(one.typed() for one in self.sentences)

    def told(self, lang: str) -> str:
        return "; ".join(one.told(lang) for one in self.sentences)


@dataclass(frozen=True, slots=True)
class Instant(Value):
    """An instant in UTC text, said in the wall clock of a zone; without a zone it is typed as it is."""

    text: str
    zone: str

    def typed(self) -> str:
        return f"{self._local():%Y-%m-%d at %H:%M} ({self.zone})" if self.zone else self.text

    def told(self, lang: str) -> str:
        local = self._local()
        return f"{written_out(local.date(), lang)}, {local:%H:%M} ({self.zone or 'UTC'})"

    def _local(self) -> datetime:
        from zoneinfo import ZoneInfo  # as above

        return from_text(self.text).astimezone(ZoneInfo(self.zone or "UTC"))


@dataclass(frozen=True, slots=True)
class Size(Value):
    """A number of bytes; a page says it in mebibytes."""

    count: int

    def typed(self) -> str:
        return f"{self.count} bytes"

    def told(self, lang: str) -> str:
        unit = "MiB" if lang == "en" else "МиБ"
        return f"{round(self.count / _MEBIBYTE, 1):g} {unit}"


def quoted(text: object) -> Quoted:
    """Say what a person gave."""
    return Quoted(str(text))


def a_date(day: date | str) -> date | str:
    """Say a legal day, kept as a date or as ISO text; what is no day stands as it is."""
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(day)
    except ValueError:
        return day


def an_instant(text: str, zone: str = "") -> Instant:
    """Say an instant kept as UTC text in the wall clock of ``zone``, or as it is."""
    return Instant(text, zone)


def a_size(count: int) -> Size:
    """Say a number of bytes."""
    return Size(count)


def several(sentences: Iterable[Value]) -> Several:
    """Say several sentences as one."""
    return Several(tuple(sentences))


def a_duty(name: str) -> Words:
    """Say what a clock runs for."""
    return Words("duty", (name,))


def duty_list(names: Iterable[str]) -> Words:
    """Say what several clocks run for."""
    return Words("duty", tuple(names))


def an_event(name: str, machine: str | None = None) -> Words:
    """Say an event of a machine."""
    return Words("event", (name,), machine)


def event_list(names: Iterable[str], machine: str | None = None) -> Words:
    """Say several events, in the order given."""
    return Words("event", tuple(names), machine)


def a_state(name: str, machine: str | None = None) -> Words:
    """Say a state of a machine."""
    return Words("state", (name,), machine)


def a_machine(name: str) -> Words:
    """Say a machine, which is also the kind of a case."""
    return Words("machine", (name,))


def role_list(names: Iterable[str]) -> Words:
    """Say several roles, in the order of the alphabet of their codes."""
    return Words("role", tuple(sorted(names)))


def field_list(names: Iterable[str]) -> Words:
    """Say several fields, in the order given."""
    return Words("field", tuple(names))


def choice_list(names: Iterable[str], field: str = "") -> Words:
    """Say the values a field takes; ``field`` tells which list they are out of where a name stands in several."""
    return Words("choice", tuple(names), field or None)


def labelled(names: Mapping[str, Mapping[str, str]]) -> Labelled:
    """Say names out of a country pack by their own labels, in the order of the names."""
    return Labelled(dict(sorted(names.items())))
