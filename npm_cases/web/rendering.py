"""From a template and values to a page in the reader's language: words, labels, days, instants, links."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_day_names
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined

from npm_cases.domain.duty_words import DUTIES
from npm_cases.domain.instants import from_text
from npm_cases.domain.look_alikes import look_alikes
from npm_cases.domain.pack import Pack
from npm_cases.services.explain_words import ACTS, OWED_BY
from npm_cases.web.words import all_words
from state_machines.labels import label

_TABLES = {"duty": DUTIES, "owed_by": OWED_BY, "act": ACTS}
LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
"""Each language in its own words."""


@cache
def templates() -> Environment:
    """Return the templates of the package; a value a page was not given is an error, not a blank."""
    made = Environment(
        loader=PackageLoader("npm_cases.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals["look_alikes"] = look_alikes
    return made


class Speaker:
    """Says things in one language, on the wall clocks of one zone."""

    def __init__(self, lang: str, pack: Pack) -> None:
        self.lang = lang
        self._zone = ZoneInfo(pack.zone)
        self._pack = pack

    def t(self, code: str, **values: object) -> str:
        """Say a word of the pages; raises KeyError for one there is not."""
        return all_words()[code].said(self.lang, values)

    def label(self, kind: str, name: str, machine: str | None = None) -> str:
        """Say a term of the tables, of a duty, of who owes, or of a post; a code without words stands for itself."""
        if kind in _TABLES:
            return _TABLES[kind].get(name, {}).get(self.lang, name)
        if kind == "post":
            return self._pack.posts[name].labels[self.lang] if name in self._pack.posts else name
        try:
            return label(kind, name, self.lang, machine)
        except LookupError:
            return name

    def region(self, code: str) -> str:
        """Say the name of a region; nothing for none."""
        return self._pack.regions.get(code, {}).get(self.lang, code)

    def channel(self, code: str) -> str:
        """Say the name of a channel."""
        return self._pack.channels[code].labels[self.lang] if code in self._pack.channels else code

    def day(self, text: str) -> str:
        """Say a legal day (ISO 8601); nothing for none."""
        return format_date(date.fromisoformat(text[:10]), "medium", self.lang) if text else ""

    def weekday(self, text: str) -> str:
        """Say a legal day with its weekday."""
        return format_skeleton("yMMMEd", date.fromisoformat(text), locale=self.lang) if text else ""

    def month_name(self, first: date) -> str:
        """Say a month and its year."""
        return format_skeleton("yMMMM", first, locale=self.lang)

    def weekday_name(self, number: int) -> str:
        """Say a day of the week, 0 for Monday."""
        return str(get_day_names("abbreviated", locale=self.lang)[number])

    def instant(self, text: str) -> str:
        """Say an instant (UTC text) as day and time on the wall; nothing for none."""
        if not text:
            return ""
        moment = from_text(text).astimezone(self._zone)
        return f"{format_date(moment.date(), 'medium', self.lang)}, {moment:%H:%M}"

    def number(self, value: float) -> str:
        """Write a number as the language does."""
        return format_decimal(value, locale=self.lang)


def render(name: str, speaker: Speaker, url: Callable[..., str], values: Mapping[str, Any]) -> str:
    """Fill a template."""
    said = {
        one: getattr(speaker, one)
        for one in (
            "t",
            "label",
            "region",
            "channel",
            "day",
            "weekday",
            "instant",
            "number",
            "lang",
            "month_name",
            "weekday_name",
        )
    }
    return templates().get_template(name).render(**said, url=url, languages=LANGUAGE_NAMES, **values)
