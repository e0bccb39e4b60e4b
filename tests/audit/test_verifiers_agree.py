"""What a bundle holds is judged alike by the verification inside and by the verifier an auditor runs without us."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from npm_cases.persistence.reading import SqlReader
from npm_cases.proving.trust import Trust, log_key
from npm_cases.proving.verdict import Verdict
from npm_cases.proving.verifier import verify as verify_bundle
from npm_cases.services.bundle import SEALED, Export, _write
from tests.audit.bench import Bench
from tests.audit.cells import other_values, step
from tests.audit.made_history import ONE, after
from tests.audit.rich_history import live_richly

ROWS = 2
IN_A_BUNDLE = [
    ("case_events", "data"), ("cases", "number"), ("cases", "kind"), ("cases", "state"),
    ("cases", "escalation"), ("cases", "seq"), ("cases", "head"), ("chains", "seq"), ("chains", "head"),
    ("obligations", "derivation"), ("documents", "id"), ("documents", "chain"), ("sealed_texts", "ciphertext"),
    ("checkpoints", "note"),
]  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, Trust]]:
    folder = tmp_path_factory.mktemp("agree") / "history"
    outside = live_richly(folder)
    made = Bench(folder)
    yield made, Trust((log_key(outside.first_key),))
    made.close()


def exported(bench: Bench, trust: Trust, to: Path) -> Verdict:
    """Export the log as it now is, recording nothing, and let the offline verifier judge it."""
    with SqlReader(bench.app.database) as reader, to.open("wb") as file:
        _write(bench.app.office, reader, None, Export(ONE, after(399), text=SEALED), file)
    return verify_bundle(to, trust)


def test_both_find_the_untouched_history_whole(bench: tuple[Bench, Trust], tmp_path: Path) -> None:
    made, trust = bench
    inside, offline = made.verify(trust), exported(made, trust, tmp_path / "bundle.zip")
    assert (inside.findings, offline.findings) == ((), ())
    assert (inside.level, inside.covers) == (offline.level, offline.covers)


@pytest.mark.parametrize(("table", "column"), IN_A_BUNDLE)
def test_both_find_what_was_changed(bench: tuple[Bench, Trust], tmp_path: Path, table: str, column: str) -> None:
    made, trust = bench
    rows = made.rows[table]
    for row in rows[:: step(len(rows), ROWS)]:
        kind, value = next(other_values(table, column, row[column]))
        now = made.change(table, row, {column: value})
        inside = made.verify(trust).findings
        try:
            offline = [one.what for one in exported(made, trust, tmp_path / "bundle.zip").findings]
        except (KeyError, TypeError, ValueError) as wrong:  # a table that cannot be read cannot be exported either
            offline = [f"no bundle: {wrong}"]
        made.change(table, now, {column: row[column]})
        assert inside, f"{table}.{column} {kind}: not found inside"
        assert offline, f"{table}.{column} {kind}: not found in the bundle"
