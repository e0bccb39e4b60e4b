"""The triggers that keep the history append-only on both databases, by the revision that makes them.

They stop accidents and the application; a person with the file or the owner's password is caught by outside
checkpoints only (AUDIT T2, T4).
"""

from collections.abc import Iterator

FIRST_ON_SQLITE = {
    "case_events_no_update": (
        "CREATE TRIGGER case_events_no_update BEFORE UPDATE ON case_events "
        "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
    ),
    "case_events_no_delete": (
        "CREATE TRIGGER case_events_no_delete BEFORE DELETE ON case_events "
        "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
    ),
    "case_events_in_order": (
        "CREATE TRIGGER case_events_in_order BEFORE INSERT ON case_events BEGIN "
        "SELECT RAISE(ABORT, 'history goes on from its last event') WHERE "
        "EXISTS (SELECT 1 FROM case_events WHERE chain = NEW.chain AND seq = NEW.seq) OR "
        "(NEW.seq = 1 AND NEW.prev <> x'') OR (NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM case_events "
        "WHERE chain = NEW.chain AND seq = NEW.seq - 1 AND leaf = NEW.prev)) OR NEW.seq < 1; END"
    ),
    "log_entries_no_update": (
        "CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
    ),
    "log_entries_no_delete": (
        "CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
    ),
    "log_entries_in_order": (
        "CREATE TRIGGER log_entries_in_order BEFORE INSERT ON log_entries BEGIN "
        "SELECT RAISE(ABORT, 'the log goes on from its last entry') WHERE NEW.idx <> "
        "COALESCE((SELECT MAX(idx) FROM log_entries), -1) + 1; END"
    ),
}

FIRST_ON_POSTGRESQL = {
    "history_append_only()": (
        "CREATE FUNCTION history_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'history is append-only'; END $$"
    ),
    "case_events_in_order()": (
        "CREATE FUNCTION case_events_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.seq < 1 OR (NEW.seq = 1 AND NEW.prev <> ''::bytea) OR (NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM "
        "case_events WHERE chain = NEW.chain AND seq = NEW.seq - 1 AND leaf = NEW.prev)) "
        "THEN RAISE EXCEPTION 'history goes on from its last event'; END IF; RETURN NEW; END $$"
    ),
    "log_entries_in_order()": (
        "CREATE FUNCTION log_entries_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.idx <> COALESCE((SELECT MAX(idx) FROM log_entries), -1) + 1 "
        "THEN RAISE EXCEPTION 'the log goes on from its last entry'; END IF; RETURN NEW; END $$"
    ),
    "case_events_in_order": (
        "CREATE TRIGGER case_events_in_order BEFORE INSERT ON case_events FOR EACH ROW "
        "EXECUTE FUNCTION case_events_in_order()"
    ),
    "case_events_append_only": (
        "CREATE TRIGGER case_events_append_only BEFORE UPDATE OR DELETE ON case_events FOR EACH ROW "
        "EXECUTE FUNCTION history_append_only()"
    ),
    "case_events_no_truncate": (
        "CREATE TRIGGER case_events_no_truncate BEFORE TRUNCATE ON case_events FOR EACH STATEMENT "
        "EXECUTE FUNCTION history_append_only()"
    ),
    "log_entries_in_order": (
        "CREATE TRIGGER log_entries_in_order BEFORE INSERT ON log_entries FOR EACH ROW "
        "EXECUTE FUNCTION log_entries_in_order()"
    ),
    "log_entries_append_only": (
        "CREATE TRIGGER log_entries_append_only BEFORE UPDATE OR DELETE ON log_entries FOR EACH ROW "
        "EXECUTE FUNCTION history_append_only()"
    ),
    "log_entries_no_truncate": (
        "CREATE TRIGGER log_entries_no_truncate BEFORE TRUNCATE ON log_entries FOR EACH STATEMENT "
        "EXECUTE FUNCTION history_append_only()"
    ),
}

_ORDER = {
    "tree_nodes": (
        "NEW.idx <> COALESCE((SELECT MAX(idx) FROM tree_nodes WHERE level = NEW.level), -1) + 1",
        "the tree goes on from its last node",
    ),
    "checkpoints": (
        (
            "NEW.number <> COALESCE((SELECT MAX(number) FROM checkpoints), 0) + 1 "
            "OR NEW.size < COALESCE((SELECT MAX(size) FROM checkpoints), 0) "
            "OR NEW.size > COALESCE((SELECT MAX(idx) FROM log_entries), -1) + 1"
        ),
        "checkpoints go on from the last one",
    ),
}
"""What must not hold of a new row, and what is said of one of which it does."""
_PROOF_TABLES = ("tree_nodes", "checkpoints", "cosignatures")
_ON_POSTGRESQL = (("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT"))


def _proofs_on_sqlite() -> Iterator[tuple[str, str]]:
    for table in _PROOF_TABLES:
        for act in ("update", "delete"):
            name = f"{table}_no_{act}"
            refusal = f"RAISE(ABORT, '{table} is append-only')"
            yield name, f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} BEGIN SELECT {refusal}; END"
    for table, (wrong, what) in _ORDER.items():
        name = f"{table}_in_order"
        refusal = f"SELECT RAISE(ABORT, '{what}') WHERE {wrong}"
        yield name, f"CREATE TRIGGER {name} BEFORE INSERT ON {table} BEGIN {refusal}; END"


def _proofs_on_postgresql() -> Iterator[tuple[str, str]]:
    for table, (wrong, what) in _ORDER.items():
        name = f"{table}_in_order"
        body = f"BEGIN IF {wrong} THEN RAISE EXCEPTION '{what}'; END IF; RETURN NEW; END"
        yield f"{name}()", f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        yield name, f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    for table in _PROOF_TABLES:
        for kind, when, each in _ON_POSTGRESQL:
            run = f"FOR EACH {each} EXECUTE FUNCTION history_append_only()"
            yield f"{table}_{kind}", f"CREATE TRIGGER {table}_{kind} BEFORE {when} ON {table} {run}"


PROOFS_ON_SQLITE = dict(_proofs_on_sqlite())
PROOFS_ON_POSTGRESQL = dict(_proofs_on_postgresql())

SQLITE = FIRST_ON_SQLITE | PROOFS_ON_SQLITE
POSTGRESQL = FIRST_ON_POSTGRESQL | PROOFS_ON_POSTGRESQL
"""In the order they are made; a name with brackets is a function the triggers after it run. One statement each, because
the driver takes several only without parameters."""
