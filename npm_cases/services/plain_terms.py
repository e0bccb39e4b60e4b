"""Calendars and rules written as plain tables, in the form of their files: what the independent recount reads."""

from typing import Any

from npm_cases.domain.calendar import Calendar
from npm_cases.domain.calendar_parts import Doubt, MonthDay, Transfer, Validity
from npm_cases.domain.terms import Rule, Term

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Plain = dict[str, Any]


def calendar_as_plain(calendar: Calendar) -> Plain:
    """Write a calendar as the tables of its file; names and sources are left out, they decide nothing."""
    return {
        "id": calendar.id,
        "version": calendar.version,
        "zone": calendar.zone,
        "first_confirmed_year": calendar.first_confirmed_year,
        "last_confirmed_year": calendar.last_confirmed_year,
        "weeks": {week: [WEEKDAYS[day] for day in sorted(days)] for week, days in calendar.weeks.items()},
        "holidays": [{"id": h.id, "days": _days(h.days), **_in_force(h.validity)} for h in calendar.holidays],
        "substitutes": [_in_force(rule.validity) for rule in calendar.substitutes],
        "days_off": [
            {"id": off.id, "days": _days(off.days), "dates": sorted(off.dates), **_in_force(off.validity)}
            for off in calendar.days_off
        ],
        "transfers": [_transfer(transfer) for transfer in calendar.transfers],
        "doubts": [_doubt(doubt) for doubt in calendar.doubts],
    }


def rule_as_plain(rule: Rule) -> Plain:
    """Write a rule as its table in the rules file."""
    plain: Plain = {
        "amount": rule.amount,
        "unit": rule.unit.value,
        "starts": rule.starts,
        "rolls_to": rule.rolls_to,
        "set_in_document": rule.set_in_document,
    }
    for name, term in (("minimum", rule.minimum), ("maximum", rule.maximum)):
        if term is not None:
            plain[name] = _term(term)
    if rule.extension is not None:
        extension = rule.extension
        plain["extension"] = _term(extension.term) | {"times": extension.times, "counted_from": extension.counted_from}
    return plain


def _days(days: tuple[MonthDay, ...]) -> list[str]:
    return [f"{month:02d}-{day:02d}" for month, day in days]


def _in_force(validity: Validity) -> Plain:
    ends = {} if validity.valid_to is None else {"valid_to": validity.valid_to}
    return {"valid_from": validity.valid_from, **ends}


def _transfer(transfer: Transfer) -> Plain:
    return {"off": transfer.off, "worked": transfer.worked, "weeks": sorted(transfer.weeks)}


def _doubt(doubt: Doubt) -> Plain:
    return {"id": doubt.id, "first": doubt.first, "last": doubt.last}


def _term(term: Term) -> Plain:
    return {"amount": term.amount, "unit": term.unit.value}
