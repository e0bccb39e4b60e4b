"""Acts of the office that wait for a second person: what exactly is proposed, by whom, and where it is confirmed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from npm_cases.domain import access
from npm_cases.domain.records import Actor
from npm_cases.history.event import OFFICE
from npm_cases.services import office_acts
from npm_cases.services.adoption import TEXT
from npm_cases.services.ports import Office


@dataclass(frozen=True, slots=True)
class OfficeProposal:
    """A proposal that waits; ``change`` is the exact change it is bound to, empty where the event says it all.

    Of rules and calendars the text itself is left out. ``in_browser`` says that it can be confirmed on a page;
    ``may_confirm`` that this person is a second person for it. ``is_intact`` is false where it is no longer what it was
    bound to: nobody can confirm it then.
    """

    id: str
    event: str
    proposer: str
    proposed_at: str
    expires_at: str
    change: Mapping[str, Any]
    in_browser: bool
    may_confirm: bool
    is_intact: bool


def office_proposals(office: Office, actor: Actor, at: str) -> list[OfficeProposal]:
    """List the acts of the office that wait for a second person, those that lapse first before the others.

    Raises NotAllowed for a role that confirms none of them.
    """
    access.need(actor, "confirm an act of the office")
    with office.open_reading() as work:
        rows = work.rows("approvals", {"chain": OFFICE, "status": "pending"})
    waiting = (row for row in rows if row["expires_at"] > at)
    return sorted((_proposal(row, actor) for row in waiting), key=lambda one: (one.expires_at, one.id))


def _proposal(row: Mapping[str, Any], actor: Actor) -> OfficeProposal:
    payload = bytes(row["payload"])
    is_intact = hashlib.sha256(payload).hexdigest() == row["digest"]
    change = dict(json.loads(payload).get("change", {})) if is_intact else {}
    change.pop(TEXT, None)
    in_browser = row["event"] in (*office_acts.OF_POWER, *office_acts.OF_POLICY)
    is_second = actor.user not in {row["proposer"], change.get("user", "")}
    return OfficeProposal(
        row["id"], row["event"], row["proposer"], row["proposed_at"], row["expires_at"], change, in_browser,
        in_browser and is_second and is_intact, is_intact,
    )  # fmt: skip
