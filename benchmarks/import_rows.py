"""Goal P12: importing a generated file in the UPR format on SQLite, with every check and the whole history.

    python benchmarks/import_rows.py [--rows 40000] [--rounds 3]

Each round starts from an empty installation: read the file, check each row, make the case, its obligations with
their derivations, its events and log entries, commit every 500 rows. A floor runs beside it in the same round: the
very rows that were written, inserted from memory by raw ``executemany`` in batches of 500. Exits with 0 whether the goal is
reached or missed.
"""

import argparse
import csv
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from build import CLERK, opened, settings_of
from measured import machine, told

from npm_cases.bootstrap import initialise
from npm_cases.importers import read_rows
from npm_cases.importers.upr import HEADER
from npm_cases.persistence.database import PRAGMAS
from npm_cases.services.import_rows import BATCH_ROWS, import_rows

AT = "2024-09-02T04:00:00.000000Z"
RESPONSES = ("Accepted", "Accepted", "Accepted", "Noted", "")
THEMES = ("Detention", "Torture and other CID treatment", "NHRI", "Justice", "Women's rights", "Rights of the Child")
TABLES = ("cases", "case_events", "log_entries", "obligations", "rungs_taken", "import_rows", "bodies")


def main() -> int:
    """Print rows a second, processor time a row, and the ratio to the floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = Path(name)
        path = folder / "rows.csv"
        write_file(path, options.rows)
        rates, ratios = [], []
        for number in range(options.rounds):
            wall, processor = imported(folder / str(number), path, options.rows)
            floor = inserted_again(folder / str(number) / "cases.db", folder / f"floor-{number}")
            rates.append(options.rows / wall)
            ratios.append(wall / floor)
            print(
                f"round {number + 1}: {options.rows / wall:.0f} rows/s, {processor / options.rows * 1e6:.0f} us of processor "
                f"a row; the same rows from memory by raw SQL {options.rows / floor:.0f} rows/s"
            )
    print(f"times as long as the raw inserts alone: {statistics.median(ratios):.2f}")
    told("P12", f"rows a second, of {options.rows}", statistics.median(rates), at_least=3_000)
    return 0


def write_file(path: Path, rows: int) -> None:
    """Write a synthetic file: invented States, themes as published ones have them."""
    chance = random.Random(2)  # noqa: S311 - the same file in every run
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            text = f"Ensure that every place of detention is visited and that finding {number} is answered in writing"
            issues = ",".join(chance.sample(THEMES, 2))
            writer.writerow((
                f"Synthetica {chance.randrange(190)}", "Asia", "OIC, CIS", text, f"Examplia {chance.randrange(190)}", "EEG",
                "EU", chance.choice(RESPONSES), chance.randrange(1, 6), issues, chance.randrange(14, 21),
            ))  # fmt: skip


def imported(folder: Path, path: Path, rows: int) -> tuple[float, float]:
    """Import the file into an empty installation; return the seconds by the clock and of the processor."""
    initialise(settings_of(folder), sandbox=True).close()
    app = opened(folder)
    wall, processor = time.perf_counter(), time.process_time()
    report = import_rows(app.office, read_rows(path, "upr"), CLERK, AT)
    took = time.perf_counter() - wall, time.process_time() - processor
    app.close()
    if report.new != rows:
        raise SystemExit(f"{rows - report.new} rows were not imported: {report.refusals[:3]}")
    return took


def inserted_again(source: Path, folder: Path) -> float:
    """Insert the rows of an import into an empty installation by raw SQL; return the seconds."""
    initialise(settings_of(folder), sandbox=True).close()
    with closing(sqlite3.connect(source)) as link:
        rows = {table: link.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608
    with closing(sqlite3.connect(folder / "cases.db", isolation_level=None)) as link:
        for name, wanted in PRAGMAS.items():
            link.execute(f"PRAGMA {name}={wanted}")
        batches = -(-len(rows["cases"]) // BATCH_ROWS)
        began = time.perf_counter()
        for number in range(batches):
            link.execute("BEGIN IMMEDIATE")
            for table, found in rows.items():
                part = found[len(found) * number // batches : len(found) * (number + 1) // batches]
                if part:
                    link.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(part[0]))})", part)  # noqa: S608
            link.execute("COMMIT")
        return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
