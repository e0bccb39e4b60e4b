"""What must hold after every fault, checked from the tables alone: nothing lost, nothing doubled, histories whole.

Written apart from the programme's own verification, which is run beside it.
"""

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby
from typing import Any

from npm_cases.bootstrap import App
from npm_cases.persistence.reading import SqlReader
from npm_cases.persistence.sequencer import sequence
from npm_cases.services.verify import verify

LATER = "2099-01-01T00:00:00.000000Z"
KEPT_BY_ALL = ("cases", "chains", "case_events", "log_entries", "obligations", "rungs_taken", "outbox", "incidents")

Row = dict[str, Any]


def table(app: App, name: str) -> list[Row]:
    with app.office.open_work() as work:
        return work.rows(name)


def everything(app: App) -> dict[str, list[Row]]:
    """Every row of the tables a sweep or a delivery may touch, to compare before and after; the log is brought up first."""
    sequence(app.database)
    return {name: table(app, name) for name in KEPT_BY_ALL}


def violations(app: App) -> list[str]:
    """Say in sentences what does not hold; an empty list is a healthy installation."""
    sequence(app.database)
    events = table(app, "case_events")
    with SqlReader(app.database) as reader:
        own = [f"{found.case}/{found.seq}: {found.what}" for found in verify(app.office, reader, LATER).findings]
    return [*_chains(app, events), *_log(app, events), *_rungs(app, events), *_mail(app, events), *own]


def _chains(app: App, events: list[Row]) -> Iterable[str]:
    heads = {row["id"]: row for row in [*table(app, "cases"), *table(app, "chains")] if row["seq"]}
    for chain, lines in groupby(events, key=lambda row: row["chain"]):
        leaf, seq = b"", 0
        for seq, line in enumerate(lines, start=1):
            if line["seq"] != seq or line["prev"] != leaf:
                yield f"{chain}: event {line['seq']} does not follow event {seq - 1}"
            leaf = sha256(b"\0" + line["data"]).digest()
            if line["leaf"] != leaf:
                yield f"{chain}: event {seq} is not what its leaf says"
        head = heads.pop(chain, None)
        if head is None or (head["seq"], head["head"]) != (seq, leaf):
            yield f"{chain}: its head is not its last event"
    yield from (f"{chain}: it has a head and no events" for chain in heads)


def _log(app: App, events: list[Row]) -> Iterable[str]:
    entries = table(app, "log_entries")
    if [row["idx"] for row in entries] != list(range(len(entries))):
        yield "the log has a gap"
    in_log = [(row["chain"], row["seq"], row["leaf"]) for row in entries]
    if sorted(in_log) != sorted((row["chain"], row["seq"], row["leaf"]) for row in events):
        yield "log and events differ"
    last: Counter[str] = Counter()
    for chain, seq, _ in in_log:
        last[chain] += 1
        if last[chain] != seq:
            yield f"{chain}: the log has event {seq} out of its order"


def _rungs(app: App, events: list[Row]) -> Iterable[str]:
    taken = [(row["obligation"], row["rung"]) for row in table(app, "rungs_taken") if row["outcome"] == "taken"]
    said = [(facts["obligation"], facts["rung"]) for facts in _facts(events, "rung_taken")]
    for rung, times in Counter(said).items():
        if times > 1:
            yield f"the rung {rung} was taken {times} times"
    if sorted(taken) != sorted(said):
        yield "rungs taken and their events differ"


def _mail(app: App, events: list[Row]) -> Iterable[str]:
    notices = table(app, "outbox")
    queued = Counter(mail for facts in _facts(events, "rung_taken") for mail in facts["mail"])
    queued += Counter(facts["mail"] for facts in _facts(events, "mail_queued") if facts.get("obligation"))
    if queued != Counter(row["id"] for row in notices if row["obligation"]):
        yield "notices and the rungs or corrections that gave them differ"
    if len({row["message_id"] for row in notices}) != len(notices):
        yield "two mails have one Message-ID"
    sent = Counter(facts["mail"] for facts in _facts(events, "mail_sent"))
    if sent != Counter(row["id"] for row in notices if row["status"] == "sent"):
        yield "mails sent and their events differ"
    told = Counter(
        facts["carried_by"] for facts in _facts(events, "mail_bounced") if facts["mail"] == facts["carried_by"]
    )
    raised = Counter(row["subject"] for row in table(app, "incidents") if row["kind"] == "returned_mail")
    if told != raised or set(told.values()) - {1}:
        yield "mail that came back and its incidents differ, or one was told twice"
    leaders = {row["id"]: row for row in notices if not row["carried_by"]}
    for row in notices:
        if row["carried_by"] and row["status"] != leaders[row["carried_by"]]["status"]:
            yield f"{row['id']} is {row['status']}, the mail that carries it is not"


def _facts(events: list[Row], kind: str) -> list[dict[str, Any]]:
    return [json.loads(row["data"])["facts"] for row in events if row["type"] == kind]
