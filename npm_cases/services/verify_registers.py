"""The registers held against the office's chain, and what belongs to no chain: numbers given, answers kept, the log's name."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from npm_cases.history.event import OFFICE, read
from npm_cases.proving.verdict import Finding
from npm_cases.services.committed import LASTING, committed
from npm_cases.services.ports import Office
from npm_cases.services.reading import Reader
from npm_cases.services.replay_registers import COUNTS, Batch, Entered, Key, Raised, Registers
from npm_cases.services.replayed import Mark, found_at
from npm_cases.services.verify_policy import policy_differs

Row = Mapping[str, Any]
NOWHERE = Mark(0, None)
NOBODY = ""
_KEYS = {"holders": ("post", "valid_from", "region"), "accounts": ("user",)}
_NAMES = {
    "bodies": "body", "places": "place", "visits": "visit", "holders": "holder", "users": "user",
    "accounts": "account", "api_tokens": "API token", "absences": "absence",
}  # fmt: skip
ALWAYS_COMMITTED = frozenset({"accounts", "api_tokens", "absences"})
"""Registers younger than the commitments: an event that makes none makes no row of theirs."""
_ENDS = {"users": "disabled_at", "api_tokens": "ended_at", "absences": "ended_at"}
# Members of a batch that no import fills in.
_NEVER_FILLED = ("file_digest", "format", "encoding")


@dataclass
class Numbering:
    """Counts the numbers cases were born with, by series: a case that vanished whole leaves a gap."""

    given: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_unsure: bool = False

    def take(self, number: str) -> None:
        """Take the number of a case whose birth holds."""
        series, _, text = number.rpartition("-")
        if series and text.isdecimal():
            count, most = self.given.get(series, (0, 0))
            self.given[series] = (count + 1, max(most, int(text)))

    def wrong(self, reader: Reader) -> Iterator[str]:
        """Say which series do not come out even."""
        if self.is_unsure:
            return
        missing = dict(self.given)
        for row in reader.register("case_numbers"):
            count, most = missing.pop(row["series"], (0, 0))
            if row["last"] != most:
                yield f"the series {row['series']} has given numbers up to {row['last']}, the histories go up to {most}"
            elif count != most:
                yield f"of the series {row['series']} {most - count} of {most} numbers belong to no history"
        for series in sorted(missing):
            yield f"the series {series} is not in the table of numbers"


def registers_differ(office: Office, registers: Registers, reader: Reader) -> Iterator[Finding]:
    """List every row of a register that is not what the office's events made, and every one that is missing."""
    for register in LASTING:
        yield from _register(register, dict(registers.of(register)), reader)
    yield from _incidents(dict(registers.incidents), reader)
    yield from _batches(dict(registers.batches), reader)
    yield from policy_differs(registers, reader)
    for row in reader.register("meta"):
        if row["name"] == "origin" and row["value"] != office.origin:
            yield found_at("", NOWHERE, f"the log is called {row['value']}, its events say {office.origin}")
    if not any(row["name"] == "origin" for row in reader.register("meta")):
        yield found_at("", NOWHERE, "the name of the log is gone from the table meta")
    if any(True for _ in reader.register("case_keys")):
        yield found_at("", NOWHERE, "a key of a case lies among the cases: keys lie in the key store alone")


def uncommitted(registers: Registers) -> dict[str, int]:
    """Count, by register, the rows the history does not commit to: they were entered before it did."""
    counts = {name: sum(not one.row for one in registers.of(name).values()) for name in LASTING}
    return {name: count for name, count in counts.items() if count}


def _register(register: str, missing: dict[Key, Entered], reader: Reader) -> Iterator[Finding]:
    for row in reader.register(register):
        key = tuple(row[name] for name in _KEYS.get(register, ("id",)))
        mine = f"the {_NAMES[register]} {' '.join(filter(None, key))}"
        if register == "accounts" and row["user"] == NOBODY:
            yield from (found_at(OFFICE, NOWHERE, what) for what in _nobody(row))
            continue
        if key not in missing and not row["blind"]:
            key = (*key[:2], "")  # of a time when the event did not name the region of a holder
        said = missing.pop(key, None)
        if said is None:
            yield found_at(OFFICE, NOWHERE, f"{mine} was entered by no event")
            continue
        yield from (found_at(OFFICE, said.mark, f"{mine}: {what}") for what in _row(register, said, row))
    for key, said in missing.items():
        mine = f"the {_NAMES[register]} {' '.join(filter(None, key))}"
        yield found_at(OFFICE, said.mark, f"{mine} is not in the table of {register}")


def _row(register: str, said: Entered, row: Row) -> Iterator[str]:
    if not said.row and register in ALWAYS_COMMITTED:
        yield "its event commits to nothing"
    elif not said.row and row["blind"]:
        yield "random bytes of a commitment lie beside it, but its event makes none"
    elif said.row and committed(register, row) != said.row:
        yield "it is not the row its event commits to"
    if register == "holders" and row["valid_to"] != said.valid_to and (said.row or said.valid_to):
        yield f"valid_to is {row['valid_to'] or 'empty'}, its history says {said.valid_to or 'nothing of an end'}"
    if (end := _ENDS.get(register)) and row[end] != said.ended_at:
        if not said.ended_at:
            yield f"{end} is {row[end]}, and no event says so"
        else:
            yield f"{end} is {row[end] or 'empty'}, its history says {said.ended_at}"


def _nobody(row: Row) -> Iterator[str]:
    """The row that counts tries under unknown names is no account, and opens nothing."""
    if any(row[name] for name in (*LASTING["accounts"], "blind", "last_step")):
        yield "the account of nobody, which only counts tries under unknown names, was made into one that opens"


def _incidents(missing: dict[str, Raised], reader: Reader) -> Iterator[Finding]:
    for row in reader.register("incidents"):
        mine, said = f"the incident {row['id']}", missing.pop(row["id"], None)
        if said is None:
            yield found_at(OFFICE, NOWHERE, f"{mine} was raised by no event")
            continue
        for name in ("kind", "at", "closed_at", "closed_by"):
            if row[name] != getattr(said, name):
                what = f"{mine}: {name} is {row[name]!r}, its history says {getattr(said, name)!r}"
                yield found_at(OFFICE, said.mark, what)
    for name, said in missing.items():
        yield found_at(OFFICE, said.mark, f"the incident {name} is not in the table of incidents")


def _batches(missing: dict[str, Batch], reader: Reader) -> Iterator[Finding]:
    for row in reader.register("import_batches"):
        mine, said = f"the import {row['id']}", missing.pop(row["id"], None)
        if said is None:
            yield found_at(OFFICE, NOWHERE, f"{mine} was finished by no event")
            continue
        expected: dict[str, Any] = {"started_at": said.at, "finished_at": said.at, **dict.fromkeys(_NEVER_FILLED, "")}
        expected |= {name: said.counts[name] for name in COUNTS}
        for name, value in expected.items():
            if row[name] != value:
                yield found_at(OFFICE, said.mark, f"{mine}: {name} is {row[name]!r}, its history says {value!r}")
    for name, said in missing.items():
        yield found_at(OFFICE, said.mark, f"the import {name} is not in the table of imports")


def answers_differ(reader: Reader) -> Iterator[Finding]:
    """List every kept answer whose receipt is not in the history, or is of an act by somebody else."""
    for row in reader.register("commands"):
        mine = f"the answer kept under {row['idem']}"
        try:
            receipt = json.loads(row["answer"])["receipt"]
            chain, seq, leaf = str(receipt["case"]), int(receipt["seq"]), str(receipt["leaf"])
        except (ValueError, KeyError, TypeError):
            yield found_at("", NOWHERE, f"{mine} cannot be read")
            continue
        stored = reader.event(chain, seq)
        if stored is None or stored.leaf.hex() != leaf:
            yield found_at(chain, Mark(seq, None), f"{mine} has a receipt for an event that is not there")
            continue
        mark = Mark(seq, stored.index)
        yield from (found_at(chain, mark, f"{mine} {what}") for what in _answered(row, stored.data))


def _answered(row: Row, data: bytes) -> Iterator[str]:
    try:
        event = read(data)
    except (ValueError, TypeError):  # what is wrong with the event is said of its chain
        return
    if row["user"] not in {event.actor, event.approved_by} or not row["user"]:
        yield f"is for {row['user']}, its event says {event.actor}"
    if event.idem and event.idem != row["idem"]:
        yield "belongs to another event"
