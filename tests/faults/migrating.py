"""A migration that dies at its N-th statement: ``python -m tests.faults.migrating DATABASE_URL TO N`` (0: it does not die).

Prints how many statements it ran.
"""

import os
import signal
import sys
from itertools import count

from sqlalchemy import event

from npm_cases.persistence.database import Database
from npm_cases.persistence.migrate import migrate


def main(url: str, to: str, fatal: str) -> None:
    database, statements = Database(url), count(1)
    ran = [0]

    def before(*_: object) -> None:
        ran[0] = next(statements)
        if ran[0] == int(fatal):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", before)
    migrate(database, to)
    database.close()
    sys.stdout.write(f"{ran[0]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
