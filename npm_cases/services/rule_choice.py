"""Which rule an open clock follows once the country's rules have changed: the one it began with, or the new one.

The choice is part of the adoption: one for all, and others for cases named. A clock that moves is discharged and begun
again from the same day, so that the history tells both; one that was missed, was extended, stands, or has raised the
case stays as it is, and so does one whose new date would lie in the past.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from npm_cases.domain.duties import OwedBy
from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.records import CLOCK, By, Case, Obligation
from npm_cases.domain.terms import Rule, TermError
from npm_cases.history.event import OFFICE
from npm_cases.services import obligations
from npm_cases.services.ports import Chain, DueRung, Office, Work

KEEP: Final = "keep"
MOVE: Final = "move"
NEW_RULES = "new_rules"


@dataclass(frozen=True, slots=True)
class Choice:
    """What open clocks do under new rules: ``for_all`` keep or move, ``otherwise`` the ids of cases that do the opposite."""

    for_all: Literal["keep", "move"] = "keep"
    otherwise: frozenset[str] = frozenset()

    def of(self, chain: str) -> str:
        """Return what the clocks of one case do."""
        if chain not in self.otherwise:
            return self.for_all
        return KEEP if self.for_all == MOVE else MOVE

    def as_json(self) -> dict[str, Any]:
        """Write the choice for the history and the recount."""
        return {"open": self.for_all, "otherwise": sorted(self.otherwise)}

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "Choice":
        """Read a choice as it was written."""
        return cls(MOVE if written["open"] == MOVE else KEEP, frozenset(written["otherwise"]))


def renewed(
    work: Work, office: Office, item: DueRung, chain: Case | Chain, choice: Choice, now: str
) -> Obligation | bool | None:
    """Let a clock follow the new rule if that is chosen and lawful, and return it; None where no rule changed for it."""
    owed = item.obligation
    rule = rule_now(office, owed)
    if rule is None or not differs(office, owed, rule):
        return None
    if choice.of(owed.chain) == KEEP or why_kept(owed, now):
        return False
    again = begun_again(office, owed, chain, rule, now)
    if again is None or again.due_at <= now:
        return False
    by = By(CLOCK, "clock", now)
    obligations.discharge(work, office, chain, owed, by, NEW_RULES)
    obligations.put(work, office, chain, again, rule, by)
    return again


def rule_now(office: Office, owed: Obligation) -> Rule | None:
    """Return the rule that would date an obligation if it were opened now for the same day; None where there is none."""
    start = date.fromisoformat(owed.started_on)
    try:
        if owed.chain == OFFICE:
            return office.pack.rule(office.pack.periodic_visit, start)
        return office.pack.rule_for(owed.channel, owed.duty, start)
    except ConfigurationError:
        return None


def differs(office: Office, owed: Obligation, rule: Rule) -> bool:
    """Say whether an obligation follows another version of its rule, or another ladder, than it would if opened now."""
    if (rule.id, rule.version) != (owed.rule, owed.rule_version):
        return True
    return ladder_now(office, owed) not in {"", owed.ladder}


def ladder_now(office: Office, owed: Obligation) -> str:
    """Return the key of the ladder an obligation would have if it were opened now; empty where there is none."""
    try:
        return office.times.ladder_for(owed.channel, owed.owed_by, owed.duty).key
    except ConfigurationError:
        return ""


def why_kept(owed: Obligation, now: str) -> str:
    """Say why a clock may not change its rule any more; empty where it may."""
    if owed.due_at <= now:
        return "missed"
    if owed.ledger:
        return "extended"
    if owed.suspended_on:
        return "stands"
    return "raised" if owed.raised else ""


def begun_again(office: Office, owed: Obligation, chain: Case | Chain, rule: Rule, now: str) -> Obligation | None:
    """Return the obligation as it is under another rule, from the same first day; None where that rule cannot date it."""
    zone, region = obligations.zone_of(office, chain), getattr(chain, "region", "") or _region_of(office, owed)
    subject = obligations.Subject(owed.chain, owed.subject_kind, owed.channel, zone, region)
    set_on = date.fromisoformat(owed.set_on) if owed.set_on else None
    try:
        return obligations.make_obligation(
            office, subject, owed.duty, OwedBy(owed.owed_by), owed.party, rule, date.fromisoformat(owed.started_on),
            now, set_on,
        )  # fmt: skip
    except TermError:
        return None


def _region_of(office: Office, owed: Obligation) -> str:
    """Return a region that counts by the calendar of this clock: that of a place stands in no case."""
    counted_by = office.times.of(owed.calendar_version).pack.calendar.id
    return next((region for region, one in office.pack.regional.items() if one.id == counted_by), "")
