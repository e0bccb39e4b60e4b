"""The log of a SQLite database folded into its file and cut to nothing, so that it keeps no older bytes."""

from npm_cases.persistence.database import Database


def truncate_log(database: Database) -> bool:
    """Fold the log in and cut it; says whether it was done, which a reader at that moment prevents.

    A PostgreSQL server keeps its own log by its own retention: there is nothing to cut.
    """
    if not database.is_sqlite:
        return True
    fairy = database.engine.raw_connection()
    try:
        cursor = fairy.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
        return row is not None and row[0] == 0
    except database.driver_error:
        return False
    finally:
        fairy.close()
