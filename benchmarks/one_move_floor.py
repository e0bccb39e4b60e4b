"""What goal P2 is measured against: one durable move by hand-written SQL, and the same by SQLAlchemy's ORM.

Both do the work of PERFORMANCE's section on one move and nothing more: read the case, check its version, update its
state, insert one history event that carries the hash of the one before, insert one outbox row, commit. They have no
roles, guards, obligations, log entries, or triggers. Same pragmas, same machine.
"""

import json
import secrets
import sqlite3
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Engine, ForeignKey, LargeBinary, create_engine, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from npm_cases.history.hashing import leaf_hash
from npm_cases.persistence.database import PRAGMAS

STATES = ("acknowledged", "replied")
AT = "2026-03-02T05:00:00.000000Z"


class Base(DeclarativeBase):
    """The three tables of the floor."""


class CaseRow(Base):
    """A case with its state, its version and the head of its history."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column()
    seq: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary)
    __mapper_args__ = MappingProxyType({"version_id_col": version})


class EventRow(Base):
    """One line of a history."""

    __tablename__ = "case_events"
    chain: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class OutboxRow(Base):
    """One message that waits."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(primary_key=True)
    chain: Mapped[str]
    body: Mapped[str]


def the_tables(path: Path, cases: int) -> list[str]:
    """Make the floor's database with so many cases and return their ids."""
    engine = an_engine(path)
    Base.metadata.create_all(engine)
    ids = [secrets.token_hex(16) for _ in range(cases)]
    with Session(engine) as session:
        session.add_all(
            CaseRow(id=case, number=f"R-{n}", state=STATES[0], version=1, seq=0, head=b"") for n, case in enumerate(ids)
        )
        session.commit()
    engine.dispose()
    return ids


def event_bytes(case: str, seq: int, head: bytes, frm: str, to: str) -> bytes:
    """Write the bytes of one event; the same for both ways."""
    members = {
        "v": 1, "log": "npm-cases/floor", "case": case, "seq": seq, "type": "moved", "at": AT, "actor": "caseworker-one",
        "role": "caseworker", "app": "0.1.0", "machine": "recommendation", "event": "record_reply", "frm": frm, "to": to,
        "prev": head.hex(),
    }  # fmt: skip
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class ByHand:
    """The floor: one raw connection, one statement at a time."""

    def __init__(self, path: Path) -> None:
        self.link = sqlite3.connect(path, isolation_level=None)
        for name, wanted in PRAGMAS.items():
            self.link.execute(f"PRAGMA {name}={wanted}")

    def move(self, case: str) -> None:
        """Move one case to the other of two states."""
        run = self.link.execute
        run("BEGIN IMMEDIATE")
        state, version, seq, head = run("SELECT state, version, seq, head FROM cases WHERE id = ?", (case,)).fetchone()
        to = STATES[state == STATES[0]]
        data = event_bytes(case, seq + 1, head, state, to)
        leaf = leaf_hash(data)
        changed = run(
            "UPDATE cases SET state = ?, version = ?, seq = ?, head = ? WHERE id = ? AND version = ?",
            (to, version + 1, seq + 1, leaf, case, version),
        )
        if changed.rowcount != 1:
            raise RuntimeError("another move came first")
        run("INSERT INTO case_events (chain, seq, leaf, data) VALUES (?, ?, ?, ?)", (case, seq + 1, leaf, data))
        run("INSERT INTO outbox (id, chain, body) VALUES (?, ?, ?)", (secrets.token_hex(16), case, "moved"))
        run("COMMIT")


class ByOrm:
    """The same through SQLAlchemy's ORM: a session and a unit of work for each move."""

    def __init__(self, path: Path) -> None:
        self.engine = an_engine(path)

    def move(self, case: str) -> None:
        """Move one case to the other of two states."""
        with Session(self.engine) as session:
            row = session.scalars(select(CaseRow).where(CaseRow.id == case)).one()
            to = STATES[row.state == STATES[0]]
            data = event_bytes(case, row.seq + 1, row.head, row.state, to)
            row.state, row.seq, row.head = to, row.seq + 1, leaf_hash(data)
            session.add(EventRow(chain=case, seq=row.seq, leaf=row.head, data=data))
            session.add(OutboxRow(id=secrets.token_hex(16), chain=case, body="moved"))
            session.commit()


def an_engine(path: Path) -> Engine:
    """Make an engine with the engine's own pragmas that takes the writer lock at once."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})

    def harden(connection: DBAPIConnection, _: object) -> None:
        for name, wanted in PRAGMAS.items():
            connection.cursor().execute(f"PRAGMA {name}={wanted}")

    event.listen(engine, "connect", harden)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine
