"""One durable move on PostgreSQL by hand-written SQL, by this engine, and by those who do the same work (goal P1).

Each way does what its documentation says one does: a state that is checked and changed, a line of history, a message that
waits, all committed together. Hand-written SQL is the floor: the four statements, nothing else. The others are
installed by the extra [peers], never by default; a way whose library is missing is left out and said to be.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import psycopg
from build import CLERK, a_row, settings_of
from one_move_floor import AT, STATES, CaseRow, EventRow, OutboxRow, event_bytes
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from npm_cases.bootstrap import build_for_life, initialise
from npm_cases.history.hashing import leaf_hash
from npm_cases.services.act import DoAct, act
from npm_cases.services.import_rows import import_rows


class Way(Protocol):
    """One way of making a move, connected to its own database."""

    def move(self, case: str) -> object: ...


@dataclass(frozen=True)
class Peer:
    """How its database is prepared (returns the ids of so many cases), and how a writer connects to it.

    ``uses_up`` says that a move needs a case that was not moved before.
    """

    prepare: Callable[[str, Path, int], list[str]]
    connect: Callable[[str, Path], Way]
    uses_up: bool = False


def plain(url: str) -> str:
    """Return a URL as psycopg takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


# -- the floor: four statements by hand

TABLES = """
CREATE TABLE cases (id text PRIMARY KEY, number text, state text, version integer, seq integer, head bytea);
CREATE TABLE case_events (chain text REFERENCES cases, seq integer, leaf bytea, data bytea, PRIMARY KEY (chain, seq));
CREATE TABLE outbox (id text PRIMARY KEY, chain text, body text);
"""


def three_tables(url: str, _: Path, cases: int) -> list[str]:
    """Make the tables of the floor; other ways that keep no tables of their own use them too."""
    ids = [secrets.token_hex(16) for _ in range(cases)]
    with psycopg.connect(plain(url)) as link:
        link.execute(TABLES)
        with link.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO cases VALUES (%s, %s, %s, 1, 0, '')",
                [(case, f"R-{number}", STATES[0]) for number, case in enumerate(ids)],
            )
    return ids


class ByHand:
    """Read for update, update, insert the event, insert the message, commit: one statement after the other."""

    def __init__(self, url: str, _: Path) -> None:
        self.link = psycopg.connect(plain(url))

    def move(self, case: str) -> None:
        run = self.link.execute
        row = run("SELECT state, version, seq, head FROM cases WHERE id = %s FOR UPDATE", (case,)).fetchone()
        state, version, seq, head = row or ("", 0, 0, b"")
        to = STATES[state == STATES[0]]
        data = event_bytes(case, seq + 1, head, state, to)
        leaf = leaf_hash(data)
        run(
            "UPDATE cases SET state = %s, version = %s, seq = %s, head = %s WHERE id = %s AND version = %s",
            (to, version + 1, seq + 1, leaf, case, version),
        )
        run("INSERT INTO case_events (chain, seq, leaf, data) VALUES (%s, %s, %s, %s)", (case, seq + 1, leaf, data))
        run("INSERT INTO outbox (id, chain, body) VALUES (%s, %s, %s)", (secrets.token_hex(16), case, "moved"))
        self.link.commit()


# -- this engine


def a_caseload(url: str, folder: Path, cases: int) -> list[str]:
    """Import recommendations that wait for an answer."""
    settings = settings_of(folder / "engine").model_copy(update={"database_url": url})
    app = initialise(settings, sandbox=True)
    import_rows(app.office, [a_row(n, date(2026, 2, 2)) for n in range(cases)], CLERK, AT)
    with app.office.open_work() as work:
        ids = [str(row["id"]) for row in work.rows("cases")]
    app.close()
    return ids


class ByEngine:
    """The public use case, as the pages call it: who may act, sight, guards, the machine, clocks, the event, the log."""

    def __init__(self, url: str, folder: Path) -> None:
        self.app = build_for_life(settings_of(folder / "engine").model_copy(update={"database_url": url}))

    def move(self, case: str) -> object:
        return act(self.app.office, DoAct(case, "acknowledge", CLERK, AT))


# -- SQLAlchemy's ORM, for the ways that keep their state in a row


def moved(session: Session, row: CaseRow, to: str) -> None:
    """Write what a move leaves behind, once its machine has let it pass."""
    data = event_bytes(row.id, row.seq + 1, row.head, row.state, to)
    row.state, row.seq, row.head = to, row.seq + 1, leaf_hash(data)  # the version counts itself
    session.add(EventRow(chain=row.id, seq=row.seq, leaf=row.head, data=data))
    session.add(OutboxRow(id=secrets.token_hex(16), chain=row.id, body="moved"))


class ByStateMachine:
    """python-statemachine with SQLAlchemy's ORM: a machine for the row that was read, and a unit of work."""

    def __init__(self, url: str, _: Path) -> None:
        from statemachine import State, StateMachine

        class Machine(StateMachine):
            acknowledged = State(initial=True)
            replied = State()
            record_reply = acknowledged.to(replied)
            find_insufficient = replied.to(acknowledged)

        self.machine, self.engine = Machine, create_engine(url)

    def move(self, case: str) -> None:
        with Session(self.engine) as session:
            row = session.scalars(select(CaseRow).where(CaseRow.id == case).with_for_update()).one()
            machine = self.machine(start_value=row.state)
            machine.send("record_reply" if row.state == STATES[0] else "find_insufficient")
            moved(session, row, machine.current_state.id)
            session.commit()


class BySpiff:
    """SpiffWorkflow: the workflow of a case is read from its JSON, goes one step, and is saved as JSON."""

    def __init__(self, url: str, _: Path) -> None:
        from SpiffWorkflow.serializer.json import JSONSerializer

        self.link, self.serializer = psycopg.connect(plain(url)), JSONSerializer()

    def move(self, case: str) -> None:
        from SpiffWorkflow.workflow import Workflow

        run = self.link.execute
        row = run("SELECT state, seq, head, number FROM cases WHERE id = %s FOR UPDATE", (case,)).fetchone()
        state, seq, head, saved = row or ("", 0, b"", "")
        workflow: Any = Workflow.deserialize(self.serializer, saved)
        workflow.run_next()
        to = STATES[state == STATES[0]]
        data = event_bytes(case, seq + 1, head, state, to)
        leaf = leaf_hash(data)
        run(
            "UPDATE cases SET state = %s, version = version + 1, seq = %s, head = %s, number = %s WHERE id = %s",
            (to, seq + 1, leaf, workflow.serialize(self.serializer), case),
        )
        run("INSERT INTO case_events (chain, seq, leaf, data) VALUES (%s, %s, %s, %s)", (case, seq + 1, leaf, data))
        run("INSERT INTO outbox (id, chain, body) VALUES (%s, %s, %s)", (secrets.token_hex(16), case, "moved"))
        self.link.commit()


def workflows(url: str, folder: Path, cases: int) -> list[str]:
    """Save the workflow of every case as JSON, before its first step."""
    from SpiffWorkflow.serializer.json import JSONSerializer
    from SpiffWorkflow.specs.Simple import Simple
    from SpiffWorkflow.specs.StartTask import StartTask
    from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
    from SpiffWorkflow.workflow import Workflow

    spec = WorkflowSpec(name="recommendation", addstart=True)
    last: Any = spec.start if spec.start is not None else StartTask(spec)
    for number in range(4):
        following = Simple(spec, f"{STATES[number % 2]}_{number}")
        last.connect(following)
        last = following
    saved = Workflow(spec).serialize(JSONSerializer())
    ids = three_tables(url, folder, cases)
    with psycopg.connect(plain(url)) as link:
        link.execute("UPDATE cases SET number = %s", (saved,))
    return ids


# -- django-fsm-2 with django-fsm-log


def with_django(url: str) -> Any:
    """Set Django up over a database, once in a process, and return the model of a case."""
    import django
    from django.conf import settings

    parts = psycopg.conninfo.conninfo_to_dict(plain(url))
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_fsm", "django_fsm_log"],
            DATABASES={
                "default": {
                    "ENGINE": "django.db.backends.postgresql", "NAME": parts["dbname"], "USER": parts.get("user", ""),
                    "HOST": parts.get("host", ""), "PORT": parts.get("port", ""), "CONN_MAX_AGE": None,
                }
            },
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
        )  # fmt: skip
        django.setup()
    from django.apps import apps
    from django.db import models
    from django_fsm import FSMField, transition

    if "djangocase" in apps.all_models["contenttypes"]:
        return apps.all_models["contenttypes"]["djangocase"]

    class DjangoCase(models.Model):
        state = FSMField(default=STATES[0], protected=True)
        version = models.IntegerField(default=1)

        class Meta:
            app_label = "contenttypes"

        def __str__(self) -> str:
            return str(self.pk)

        @transition(field=state, source=STATES[0], target=STATES[1])  # type: ignore[untyped-decorator]
        def record_reply(self) -> None: ...

        @transition(field=state, source=STATES[1], target=STATES[0])  # type: ignore[untyped-decorator]
        def find_insufficient(self) -> None: ...

    return DjangoCase


def django_tables(url: str, _: Path, cases: int) -> list[str]:
    """Let Django make its tables, and fill them."""
    model = with_django(url)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(model)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE outbox (id text PRIMARY KEY, chain text, body text)")
    model.objects.bulk_create([model() for _ in range(cases)])
    return [str(key) for key in model.objects.values_list("pk", flat=True)]


class ByDjango:
    """django-fsm-2 writes the state, django-fsm-log the line of history, in one atomic block; the message beside them."""

    def __init__(self, url: str, _: Path) -> None:
        self.model = with_django(url)

    def move(self, case: str) -> None:
        from django.db import connection, transaction

        with transaction.atomic():
            row = self.model.objects.select_for_update().get(pk=case)
            (row.record_reply if row.state == STATES[0] else row.find_insufficient)()
            row.version += 1
            row.save()
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO outbox VALUES (%s, %s, %s)", (secrets.token_hex(16), case, "moved"))


# -- eventsourcing


class ByEventsourcing:
    """eventsourcing: the aggregate is rebuilt from its events, triggers one, and is saved; its log is its outbox."""

    def __init__(self, url: str, _: Path) -> None:
        self.application = an_application(url)

    def move(self, case: str) -> None:
        from uuid import UUID

        aggregate = self.application.repository.get(UUID(case))
        aggregate.move(STATES[aggregate.state == STATES[0]])
        self.application.save(aggregate)


def an_application(url: str) -> Any:
    """Return the application of eventsourcing over a database."""
    from peer_aggregate import Cases

    parts = psycopg.conninfo.conninfo_to_dict(plain(url))
    return Cases(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_DBNAME": str(parts["dbname"]),
            "POSTGRES_HOST": str(parts.get("host", "")), "POSTGRES_PORT": str(parts.get("port", "5432")),
            "POSTGRES_USER": str(parts.get("user", "")), "POSTGRES_PASSWORD": "none", "POSTGRES_POOL_SIZE": "1",
            "POSTGRES_MAX_OVERFLOW": "1", "POSTGRES_SCHEMA": "public",
        }
    )  # fmt: skip


def aggregates(url: str, _: Path, cases: int) -> list[str]:
    """Let the application add so many cases."""
    application = an_application(url)
    ids = [application.add(f"R-{number}") for number in range(cases)]
    application.close()
    return ids


PEERS: Mapping[str, Peer] = {
    "floor": Peer(three_tables, ByHand),
    "engine": Peer(a_caseload, ByEngine, uses_up=True),
    "eventsourcing": Peer(aggregates, ByEventsourcing),
    "SpiffWorkflow": Peer(workflows, BySpiff, uses_up=True),
    "django-fsm-log": Peer(django_tables, ByDjango),
    "python-statemachine": Peer(three_tables, ByStateMachine),
}
