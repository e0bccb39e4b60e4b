"""What a verification ends in: findings, the level reached, and what no verification can tell."""

from dataclasses import dataclass

LEVELS = (
    "self-consistent only: the entries agree with each other, and those of a log rewritten as a whole do too",
    "the entries agree with the checkpoints that come with them, signed by a key you gave",
    "the entries agree with at least one checkpoint you kept yourself",
    "the entries agree with a checkpoint you kept, and with that or a later one that enough of your witnesses signed",
)
LIMITS = (
    "What no log can show: an event that was never written; a false event entered by a real user; what was changed "
    "after the last checkpoint anybody outside has seen, unless somebody holds a receipt; and, below level 2, a log "
    "rewritten or rolled back as a whole by whoever holds its key."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: the chain (empty: the log), the event (0: none), its place in the log, and what."""

    case: str
    seq: int
    index: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Events read, findings, the level, how many entries of the log it covers (from index 0), and notes in words."""

    events: int
    findings: tuple[Finding, ...]
    level: int
    covers: int
    notes: tuple[str, ...]


def as_text(verdict: Verdict) -> str:
    """Tell a person; what came from the bundle is printed without control characters."""
    lines = [f"{verdict.events} events read, {len(verdict.findings)} findings."]
    lines += [_line(finding) for finding in verdict.findings]
    lines.append(f"Level {verdict.level}: {LEVELS[verdict.level]}.")
    lines.append(_covered(verdict))
    lines += [f"Note: {note}" for note in verdict.notes]
    return "\n".join(_printable(line) for line in [*lines, LIMITS]) + "\n"


def as_plain(verdict: Verdict) -> dict[str, object]:
    """Tell a program."""
    findings = [{"case": f.case, "seq": f.seq, "index": f.index, "what": f.what} for f in verdict.findings]
    return {
        "events": verdict.events, "findings": findings, "level": verdict.level, "covers": verdict.covers,
        "notes": list(verdict.notes),
    }  # fmt: skip


def _covered(verdict: Verdict) -> str:
    if not verdict.level:
        return "No entry is covered by more."
    told = f"This level covers the entries 0 to {verdict.covers - 1} of the log"
    return f"{told}, but for what the findings name." if verdict.findings else f"{told}."


def _line(finding: Finding) -> str:
    if not finding.case:
        return f"FINDING the log: {finding.what}"
    place = "" if finding.index is None else f" (entry {finding.index})"
    return f"FINDING {finding.case} event {finding.seq}{place}: {finding.what}"


def _printable(line: str) -> str:
    """Show characters that would move a cursor, hide text or fail to print by their number."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)
