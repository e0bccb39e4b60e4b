"""The floor of goal P5: the record of a sweep written by set-based SQL alone, the hash taken inside the database.

It writes what the engine writes for the same due rungs, row for row: two events with their bytes, two log entries, the
taken rung, two notices, the case and the obligation. It is spared everything else: it knows that there is one kind of
rung and one escalation, checks nothing, and is given the instant of every next rung.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from npm_cases.history.hashing import leaf_hash
from npm_cases.persistence.database import PRAGMAS

# fmt: off
CHOSEN = """
CREATE TEMP TABLE chosen AS
SELECT o.id AS owed, o.chain AS chain, o.duty AS duty, o.due_on AS due_on, o.next_rung_at AS due_at,
  -o.rung_no - 1 AS next_no, n.next_rung_at AS next_at, c.seq AS seq, c.head AS head,
  lower(hex(randomblob(16))) AS mail_1, lower(hex(randomblob(16))) AS mail_2
FROM obligations o JOIN cases c ON c.id = o.chain JOIN next_rungs n ON n.due_on = o.due_on
WHERE o.next_rung_at <> '' AND o.next_rung_at <= :now ORDER BY o.next_rung_at, o.id LIMIT :limit"""
FIRST = """
CREATE TEMP TABLE first AS
SELECT *, leaf(data) AS leaf FROM (SELECT *, CAST(
  '{"actor":"clock","app":"' || :app || '","at":"' || :now || '","case":"' || chain
  || '","facts":{"act":"escalate","due_at":"' || due_at || '","due_on":"' || due_on || '","duty":"' || duty
  || '","mail":["' || mail_1 || '","' || mail_2 || '"],"obligation":"' || owed
  || '","posts":["caseworker","commissioner"],"rung":"overdue_at_intake"},"log":"' || :log || '","prev":"'
  || lower(hex(head)) || '","role":"clock","seq":' || (seq + 1) || ',"type":"rung_taken","v":1}' AS BLOB) AS data
FROM chosen)"""
SECOND = """
CREATE TEMP TABLE second AS
SELECT *, leaf(data_2) AS leaf_2 FROM (SELECT *, CAST(
  '{"actor":"clock","app":"' || :app || '","at":"' || :now || '","case":"' || chain
  || '","event":"escalate_to_ombudsman","facts":{"obligation":"' || owed
  || '","rung":"overdue_at_intake"},"frm":"not_escalated","log":"' || :log || '","machine":"escalation","prev":"'
  || lower(hex(leaf)) || '","role":"clock","seq":' || (seq + 2)
  || ',"to":"escalated_to_ombudsman","type":"moved","v":1}' AS BLOB) AS data_2
FROM first)"""
STEPS = (
    """
INSERT INTO case_events
SELECT chain, seq + 1, leaf, head, 'rung_taken', '', '', :now, 'clock', 'clock', data FROM second ORDER BY rowid""",
    """
INSERT INTO case_events
SELECT chain, seq + 2, leaf_2, leaf, 'moved', 'escalation', 'escalate_to_ombudsman', :now, 'clock', 'clock', data_2
FROM second ORDER BY rowid""",
    """
INSERT INTO log_entries
SELECT :last + 2 * s.rowid - 2 + column1, chain, seq + column1, CASE column1 WHEN 1 THEN leaf ELSE leaf_2 END
FROM second s CROSS JOIN (VALUES (1), (2)) ORDER BY 1""",
    """
UPDATE cases SET escalation = 'escalated_to_ombudsman', version = version + 1, seq = s.seq + 2, head = s.leaf_2,
  last_at = :now
FROM second s WHERE cases.id = s.chain""",
    """
UPDATE obligations SET raised = 1, rung_no = s.next_no, next_rung_at = s.next_at
FROM second s WHERE obligations.id = s.owed""",
    """
INSERT INTO rungs_taken
SELECT owed, 'overdue_at_intake', chain, 'escalate', 'taken', due_at, :now, 0, 'caseworker,commissioner' FROM second""",
    """
INSERT INTO outbox (id, message_id, chain, obligation, rung, post, template, not_before, created_at, due_on)
SELECT id, '<' || id || :domain || '>', chain, owed, 'overdue_at_intake', post, 'escalated', :now, :now, due_on
FROM (SELECT *, 'caseworker' AS post, mail_1 AS id FROM second
      UNION ALL SELECT *, 'commissioner' AS post, mail_2 AS id FROM second)""",
)
# fmt: on


class Floor:
    """A raw connection with the engine's own pragmas, which sweeps by sets."""

    def __init__(self, path: Path, next_rungs: Mapping[str, str], app: str) -> None:
        self.link = sqlite3.connect(path, isolation_level=None)
        for name, wanted in PRAGMAS.items():
            self.link.execute(f"PRAGMA {name}={wanted}")
        self.link.execute("PRAGMA temp_store=MEMORY")
        self.link.create_function("leaf", 1, leaf_hash, deterministic=True)
        self.link.execute("CREATE TEMP TABLE next_rungs (due_on TEXT PRIMARY KEY, next_rung_at TEXT)")
        self.link.executemany("INSERT INTO next_rungs VALUES (?, ?)", next_rungs.items())
        (origin,) = self.link.execute("SELECT value FROM meta WHERE name = 'origin'").fetchone()
        domain = f"@{origin.rpartition('/')[2]}.npm-cases.invalid"
        self.values = {"app": app, "log": origin, "domain": domain}

    def sweep(self, now: str, limit: int) -> int:
        """Take up to so many due rungs in one transaction and return how many."""
        link = self.link
        link.execute("BEGIN IMMEDIATE")
        (last,) = link.execute("SELECT max(idx) FROM log_entries").fetchone()
        values = {**self.values, "now": now, "limit": limit, "last": last}
        for statement in (CHOSEN, FIRST, SECOND, *STEPS):
            link.execute(statement, values)
        (taken,) = link.execute("SELECT count(*) FROM second").fetchone()
        link.execute("COMMIT")
        for table in ("chosen", "first", "second"):
            link.execute(f"DROP TABLE temp.{table}")
        return int(taken)

    def close(self) -> None:
        """Give the connection back."""
        self.link.close()
