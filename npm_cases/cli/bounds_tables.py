"""Print how long the Ombudsman can be kept waiting under each pack that comes with the program.

``python -m npm_cases.cli.bounds_tables docs/tables`` writes one file for each pack; `make tables` does it.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from npm_cases.packs.known import load_pack, pack_names
from npm_cases.services.policy_check import bounds_as_markdown, check_policy


def write_bounds(folder: Path, on: date) -> None:
    """Write the bounds of every pack into a folder, each into a file of its own."""
    for name in pack_names():
        text = bounds_as_markdown(check_policy(load_pack(name), on))
        (folder / f"bounds_{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_bounds(Path(sys.argv[1]), datetime.now(UTC).date())
