"""Goal P11: how long a command takes that needs no Prefect, and what Prefect adds to a sweep.

    python benchmarks/start_up.py [--rounds 9] [--prefect]

Each command runs in a process of its own, beside ``python -c "import sqlalchemy, pydantic_settings, typer"``, in turn; a
ratio is the median over the rounds. No command may have imported Prefect. With ``--prefect`` (about a minute) the same sweep
of 3,000 due rungs is made as a flow run and called directly; the start of the temporary server is told and
not counted. Exits with 0 whether a goal is reached or missed, with 1 when a command fails.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from build import SWEPT_AT, a_row, an_installation, opened, settings_of
from measured import clocked, machine, told

from npm_cases.bootstrap import initialise
from npm_cases.services.import_rows import import_rows

IMPORTS = (sys.executable, "-c", "import sqlalchemy, pydantic_settings, typer")
CLI = "import sys; from npm_cases.cli import main; sys.argv[0] = 'npm-cases'; main()"
IS_LIGHT = (
    "import sys, atexit; atexit.register(lambda: 'prefect' in sys.modules and sys.stderr.write('PREFECT WAS IMPORTED')); "
    + CLI
)
COMMANDS = {
    "--help": ("--help",),
    "machine permitted": (
        "machine",
        "permitted",
        "recommendation",
        "--state",
        "served",
        "--role",
        "caseworker",
        "--json",
    ),
    "deadline": ("deadline", "--from", "2026-03-12", "--rule", "ombudsman_reply", "--json"),
    "case list": ("case", "list", "--json"),
    "tick": ("tick", "--now", "2026-03-02T12:00:00+05:00", "--json"),
}
DUE = 3_000
EXTRA_SECONDS = 3.0


def main() -> int:
    """Print the ratios, and the seconds Prefect adds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--prefect", action="store_true")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="npm-cases-") as name:
        folder = Path(name)
        a_sandbox(folder / "small")
        times = measure(folder / "small", options.rounds)
        for command in COMMANDS:
            ratio = statistics.median(ours / base for ours, base in zip(times[command], times["imports"], strict=True))
            print(
                f"{command}: {statistics.median(times[command]):.2f} s, the imports {statistics.median(times['imports']):.2f} s"
            )
            told("P11", f"{command}, times the imports alone", ratio, at_most=1.5)
        if options.prefect:
            through_prefect(folder / "flow")
    return 0


def a_sandbox(folder: Path) -> None:
    """Make a sandbox with a few dozen cases."""
    from datetime import date

    from build import CLERK, IMPORTED_AT

    initialise(settings_of(folder), sandbox=True).close()
    app = opened(folder)
    import_rows(app.office, [a_row(number, date(2026, 2, 2)) for number in range(40)], CLERK, IMPORTED_AT)
    app.close()


def measure(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Run every command and the imports in turn and return their seconds."""
    times: dict[str, list[float]] = {name: [] for name in ("imports", *COMMANDS)}
    for number in range(rounds + 1):
        seconds = {"imports": started(folder, IMPORTS)}
        for name, words in COMMANDS.items():
            seconds[name] = started(folder, (sys.executable, "-c", IS_LIGHT, *words))
        if number:  # the first round fills the caches of the machine
            for name, took in seconds.items():
                times[name].append(took)
    return times


def started(folder: Path, command: Sequence[str]) -> float:
    """Run a command to its end and return the seconds; stop with its words when it failed or imported Prefect."""
    surroundings = {**os.environ, "NPM_CASES_DATA_DIR": str(folder)}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode or "PREFECT WAS IMPORTED" in done.stderr:
        raise SystemExit(f"{' '.join(command[2:])}: {done.stderr}")
    return took


def through_prefect(folder: Path) -> None:
    """Sweep the same due set as a flow run and directly, on two copies, and tell the difference."""
    from npm_cases.services.watching import recorded_sweep

    for name in ("direct", "flow"):
        an_installation(folder / name, 2 * DUE, DUE)
    app = opened(folder / "direct")
    direct = clocked(lambda: recorded_sweep(app.office, SWEPT_AT, 1_000))
    app.close()
    os.environ["NPM_CASES_DATA_DIR"] = str(folder / "flow")
    from workflows.environment import prepare

    prepare(folder / "flow")
    from workflows.sweep_obligations import sweep_obligations

    first = clocked(
        lambda: sweep_obligations(as_of="2026-03-02T06:00:00.000000Z")
    )  # nothing is due yet: the server starts
    flow = clocked(lambda: sweep_obligations(as_of=SWEPT_AT))
    print(
        f"{DUE} rungs: directly {direct:.2f} s, as a flow run {flow:.2f} s; a first, empty run with the server's start {first:.1f} s"
    )
    told("P11", "seconds that Prefect adds to a sweep", flow - direct, at_most=EXTRA_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
