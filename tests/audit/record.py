"""Record an installation as this release writes it: ``python -m tests.audit.record 0.1.0``.

The folder of a synthetic sandbox in which everything happened once is kept as a ZIP beside this file; later releases must read it
to the same state (FAULTS F78). What an earlier release wrote is never written anew.
"""

import sqlite3
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

from tests.audit.rich_history import live_richly

RECORDED = Path(__file__).parent / "recorded"
LEFT_OUT = ("prefect", "sink")


def main(release: str) -> None:
    target = RECORDED / f"{release}.zip"
    if target.exists():
        sys.exit(f"{target.name} is recorded already: an earlier release is never written anew")
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = Path(name) / "data"
        live_richly(folder)
        with closing(sqlite3.connect(folder / "cases.db")) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            link.execute("VACUUM")
        RECORDED.mkdir(exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for file in sorted(folder.rglob("*")):
                inside = file.relative_to(folder)
                if file.is_file() and inside.parts[0] not in LEFT_OUT and not file.name.endswith(("-wal", "-shm")):
                    archive.write(file, inside.as_posix())


if __name__ == "__main__":
    main(*sys.argv[1:])
