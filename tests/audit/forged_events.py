"""Events forged in a history that is otherwise whole, and what each verification must say of them."""

from collections.abc import Callable
from typing import Any

Members = dict[str, Any]


def set_member(name: str, value: Any) -> Callable[[Members], None]:
    return lambda members: members.__setitem__(name, value)


def set_fact(name: str, value: Any) -> Callable[[Members], None]:
    return lambda members: members["facts"].__setitem__(name, value)


def drop_member(name: str) -> Callable[[Members], None]:
    return lambda members: members.__delitem__(name)


# EVENT, HOW IT IS FORGED, WHAT IS SAID OF IT
FORGED: list[tuple[str, Callable[[Members], None], str]] = [
    ("acknowledge", set_member("frm", "issued"), "but it stood in 'served'"),
    ("acknowledge", set_member("to", "replied"), "has no move from served on acknowledge to replied"),
    ("acknowledge", set_member("event", "close"), "has no move from served on close"),
    ("acknowledge", set_member("role", "auditor"), "does not let auditor do acknowledge"),
    ("acknowledge", set_member("machine", "allegation"), "has no machine 'allegation'"),
    ("acknowledge", set_member("log", "another"), "it belongs to the log another"),
    ("acknowledge", set_member("at", "2020-01-01T00:00:00.000000Z"), "before the event ahead of it"),
    ("acknowledge", set_member("type", "case_created"), "a case is born once"),
    ("verify", drop_member("approved_by"), "needs a second person"),
    ("verify", set_member("approved_by", "three"), "no confirmation stands before it"),
    ("verify", set_member("approved_by", "one"), "by the person who proposed it"),
    ("act_confirmed", set_member("actor", "one"), "who made it"),
    ("act_confirmed", set_fact("digest", "00"), "was for another act"),
    ("act_confirmed", set_fact("approval", "none"), "no proposal none was pending"),
    ("act_proposed", drop_member("facts"), "cannot be read"),
    ("case_created", set_fact("state", "closed"), "a new case begins in"),
    ("case_created", set_fact("kind", "rumour"), "there is no kind of case 'rumour'"),
    ("case_imported", set_fact("state", "nowhere"), "has no state 'nowhere'"),
    ("case_imported", set_member("to", "closed"), "its facts say"),
    ("obligation_opened", set_fact("obligation", "other"), "was never opened"),
    ("obligation_discharged", set_fact("due_on", "2030-01-01"), "but it was due on"),
    ("obligation_discharged", set_fact("duty", "other"), "is of the duty"),
    ("obligation_extended", set_fact("was", "2030-01-01"), "but it was due on"),
    ("obligation_suspended", set_fact("from", "2030-01-01"), "did not stand since"),
    ("rung_taken", set_fact("due_on", "2030-01-01"), "but it was due on"),
    ("rung_taken", set_fact("due_at", "2030-01-01T00:00:00.000000Z"), "was due at"),
    ("rung_taken", set_fact("mail", []), "cannot be read"),
    ("mail_sent", set_fact("mail", "other"), "was never queued"),
    ("mail_sent", set_member("type", "mail_bounced"), "came back, but was never sent"),
]
