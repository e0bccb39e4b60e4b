"""The floors of goals P5 and P3 on PostgreSQL: a sweep by set-based SQL alone, and fifty moves by hand in one commit.

The set floor writes what the engine writes for the same due rungs, row for row, as ``sweep_floor.py`` does on SQLite; the hash
is taken by the server. The other is hand-written group commit: fifty cases read for update, then their new states, one event
each and one message each, every kind of row sent as one statement for all fifty.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import psycopg
from one_move_floor import STATES, event_bytes

from npm_cases.history.hashing import leaf_hash

# fmt: off
CHOSEN = """
CREATE TEMP TABLE chosen ON COMMIT DROP AS
SELECT row_number() OVER () AS n, q.*, replace(gen_random_uuid()::text, '-', '') AS mail_1,
  replace(gen_random_uuid()::text, '-', '') AS mail_2
FROM (
  SELECT o.id AS owed, o.chain AS chain, o.duty AS duty, o.due_on AS due_on, o.next_rung_at AS due_at,
    -o.rung_no - 1 AS next_no, n.next_rung_at AS next_at, c.seq AS seq, c.head AS head
  FROM obligations o JOIN cases c ON c.id = o.chain JOIN next_rungs n ON n.due_on = o.due_on
  WHERE o.next_rung_at <> '' AND o.next_rung_at <= %(now)s ORDER BY o.next_rung_at, o.id LIMIT %(limit)s) q"""
FIRST = """
CREATE TEMP TABLE first ON COMMIT DROP AS
SELECT *, sha256('\\x00'::bytea || data) AS leaf FROM (SELECT *, convert_to(
  '{"actor":"clock","app":"' || %(app)s || '","at":"' || %(now)s || '","case":"' || chain
  || '","facts":{"act":"escalate","due_at":"' || due_at || '","due_on":"' || due_on || '","duty":"' || duty
  || '","mail":["' || mail_1 || '","' || mail_2 || '"],"obligation":"' || owed
  || '","posts":["caseworker","commissioner"],"rung":"overdue_at_intake"},"log":"' || %(log)s || '","prev":"'
  || encode(head, 'hex') || '","role":"clock","seq":' || (seq + 1) || ',"type":"rung_taken","v":1}', 'UTF8') AS data
FROM chosen) made"""
SECOND = """
CREATE TEMP TABLE second ON COMMIT DROP AS
SELECT *, sha256('\\x00'::bytea || data_2) AS leaf_2 FROM (SELECT *, convert_to(
  '{"actor":"clock","app":"' || %(app)s || '","at":"' || %(now)s || '","case":"' || chain
  || '","event":"escalate_to_ombudsman","facts":{"obligation":"' || owed
  || '","rung":"overdue_at_intake"},"frm":"not_escalated","log":"' || %(log)s || '","machine":"escalation","prev":"'
  || encode(leaf, 'hex') || '","role":"clock","seq":' || (seq + 2)
  || ',"to":"escalated_to_ombudsman","type":"moved","v":1}', 'UTF8') AS data_2
FROM first) made"""
STEPS = (
    """
INSERT INTO case_events (chain, seq, leaf, prev, type, machine, event, at, actor, role, data)
SELECT chain, seq + 1, leaf, head, 'rung_taken', '', '', %(now)s, 'clock', 'clock', data FROM second ORDER BY n""",
    """
INSERT INTO case_events (chain, seq, leaf, prev, type, machine, event, at, actor, role, data)
SELECT chain, seq + 2, leaf_2, leaf, 'moved', 'escalation', 'escalate_to_ombudsman', %(now)s, 'clock', 'clock', data_2
FROM second ORDER BY n""",
    """
INSERT INTO log_entries (idx, chain, seq, leaf)
SELECT %(last)s + 2 * s.n - 2 + one, chain, seq + one, CASE one WHEN 1 THEN leaf ELSE leaf_2 END
FROM second s CROSS JOIN (VALUES (1), (2)) v(one) ORDER BY 1""",
    """
UPDATE cases SET escalation = 'escalated_to_ombudsman', version = version + 1, seq = s.seq + 2, head = s.leaf_2,
  last_at = %(now)s
FROM second s WHERE cases.id = s.chain""",
    """
UPDATE obligations SET raised = 1, rung_no = s.next_no, next_rung_at = s.next_at
FROM second s WHERE obligations.id = s.owed""",
    """
INSERT INTO rungs_taken
SELECT owed, 'overdue_at_intake', chain, 'escalate', 'taken', due_at, %(now)s, 0, 'caseworker,commissioner' FROM second""",
    """
INSERT INTO outbox (id, message_id, chain, obligation, rung, post, template, not_before, created_at, due_on)
SELECT id, '<' || id || %(domain)s || '>', chain, owed, 'overdue_at_intake', post, 'escalated', %(now)s, %(now)s, due_on
FROM (SELECT *, 'caseworker' AS post, mail_1 AS id FROM second
      UNION ALL SELECT *, 'commissioner' AS post, mail_2 AS id FROM second) mails""",
)
# fmt: on


class SetFloor:
    """A raw connection that sweeps by sets."""

    def __init__(self, link: psycopg.Connection[Any], next_rungs: Mapping[str, str], app: str) -> None:
        self.link = link
        link.execute("CREATE TEMP TABLE next_rungs (due_on text PRIMARY KEY, next_rung_at text)")
        with link.cursor() as cursor:
            cursor.executemany("INSERT INTO next_rungs VALUES (%s, %s)", list(next_rungs.items()))
        link.execute("ANALYZE next_rungs")
        (origin,) = link.execute("SELECT value FROM meta WHERE name = 'origin'").fetchone() or ("",)
        domain = f"@{origin.rpartition('/')[2]}.npm-cases.invalid"
        self.values = {"app": app, "log": origin, "domain": domain}
        self.cursor = psycopg.ClientCursor(link)  # values within expressions: the server need not guess their types

    def sweep(self, now: str, limit: int) -> None:
        """Take up to so many due rungs in one transaction."""
        with self.link.transaction():
            (last,) = self.link.execute("SELECT max(idx) FROM log_entries").fetchone() or (0,)
            values = {**self.values, "now": now, "limit": limit, "last": last}
            for statement in (CHOSEN, FIRST, SECOND, *STEPS):
                self.cursor.execute(statement, values)
                if statement in {CHOSEN, SECOND}:
                    self.cursor.execute(f"ANALYZE {'chosen' if statement is CHOSEN else 'second'}")


TABLES = """
CREATE TABLE cases (id text PRIMARY KEY, state text, version integer, seq integer, head bytea);
CREATE TABLE case_events (chain text REFERENCES cases, seq integer, leaf bytea, data bytea, PRIMARY KEY (chain, seq));
CREATE TABLE outbox (id text PRIMARY KEY, chain text, body text);
"""


class GroupCommit:
    """Fifty moves by hand in one commit, over three tables without triggers."""

    def __init__(self, link: psycopg.Connection[Any], cases: int) -> None:
        self.link = link
        link.execute(TABLES)
        self.ids = [secrets.token_hex(16) for _ in range(cases)]
        with link.cursor() as cursor:
            cursor.executemany("INSERT INTO cases VALUES (%s, %s, 1, 0, '')", [(case, STATES[0]) for case in self.ids])
        link.execute("VACUUM ANALYZE")
        self.next = 0

    def move(self, moves: int) -> None:
        """Move so many cases together, others than last time."""
        chosen = [self.ids[(self.next + n) % len(self.ids)] for n in range(moves)]
        self.next += moves
        with self.link.transaction(), self.link.cursor() as cursor:
            rows = cursor.execute(
                "SELECT id, state, seq, head FROM cases WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (chosen,)
            ).fetchall()
            made = [_made(*row) for row in rows]
            ids, states, seqs, leaves, events = (list(of) for of in zip(*made, strict=True))
            cursor.execute(
                "UPDATE cases SET state = n.state, version = version + 1, seq = n.seq, head = n.head FROM "
                "unnest(%s::text[], %s::text[], %s::int[], %s::bytea[]) n(id, state, seq, head) WHERE cases.id = n.id",
                (ids, states, seqs, leaves),
            )
            cursor.execute(
                "INSERT INTO case_events SELECT * FROM unnest(%s::text[], %s::int[], %s::bytea[], %s::bytea[])",
                (ids, seqs, leaves, events),
            )
            cursor.execute(
                "INSERT INTO outbox SELECT *, 'moved' FROM unnest(%s::text[], %s::text[])",
                ([secrets.token_hex(16) for _ in ids], ids),
            )


def _made(case: str, state: str, seq: int, head: bytes) -> tuple[str, str, int, bytes, bytes]:
    to = STATES[state == STATES[0]]
    data = event_bytes(case, seq + 1, head, state, to)
    return case, to, seq + 1, leaf_hash(data), data
