"""Facts that meet every guard, so that a test can take one away."""

from dataclasses import replace
from datetime import date
from typing import Any

from state_machines.facts import Facts

fri_26_jun = date(2026, 6, 26)
mon_29_jun = date(2026, 6, 29)

ALL_IN_ORDER = Facts(
    is_second_person=True,
    approver_roles=frozenset({"group_leader", "council", "commissioner"}),
    issuer_roles=frozenset({"group_leader", "council", "commissioner"}),
    document="document-1",
    visit="visit-1",
    reasons=True,
    reason_code="other",
    due_on=fri_26_jun,
    latest_due_on=mon_29_jun,
    authority="body-2",
    earlier_authorities=frozenset({"body-1"}),
    linked_case="case-2",
    protection_measures=True,
    persons_view=True,
    reprisal_check=True,
    channel_issued_here=True,
    has_rule=True,
    addressee="body-3",
    measurable=True,
    symbol="SYN/1",
    published_on=fri_26_jun,
    about_ill_treatment=False,
    consent="given",
    consent_live=True,
    reprisal_risk="low",
    complainant_told=True,
    register_number=True,
    new_facts=True,
    redress_open=True,
    redress_made=True,
    redress_settled=True,
    owed_by_outsider=True,
    ladder_has_superior=True,
    rung_due=True,
    another_overdue=True,
    raising_all_discharged=True,
    successor_due_on=mon_29_jun,
    mass_or_special=True,
)
NOTHING_ON_FILE = Facts()


def all_but(**changed: Any) -> Facts:
    return replace(ALL_IN_ORDER, **changed)


def in_order_for(event: str) -> Facts:
    """Publication by another body is the one move that asks for the opposite of the rest."""
    return all_but(channel_issued_here=event != "record_published")
