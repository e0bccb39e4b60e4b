"""Goal P6: the peak memory of sweep, verification, export, offline verification and import at two sizes.

    python benchmarks/memory.py [--small 10000] [--large 100000]

The goal is measured at ``--large 1000000`` (about 7 GB on disk, half an hour); the default shows the same in two
minutes. Each job runs in a process of its own; half of the cases are due. ``--only`` runs some of them. Exits with 0
whether a goal is reached or missed, with 1 when a job fails.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from build import CLERK, SWEPT_AT, an_installation, opened, settings_of
from import_rows import AT, write_file
from measured import machine, told

from npm_cases.bootstrap import App
from npm_cases.domain.records import Actor

AUDITOR = Actor("synthetic-auditor", frozenset({"auditor"}))

JOBS = ("sweep", "verify", "export", "check", "import")
MEGABYTE = 1024


def main() -> int:
    """Print the peaks at both sizes and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--only", choices=JOBS, action="append", help="measure this job; repeat it")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)  # what a child does
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        print(json.dumps({"done": run(options.job, options.folder), "peak": peak()}))
        return 0
    print(machine())
    peaks = {job: [measured(job, size) for size in (options.small, options.large)] for job in options.only or JOBS}
    for job, (small, large) in peaks.items():
        print(f"{job:>8}: {small:.0f} MB at {options.small}, {large:.0f} MB at {options.large}")
        told("P6", f"{job}, peak at {options.large} to {options.small}", large / small, at_most=1.1)
        told("P6", f"{job}, MB at {options.large}", large, at_most=150)
    return 0


def measured(job: str, size: int) -> float:
    """Prepare what a job needs, run it in a child, and return its peak in MB."""
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = Path(name)
        if job == "import":
            write_file(folder / "rows.csv", size)
        else:
            an_installation(folder, size, size // 2)
        if job == "check":
            subprocess.run([sys.executable, __file__, "--job", "export", "--folder", str(folder)], check=True)
        child = subprocess.run(
            [sys.executable, __file__, "--job", job, "--folder", str(folder)],
            check=True,
            capture_output=True,
            text=True,
        )
        answer = json.loads(child.stdout)
        print(f"{job} at {size}: {answer['done']} done")
        return float(answer["peak"]) / MEGABYTE


def run(job: str, folder: Path) -> int:
    """Do one job and return how many things it did."""
    if job == "import":
        return imported(folder)
    if job == "check":
        return checked(folder)
    app = opened(folder)
    if job == "export":
        return exported(app, folder)
    if job == "verify":
        from npm_cases.services.verify import verify

        with app.reader as reader:
            found = verify(app.office, reader, SWEPT_AT)
        if found.findings:
            raise SystemExit(f"the history does not verify: {found.findings[:3]}")
        return found.events
    from npm_cases.services.sweep import sweep

    return sweep(app.office, SWEPT_AT).taken


def exported(app: App, folder: Path) -> int:
    """Export the whole log into the folder."""
    from npm_cases.services.bundle import Export, export

    with (folder / "log.zip").open("wb") as to:
        wanted = Export(AUDITOR, SWEPT_AT)
        return export(app.office, lambda: app.reader, app.sequence, lambda: app.checkpoint(SWEPT_AT), wanted, to)


def checked(folder: Path) -> int:
    """Verify the export of the folder as an outsider does."""
    from npm_cases.proving.trust import Trust
    from npm_cases.proving.verifier import verify

    found = verify(folder / "log.zip", Trust())
    if found.findings:
        raise SystemExit(f"the export does not verify: {found.findings[:3]}")
    return found.events


def imported(folder: Path) -> int:
    """Import the file that lies in the folder."""
    from npm_cases.bootstrap import initialise
    from npm_cases.importers import read_rows
    from npm_cases.services.import_rows import import_rows

    initialise(settings_of(folder), sandbox=True).close()
    return import_rows(opened(folder).office, read_rows(folder / "rows.csv", "upr"), CLERK, AT).new


def peak() -> int:
    """Return the peak resident set of this process in KiB, since it became this program.

    Not ``getrusage``: a child inherits that figure from the parent that forked it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    sys.exit(main())
