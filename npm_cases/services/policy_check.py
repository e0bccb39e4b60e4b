"""Prove the policy of a mechanism by search over its tables, rules, ladders and posts, or show where it fails."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from npm_cases.domain.pack import Pack
from npm_cases.services import policy_pack as of_pack, policy_tables as of_tables
from npm_cases.services.policy_bounds import all_bounds
from npm_cases.services.policy_days import days_not_covered
from npm_cases.services.policy_paths import Table
from npm_cases.services.policy_report import Bound, Finding, PolicyReport, bounds_as_markdown, longest_of
from npm_cases.services.policy_waits import Waits
from state_machines import MACHINES

__all__ = ["Bound", "Finding", "PolicyReport", "bounds_as_markdown", "check_policy"]


def check_policy(pack: Pack, on: date, machines: Mapping[str, Table] = MACHINES) -> PolicyReport:
    """Prove that silence always brings a case to the Ombudsman in a bounded time, and find every way in which it fails.

    ``on`` is the present day: posts must have been in being from the earliest rule to it. Bounds are calendar days, the
    day of entry being day zero, the longest over all days of the calendar's confirmed years, and over the calendars of
    the pack's regions. Where a bound cannot be counted it is missing, and a finding says why. Nothing is raised for a
    broken pack. Extensions need no proof: no rule can be built with an unbounded one. Source: DESIGN section 3.
    """
    calendars = {one.id: one for one in (pack.calendar, *pack.regional.values())}
    counted_by = MappingProxyType(dict(machines))
    reports = [_by_one_calendar(replace(pack, calendar=one), on, counted_by) for one in calendars.values()]
    findings = dict.fromkeys(finding for report in reports for finding in report.findings)
    return PolicyReport(tuple(findings), longest_of([report.bounds for report in reports]))


def _by_one_calendar(pack: Pack, on: date, machines: Mapping[str, Table]) -> PolicyReport:
    waits = Waits(pack)
    findings = (
        *of_tables.states_not_reached(pack, machines),
        *of_tables.states_without_a_way_out(pack, machines),
        *of_tables.clock_held_back(machines),
        *of_pack.duties_without_rules(waits, machines),
        *of_pack.duties_without_ladders(waits, machines),
        *of_pack.dates_without_maximum(waits, machines),
        *of_pack.ladders_that_end(waits, machines),
        *of_pack.rungs_to_nobody(waits, on, machines),
        *of_pack.allegations_told_outside(waits, machines),
        *of_tables.states_without_an_end(waits, machines),
        *of_tables.ages_without_end(waits, machines),
        *days_not_covered(pack),
        *of_tables.words_missing(pack, machines),
    )
    return PolicyReport(findings, tuple(all_bounds(pack, waits, machines)))
