"""One event in its place in the log, what is said of it, and the form it must have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.audit.second.canonical import Members

Finding = tuple[str, int, int | None, str]
"""Case, seq, index in the log, what is wrong; a finding of no event has an empty case."""

HASH = r"[0-9a-f]{64}"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
NAMES = "v log case seq prev type machine event at actor role on_behalf frm to reason docs facts approved_by idem app"
MEMBERS = frozenset({*NAMES.split(), "body_ct", "body_pt"})
NEEDED = ("v", "log", "type", "at", "actor", "role", "app")
KNOWN = """absence_ended absence_recorded account_changed
act_confirmed act_expired act_proposed act_refused body_added break_glass calendar_adopted case_amended
case_assigned case_created case_imported case_linked consent_given consent_limited consent_withdrawn document_added
erased exported import_finished incident_closed incident_raised key_rotated mail_bounced mail_failed mail_queued
mail_sent mail_withdrawn moved obligation_discharged obligation_extended obligation_moved obligation_opened
obligation_questioned obligation_resumed obligation_suspended pack_adopted party_excluded place_added post_filled restored role_changed
rung_taken sign_in_refused signed_in text_read visit_recorded"""
TYPES = frozenset(KNOWN.split())


@dataclass(frozen=True)
class Entry:
    """One event in its place in the log."""

    index: int
    leaf: bytes
    said: Members

    def find(self, what: str) -> Finding:
        return self.said["case"], self.said["seq"], self.index, what

    @property
    def facts(self) -> Members:
        return dict(self.said.get("facts", {}))


def of_log(what: str) -> Finding:
    return "", 0, None, what


def wrong_in_form(said: Members) -> Iterator[str]:
    """Yield what is wrong with the members of one event, whatever stands around it."""
    if unknown := sorted(set(said) - MEMBERS):
        yield f"the member {unknown[0]!r} does not belong into an event"
    if missing := [name for name in NEEDED if name not in said]:
        yield f"the member {missing[0]} is missing"
    if said.get("v") != 1 or type(said.get("v")) is bool:
        yield "the event is of another version"
    if said.get("type") not in TYPES:
        yield "the event is of no known type"
    strings = MEMBERS - {"v", "seq", "docs", "facts"}
    if wrong := [name for name in sorted(strings & set(said)) if not isinstance(said[name], str) or not said[name]]:
        yield f"the member {wrong[0]} is no text"
    if not re.fullmatch(INSTANT, str(said.get("at"))):
        yield "the instant is not in its form"
    hashes = [said[name] for name in ("prev", "body_ct", "body_pt") if name in said]
    if not isinstance(docs := said.get("docs", []), list) or not all(
        re.fullmatch(HASH, str(each)) for each in (*hashes, *docs)
    ):
        yield "a hash is not in its form"
    if not isinstance(said.get("facts", {}), dict):
        yield "the facts are no members"
