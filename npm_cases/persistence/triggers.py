"""The triggers that keep the history append-only on both databases, as revision 0001 makes them.

They stop accidents and the application; a person with the file or the owner's password is caught by outside
checkpoints only (AUDIT T2, T4).
"""

SQLITE = {
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

POSTGRESQL = {
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
"""In the order they are made; a name with brackets is a function the triggers after it run. One statement each, because
the driver takes several only without parameters."""
