"""A due date in words: what was counted from which day, what was skipped and why, what moved it; kk, ru, en."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from babel import Locale
from babel.dates import format_date

from npm_cases.services.explain_words import Words, worded

Names = Mapping[str, Mapping[str, str]]

UNITS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "working_days": {
        "en": {"one": "{n} working day", "other": "{n} working days"},
        "ru": {"one": "{n} рабочий день", "few": "{n} рабочих дня", "many": "{n} рабочих дней", "other": "{n} рабочего дня"},
        "kk": {"one": "{n} жұмыс күні", "other": "{n} жұмыс күні"},
    },
    "calendar_days": {
        "en": {"one": "{n} calendar day", "other": "{n} calendar days"},
        "ru": {"one": "{n} календарный день", "few": "{n} календарных дня", "many": "{n} календарных дней",
               "other": "{n} календарного дня"},
        "kk": {"one": "{n} күнтізбелік күн", "other": "{n} күнтізбелік күн"},
    },
    "months": {
        "en": {"one": "{n} month", "other": "{n} months"},
        "ru": {"one": "{n} месяц", "few": "{n} месяца", "many": "{n} месяцев", "other": "{n} месяца"},
        "kk": {"one": "{n} ай", "other": "{n} ай"},
    },
    "years": {
        "en": {"one": "{n} year", "other": "{n} years"},
        "ru": {"one": "{n} год", "few": "{n} года", "many": "{n} лет", "other": "{n} года"},
        "kk": {"one": "{n} жыл", "other": "{n} жыл"},
    },
    "hours": {
        "en": {"one": "{n} hour", "other": "{n} hours"},
        "ru": {"one": "{n} час", "few": "{n} часа", "many": "{n} часов", "other": "{n} часа"},
        "kk": {"one": "{n} сағат", "other": "{n} сағат"},
    },
}  # fmt: skip

SENTENCES: Words = {
    "counted": worded(
        "{amount}, counted from {start}; the last day is {due_on}.",
        "{amount}, отсчёт от {start}; последний день — {due_on}.",
        "{amount}, {start} бастап есептеледі; соңғы күні — {due_on}.",
    ),
    "set": worded(
        "Set by a document or an act, counted from {start}; the last day is {due_on}.",
        "Срок установлен документом или решением, отсчёт от {start}; последний день — {due_on}.",
        "Мерзім құжатпен немесе шешіммен белгіленген, {start} бастап есептеледі; соңғы күні — {due_on}.",
    ),
    "day_zero": worded(
        "The day of the event is not counted; the first day is {first_day}.",
        "День события не считается; первый день — {first_day}.",
        "Оқиға күні есептелмейді; бірінші күн — {first_day}.",
    ),
    "skipped": worded("Not counted: {days}.", "Не считаются: {days}.", "Есептелмейді: {days}."),
    "roll": worded(
        "The end fell on {before}, which is not worked, and moved to {day}.",
        "Последний день пришёлся на нерабочий {before} и перенесён на {day}.",
        "Соңғы күн жұмыс істемейтін {before} күніне түсіп, {day} күніне ауыстырылды.",
    ),
    "extend": worded("Extended on {day}.", "Продлено {day}.", "{day} ұзартылды."),
    "not_extended": worded(
        "An extension of {day} was not lawful and moves nothing.",
        "Продление от {day} незаконно и ничего не меняет.",
        "{day} ұзарту заңсыз, ештеңені өзгертпейді.",
    ),
    "suspended": worded("The clock stood until {day}.", "Срок был приостановлен до {day}.", "Мерзім {day} дейін тоқтатылды."),
    "provisional": worded(
        "Provisional: from {day} on the calendar is not confirmed yet.",
        "Предварительно: с {day} календарь ещё не подтверждён.",
        "Алдын ала: {day} бастап күнтізбе әлі расталмаған.",
    ),
    "rule": worded(
        "Rule {rule}, version {version}; calendar {calendar}, version {calendar_version}.",
        "Правило {rule}, версия {version}; календарь {calendar}, версия {calendar_version}.",
        "Ереже {rule}, нұсқасы {version}; күнтізбе {calendar}, нұсқасы {calendar_version}.",
    ),
}  # fmt: skip

WHY: Words = {
    "weekend": worded("days off of the week", "выходные дни", "демалыс күндері"),
    "substitute": worded("instead of {name}", "перенос: {name}", "{name} орнына"),
    "day_off": worded("day off: {name}", "выходной: {name}", "демалыс: {name}"),
    "holiday": worded("{name}", "{name}", "{name}"),
    "transfer": worded("moved day off", "перенесённый выходной", "ауыстырылған демалыс"),
    "suspended": worded("while suspended", "приостановлено", "тоқтатылған"),
}


def derivation_in_words(derivation: Sequence[Mapping[str, Any]], names: Names, lang: str) -> list[str]:
    """Say how a due date came about, from what the obligation stores; ``names`` are those of the calendar's days off."""
    return list(_Teller(names, lang).lines(derivation[0], derivation[1:]))


class _Teller:
    def __init__(self, names: Names, lang: str) -> None:
        self._names = names
        self._lang = lang
        self._rule = Locale.parse(lang)

    def lines(self, head: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        start = next((str(step["day"]) for step in steps if step["kind"] == "start"), str(head["first_day"]))
        is_set = not any(step["kind"] == "count" for step in steps)
        amount = self._amount(int(head["amount"]), str(head["unit"]))
        yield self._say(
            "set" if is_set else "counted", amount=amount, start=self._day(start), due_on=self._day(str(head["due_on"]))
        )
        if str(head["first_day"]) > start and not is_set:
            yield self._say("day_zero", first_day=self._day(str(head["first_day"])))
        yield from self._skipped(steps)
        yield from self._beside(steps)
        yield self._say(
            "rule", rule=head["rule"], version=head["rule_version"], calendar=head["calendar"],
            calendar_version=head["calendar_version"],
        )  # fmt: skip

    def _skipped(self, steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        skips = sorted((str(step["note"]), str(step["day"])) for step in steps if step["kind"] == "skip")
        groups = [(why, [day for _, day in days]) for why, days in groupby(skips, key=lambda one: one[0])]
        if groups:
            said = (f"{', '.join(self._short(day) for day in days)} ({self._why(why)})" for why, days in groups)
            yield self._say("skipped", days="; ".join(said))

    def _beside(self, steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        for step in steps:
            kind, day, note = str(step["kind"]), self._day(str(step["day"])), str(step["note"])
            if kind == "roll":
                yield self._say("roll", before=self._day(note.removeprefix("from:")), day=day)
            elif kind in {"extend", "not_extended", "provisional"}:
                yield self._say(kind, day=day)

    def _why(self, note: str) -> str:
        kind, _, code = note.partition(":")
        name = self._names.get(code, {}).get(self._lang, code)
        return WHY.get(kind, {}).get(self._lang, note).format(name=name)

    def _amount(self, number: int, unit: str) -> str:
        return UNITS[unit][self._lang][self._rule.plural_form(number)].format(n=number)

    def _day(self, text: str) -> str:
        return format_date(date.fromisoformat(text[:10]), "long", self._lang)

    def _short(self, text: str) -> str:
        return format_date(date.fromisoformat(text), "d MMM", self._lang)

    def _say(self, name: str, **values: object) -> str:
        return SENTENCES[name][self._lang].format_map({key: str(value) for key, value in values.items()})
