"""The rules and the calendar in force, and every text kept of them, held against the events that adopted them.

Where nothing was ever adopted, an installation goes on by what it was set up with, and no event says which that was.
"""

from collections.abc import Iterator

from npm_cases.history.event import OFFICE
from npm_cases.proving.verdict import Finding
from npm_cases.services.policy_kept import KINDS, calendar_of_region, digest_of
from npm_cases.services.reading import Reader
from npm_cases.services.replay_registers import Registers
from npm_cases.services.replayed import Mark, found_at

NOWHERE = Mark(0, None)


def policy_differs(registers: Registers, reader: Reader) -> Iterator[Finding]:
    """List what is in force although something else was adopted last, texts changed since, and adopted ones that are gone."""
    meta = {str(row["name"]): str(row["value"]) for row in reader.register("meta")}
    for what in KINDS:
        yield from _not_the_last(what, registers, meta)
        yield from _texts(what, registers, meta)


def _not_the_last(what: str, registers: Registers, meta: dict[str, str]) -> Iterator[Finding]:
    """Say which pack or calendar in force is not the one of its kind adopted last; a region's calendar is of a kind of its own."""
    for last in {one.of: one for one in registers.adopted.get(what, ())}.values():
        regional = calendar_of_region(last.of)
        found = meta.get(regional if regional in meta else what, "")
        if found != last.digest:
            said = f"the {what} in force is {found or 'none'}, but {last.version} was adopted last, {last.digest}"
            yield found_at(OFFICE, last.mark, said)


def _texts(what: str, registers: Registers, meta: dict[str, str]) -> Iterator[Finding]:
    marks = {one.digest: one.mark for one in registers.adopted.get(what, ())}
    kept = {name.partition(":")[2]: text for name, text in meta.items() if name.startswith(f"{what}:")}
    for digest, text in kept.items():
        if digest_of(text) != digest:
            said = f"the text of the {what} {digest} was changed: its digest is {digest_of(text)}"
            yield found_at(OFFICE, marks.get(digest, NOWHERE), said)
    named = ({meta[what]: NOWHERE} if what in meta else {}) | marks
    for digest in sorted(named.keys() - kept.keys()):
        yield found_at(OFFICE, named[digest], f"the text of the {what} {digest} is gone")
