"""The second verifier: written from the text of the formats alone, to be held against the first.

It imports nothing of the application. Everything is read into memory, trees are the recursive definitions of RFC 6962,
and every check is a function that yields findings: (case, seq, index in the log, what is wrong). What an honest bundle
may show as well, or what this program does not recount, is a note.

Sources: the description of the bundle and of calendars in ``docs``; RFC 6962 section 2.1 and RFC 9162; RFC 8785; the
C2SP formats signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof; subtrees as in the Merkle tree certificates
draft.
"""

import calendar
import json
import re
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Members = dict[str, Any]
Finding = tuple[str, int, int | None, str]

# -- canonical JSON: RFC 8785 without floats, null and other than ASCII keys

LARGEST = 2**53


def _no_twins(pairs: list[tuple[str, Any]]) -> Members:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def _no_float(text: str) -> Any:
    raise ValueError(f"the number {text[:30]} is no integer")


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode(), object_pairs_hook=_no_twins)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _need_profile(value: Any) -> None:
    if value is None:
        raise ValueError("null has no place: the member is left out")
    if isinstance(value, int) and abs(value) >= LARGEST:
        raise ValueError("an integer is too large")
    if isinstance(value, dict):
        if not all(name.isascii() for name in value):
            raise ValueError("a member's name is not ASCII")
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        _need_profile(each)


def canonical_or_refuse(data: bytes) -> bytes:
    """Return JSON text in its canonical form; ValueError for text that is no JSON or lies outside the profile."""
    try:
        value = json.loads(data.decode(), object_pairs_hook=_no_twins, parse_float=_no_float, parse_constant=_no_float)
        _need_profile(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# -- the tree: each proof is rebuilt from its last hash to its first, as the definitions take it apart

EMPTY = sha256(b"").digest()


def leaf_of(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """MTH over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    middle = _split(len(leaves))
    return node_of(merkle_root(leaves[:middle]), merkle_root(leaves[middle:]))


def _last(proof: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
    if not proof:
        raise ValueError("the proof is too short")
    return proof[-1], proof[:-1]


def _rebuilt(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    if size == 1:
        if proof:
            raise ValueError("the proof is too long")
        return leaf
    middle, (beside, rest) = _split(size), _last(proof)
    if index < middle:
        return node_of(_rebuilt(leaf, index, middle, rest), beside)
    return node_of(beside, _rebuilt(leaf, index - middle, size - middle, rest))


def inclusion_ok(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether PATH(index, tree of this size) leads from a leaf hash to a root."""
    try:
        return len(leaf) == len(EMPTY) and 0 <= index < size and _rebuilt(leaf, index, size, proof) == root
    except ValueError:
        return False


def _is_subtree(start: int, end: int) -> bool:
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def subtree_inclusion_ok(leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether a leaf lies in the subtree [start, end) of this root."""
    return _is_subtree(start, end) and inclusion_ok(leaf, index - start, end - start, proof, root)


def _both(start: int, end: int, size: int, proof: Sequence[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """Rebuild the root of [start, end) and that of the whole; ``known`` is the former while it is one node of the latter."""
    if start == 0 and end == size:
        if known is not None:
            if proof:
                raise ValueError("the proof is too long")
            return known, known
        only, rest = _last(proof)
        if rest:
            raise ValueError("the proof is too long")
        return only, only
    middle, (beside, rest) = _split(size), _last(proof)
    if end <= middle:
        part, whole = _both(start, end, middle, rest, known)
        return part, node_of(whole, beside)
    if start >= middle:
        part, whole = _both(start - middle, end - middle, size - middle, rest, known)
        return part, node_of(beside, whole)
    part, whole = _both(0, end - middle, size - middle, rest, None)
    return node_of(beside, part), node_of(beside, whole)


def subtree_consistency_ok(start: int, end: int, size: int, proof: Sequence[bytes], part: bytes, whole: bytes) -> bool:
    """Say whether the subtree [start, end) of root ``part`` is one of the tree of root ``whole``; an empty one always is."""
    if 0 <= start == end <= size:
        return not proof and part == EMPTY
    try:
        return _is_subtree(start, end) and end <= size and _both(start, end, size, proof, part) == (part, whole)
    except ValueError:
        return False


def consistency_ok(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Say whether the tree of the new size begins with that of the old one; of an empty one nothing is proven."""
    return 0 < old <= new and subtree_consistency_ok(0, old, new, proof, old_root, new_root)


# -- signed notes

LOG_KEY, WITNESS_KEY = 1, 4
DASH = "\N{EM DASH} "
MOST_SIGNATURES = 100
Signature = tuple[str, bytes, bytes]  # name, id of the key, the rest


class Key(NamedTuple):
    name: str
    id: bytes
    algorithm: int
    public: bytes


def _base64(text: str) -> bytes:
    data = b64decode(text, validate=True)
    if b64encode(data).decode() != text:
        raise ValueError("base64 with stray bits")
    return data


def _need_name(name: str) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise ValueError(f"{name!r} is no name of a key")


def key_of(vkey: str) -> Key:
    """Read a verifier key; ValueError when any part of it does not fit the others."""
    name, _, rest = vkey.partition("+")
    short, _, text = rest.partition("+")
    _need_name(name)
    data = _base64(text)
    if data[:1] not in {b"\x01", b"\x04"} or len(data) != 33:
        raise ValueError(f"the key {name} is of an unknown kind or length")
    found = sha256(name.encode() + b"\n" + data).digest()[:4]
    if found.hex() != short:
        raise ValueError(f"the key {name} does not have the id {short}")
    return Key(name, found, data[0], data[1:])


def note_parts(note: bytes) -> tuple[str, list[Signature]]:
    """Take a signed note apart: its text with the last line end, and its signatures."""
    whole = note.decode()
    text, mark, block = whole.rpartition("\n\n")
    if not mark or not block.endswith("\n") or any(letter < " " and letter != "\n" for letter in whole):
        raise ValueError("no signed note")
    lines = block[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH):
        raise ValueError("a line that is no signature")
    _need_name(name)
    data = _base64(encoded)
    if len(data) < 5:
        raise ValueError("a signature without bytes")
    return name, data[:4], data[4:]


def _is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def seconds_of(signature: bytes) -> int:
    """Read when a witness signed: seconds since 1970, before the signature itself."""
    return int.from_bytes(signature[:8], "big")


def _holds(key: Key, signature: bytes, text: str) -> bool:
    message = text.encode()
    if key.algorithm == WITNESS_KEY:
        message = f"cosignature/v1\ntime {seconds_of(signature)}\n".encode() + message
        signature = signature[8:]
    return _is_signed(key.public, signature, message)


def signers_of(note: bytes, vkeys: Iterable[str]) -> tuple[list[tuple[Key, bytes]], list[Signature]]:
    """Return who of the known keys signed a note, and the signatures of unknown ones, each once.

    ValueError for a malformed note, a known key whose signature is false, two known keys with one name and id.
    """
    text, signatures = note_parts(note)
    known: dict[tuple[str, bytes], list[Key]] = {}
    for key in map(key_of, vkeys):
        known.setdefault((key.name, key.id), []).append(key)
    verified: dict[Key, bytes] = {}
    unverified: list[Signature] = []
    for signature in signatures:
        name, short, data = signature
        keys = known.get((name, short), [])
        if len(keys) > 1:
            raise ValueError(f"two keys are called {name}")
        if keys and not _holds(keys[0], data, text):
            raise ValueError(f"the signature of {name} is false")
        if keys:
            verified.setdefault(keys[0], data)
        elif signature not in unverified:
            unverified.append(signature)
    return list(verified.items()), unverified


def note_ok(note: bytes, vkeys: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the names whose signatures hold and those nobody vouches for; ValueError when none holds or one is false."""
    verified, unverified = signers_of(note, vkeys)
    if not verified:
        raise ValueError("no verifiable signature")
    return [key.name for key, _ in verified], [name for name, _, _ in unverified]


def cosignature_time(note: bytes, vkey: str) -> int:
    """Return when a witness signed a note, in seconds since 1970; ValueError when it did not."""
    for key, signature in signers_of(note, [vkey])[0]:
        if key.algorithm == WITNESS_KEY:
            return seconds_of(signature)
    raise ValueError("this witness did not sign")


def _is_key(vkey: str) -> bool:
    try:
        return bool(key_of(vkey))
    except ValueError:
        return False


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def checkpoint_ok(text: str) -> Checkpoint:
    """Read the text of a checkpoint: origin, size and root, and nothing more; ValueError."""
    found = re.fullmatch(r"([^\n\r]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/=]+)\n", text)
    if not found or int(found[2]) >= 2**63:
        raise ValueError("no checkpoint of origin, size and root")
    read = Checkpoint(found[1], int(found[2]), _base64(found[3]))
    if len(read.root) != len(EMPTY) or (not read.size and read.root != EMPTY):
        raise ValueError("the root is no hash of such a tree")
    return read


@dataclass(frozen=True)
class TlogProof:
    index: int
    hashes: list[bytes]
    checkpoint: str
    extra: bytes


def tlog_proof_ok(text: str) -> TlogProof:
    """Read a C2SP tlog-proof; its checkpoint is not looked into. ValueError."""
    found = re.fullmatch(
        r"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (0|[1-9][0-9]{0,18})\n((?:[^\n]+\n)*)\n(.+)",
        text,
        re.DOTALL,
    )
    if not found:
        raise ValueError("no tlog-proof")
    hashes = [_base64(line) for line in found[3].splitlines()]
    if any(len(each) != len(EMPTY) for each in hashes):
        raise ValueError("a hash of the wrong length")
    return TlogProof(int(found[2]), hashes, found[4], _base64(found[1] or ""))


# -- due dates

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
LEDGER = frozenset({"suspend", "extend", "not_extended"})
HEAD = (
    ("rule", "rule"), ("rule_version", "rule_version"), ("amount", "amount"), ("unit", "unit"), ("roll", "rolls_to"),
    ("calendar_version", "calendar"),
)  # fmt: skip


class NotRecounted(Exception):
    """A derivation has steps this program does not know how to count."""


def _days_between(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def _in_force(entry: Members, day: date) -> bool:
    return str(entry.get("valid_from", "1900-01-01")) <= day.isoformat() <= str(entry.get("valid_to", "9999-12-31"))


def _named(entries: Iterable[Members], day: date) -> str:
    for entry in entries:
        if day.isoformat() in entry.get("dates", ()):
            return str(entry["id"])
        if day.strftime("%m-%d") in entry.get("days", ()) and _in_force(entry, day):
            return str(entry["id"])
    return ""


@lru_cache(512)
def _free(text: str, week: str, year: int) -> dict[date, str]:
    """Return why each free day of a year is free; substitutes are found in the order of time, then transfers move days."""
    plain = json.loads(text)
    worked = {WEEKDAYS.index(day) for day in plain["weeks"][week]}
    free: dict[date, str] = {}
    days = list(_days_between(date(year - 1, 12, 1), date(year + 1, 1, 31)))
    holidays = {day: name for day in days if (name := _named(plain.get("holidays", ()), day))}
    for day in days:
        off = _named(plain.get("days_off", ()), day)
        if day in holidays or off or day.weekday() not in worked:
            free[day] = f"holiday:{holidays[day]}" if day in holidays else f"day_off:{off}" if off else "weekend"
    for day, name in holidays.items():
        if day.weekday() not in worked and any(_in_force(rule, day) for rule in plain.get("substitutes", ())):
            while day in free:
                day += ONE_DAY  # noqa: PLW2901 - the substitute is looked for from the holiday on
            free[day] = f"substitute:{name}"
    for transfer in plain.get("transfers", ()):
        if week in transfer.get("weeks", ["five_day"]):
            free[date.fromisoformat(transfer["off"])] = f"transfer:{transfer['worked']}"
            free.pop(date.fromisoformat(transfer["worked"]), None)
    return {day: why for day, why in free.items() if day.year == year}


@dataclass(frozen=True)
class Count:
    """What a recount needs: the calendar as text, the kind of week, the terms, the first step's day and note."""

    calendar: str
    week: str
    amount: int
    unit: str
    rolls: bool
    start: date
    starts: str


def _why_free(count: Count, day: date) -> str:
    return _free(count.calendar, count.week, day.year).get(day, "")


def _step(kind: str, day: date, note: str) -> Members:
    return {"day": day.isoformat(), "kind": kind, "note": note}


def _months_later(start: date, months: int) -> tuple[date, str]:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    note = "same_day_number" if start.day <= last else "last_day_of_month"
    return date(year, month + 1, min(start.day, last)), note


def _first_day(count: Count) -> date:
    """A term of no days is due on the day of the event itself."""
    return count.start + ONE_DAY * bool(count.amount)


def _working_days(count: Count) -> tuple[date, list[Members]]:
    steps: list[Members] = []
    day, left = _first_day(count), max(count.amount, 1)
    while True:
        why = _why_free(count, day)
        left -= not why
        if not left:
            return day, steps
        steps += [_step("skip", day, why)] if why else []
        day += ONE_DAY


def _last_day(count: Count) -> tuple[date, list[Members]]:
    """Return the last day of the term before it rolls, with the steps that lead there."""
    if count.unit == "working_days":
        return _working_days(count)
    if count.unit == "calendar_days":
        return count.start + timedelta(days=count.amount), []
    if count.unit in {"months", "years"}:
        day, note = _months_later(count.start, count.amount * (12 if count.unit == "years" else 1))
        return day, [_step("month", day, note)]
    raise ValueError(f"nothing is counted in {count.unit}")


def _rolled(count: Count, last: date) -> tuple[date, list[Members]]:
    day, steps = last, []
    while count.rolls and (why := _why_free(count, day)):
        steps.append(_step("skip", day, why))
        day += ONE_DAY
    return day, steps + ([_step("roll", day, f"from:{last}")] if day != last else [])


def _doubt(count: Count, first: date, last: date) -> list[Members]:
    plain = json.loads(count.calendar)
    for day in _days_between(first, last):
        if not plain["first_confirmed_year"] <= day.year <= plain["last_confirmed_year"]:
            return [_step("provisional", day, "year_not_confirmed")]
        for doubt in plain.get("doubts", ()):
            if doubt["first"] <= day.isoformat() <= doubt["last"]:
                return [_step("provisional", day, doubt["id"])]
    return []


def _counted(count: Count) -> list[Members]:
    """Count a term from its rule: every step of it, as it must stand in the derivation."""
    first = _first_day(count)
    steps = [
        _step("start", count.start, count.starts),
        _step("count", first, f"{count.amount}_{count.unit} week:{count.week}"),
    ]
    last, more = _last_day(count)
    due, rolled = _rolled(count, last)
    depends_from = first if count.unit == "working_days" else last
    doubt = _doubt(count, depends_from, due) if count.rolls or count.unit == "working_days" else []
    return [*steps, *more, *rolled, *doubt, _step("end", due, "due")]


def _set(count: Count, rule: Members, derivation: list[Members]) -> list[Members]:
    """Count a date that a document set: its bounds by the rule, and the working day it rolls to."""
    chosen = next(date.fromisoformat(step["day"]) for step in derivation if step["kind"] == "set")
    steps = [_step("start", count.start, count.starts)]
    beyond = False
    for bound in ("minimum", "maximum"):
        if bound in rule:
            term = replace(count, amount=rule[bound]["amount"], unit=rule[bound]["unit"])
            day, _ = _last_day(term)
            steps.append(_step(bound, day, f"{term.amount}_{term.unit} week:{count.week}"))
            if bound == "minimum" and chosen < day:
                raise ValueError(f"the date set, {chosen}, lies before the minimum {day}")
            beyond = bound == "maximum" and chosen > day
    steps += [_step("beyond_maximum", chosen, "confirmed")] if beyond else []
    steps.append(_step("set", chosen, f"in_document week:{count.week}"))
    due, rolled = _rolled(count, chosen)
    doubt = _doubt(count, chosen, due) if count.rolls else []
    return [*steps, *rolled, *doubt, _step("end", due, "due")]


def _hours(count: Count, derivation: list[Members], begun: Iterable[str]) -> list[Members]:
    """Count hours from the instant of the event that opened the obligation, in the zone the derivation names."""
    named = next(step["note"].rpartition("zone:")[2] for step in derivation if step["kind"] == "count")
    since = next(datetime.fromisoformat(step["note"]) for step in derivation if step["kind"] == "from")
    if since not in {datetime.fromisoformat(at) for at in begun}:
        raise ValueError(f"the hours run from {since.isoformat()}, when nothing was opened")
    until, zone = since + timedelta(hours=count.amount), ZoneInfo(named)
    first, due = since.astimezone(zone).date(), until.astimezone(zone).date()
    return [
        _step("start", count.start, count.starts),
        _step("count", first, f"{count.amount}_hours zone:{named}"),
        _step("from", first, since.isoformat()),
        _step("until", due, until.isoformat()),
        _step("end", due, "due"),
    ]


def _expected(count: Count, rule: Members, steps: list[Members], begun: Iterable[str]) -> list[Members]:
    if count.unit == "hours":
        return _hours(count, steps, begun)
    if not count.starts.startswith("day_after_"):
        raise NotRecounted(f"a term that starts {count.starts}")
    return _set(count, rule, steps) if any(step["kind"] == "set" for step in steps) else _counted(count)


def _recount(line: Members, facts: Members, rules: Members, calendars: list[Members], begun: Iterable[str]) -> str:
    """Say what is wrong with the derivation of one obligation, empty for nothing; NotRecounted, ValueError."""
    head, *steps = line["derivation"]
    rule = rules.get(facts["rule"], {}).get(facts["rule_version"])
    if rule is None:
        return f"the rule {facts['rule']} {facts['rule_version']} is not published"
    differs = [name for name in ("amount", "unit", "starts", "rolls_to") if rule[name] != facts[name]]
    differs += [name for name, fact in HEAD if head[name] != facts[fact]]
    differs += [name for name in ("rule", "rule_version") if line[name] != facts[name]]
    if head["kind"] != "due" or differs:
        return f"rule, event and derivation differ: {', '.join(differs) or 'kind'}"
    kinds = {step["kind"] for step in steps}
    stated = (head["due_on"], bool(head["provisional"]))
    if stated != (steps[-1]["day"], "provisional" in kinds) or steps[0] != _step(
        "start", date.fromisoformat(facts["start"]), facts["starts"]
    ):
        return "the derivation contradicts itself or the event"
    if kinds & LEDGER:
        raise NotRecounted("suspensions and extensions")
    plain = [c for c in calendars if (c["id"], c["version"]) == (head["calendar"], head["calendar_version"])]
    if not plain:
        raise NotRecounted(f"calendar {head['calendar']} {head['calendar_version']}, which the bundle does not have")
    count = Count(
        json.dumps(plain[0], sort_keys=True), facts["week"], facts["amount"], facts["unit"],
        facts["rolls_to"] == "next_working_day", date.fromisoformat(facts["start"]), facts["starts"],
    )  # fmt: skip
    expected = _expected(count, rule, steps, begun)
    if expected != steps:
        return f"the due date {head['due_on']} is wrong: recounted, it is {expected[-1]['day']} with other steps"
    if head["first_day"] != (count.start if count.unit == "hours" else _first_day(count)).isoformat():
        return "the first day is wrong"
    return ""


# -- the bundle

LINES = ("events", "checkpoints", "consistency", "derivations", "states", "documents")
WHOLE = ("bundle", "tables", "rules", "calendars")
HASH = r"[0-9a-f]{64}"
INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
NAMES = "v log case seq prev type machine event at actor role on_behalf frm to reason docs facts approved_by idem app"
MEMBERS = frozenset({*NAMES.split(), "body_ct", "body_pt"})
_INSTANT, _HASH, _MONTH_DAY = re.compile(INSTANT), re.compile(HASH), re.compile(r"\d\d-\d\d")
_VALID = {"valid_from?": date, "valid_to?": date}
_ROW = {"state": str, "event": str, "next": str, "who": [str], "second_person": bool}
_MACHINE = {"machine": str, "initial": str, "states": [{"state": str, "final": bool}], "rows": [_ROW]}
_CALENDAR = {
    "id": str,
    "version": str,
    "first_confirmed_year": int,
    "last_confirmed_year": int,
    "weeks": {"*": [str]},
    "holidays?": [{"id": str, "days": [_MONTH_DAY], **_VALID}],
    "substitutes?": [_VALID],
    "days_off?": [{"id": str, "days?": [_MONTH_DAY], "dates?": [date], **_VALID}],
    "transfers?": [{"off": date, "worked": date, "weeks?": [str]}],
    "doubts?": [{"id": str, "first": date, "last": date}],
}
SHAPES: dict[str, Any] = {
    "bundle": {
        **dict.fromkeys(("format", "origin", "scope", "text", "made_at", "app"), str),
        "size": int,
        "events": int,
        "keys": [str],
    },
    "tables": {"machines": [_MACHINE], "of": {"*": [str]}},
    "rules": {"*": {"*": dict}},
    "calendars": [_CALENDAR],
    "checkpoints": {"at": _INSTANT, "note": str},
    "consistency": {"old": int, "new": int, "proof": [str]},
    "derivations": {"case": str, "obligation": str, "rule": str, "rule_version": str, "derivation": [dict]},
    "states": {"case": str, "seq": int, "leaf": _HASH},
    "documents": {"case": str, "document": _HASH, "size": int},
    "sealed": {"case": str, "seq": int, "ciphertext": str},
    "texts": {"case": str, "seq": int, "blinded": str},
}
"""What must be there for a member to be read: a type or pattern, [each], {name: what}, "*" any name, "?" if at all."""
NEEDED = ("v", "log", "type", "at", "actor", "role", "app")
KNOWN = """act_confirmed act_expired act_proposed act_refused body_added case_amended case_assigned case_created
case_imported case_linked consent_given consent_limited consent_withdrawn document_added erased exported import_finished
incident_closed incident_raised key_rotated mail_failed mail_queued mail_sent mail_withdrawn moved obligation_discharged
obligation_extended obligation_opened obligation_resumed obligation_suspended party_excluded place_added post_filled
restored role_changed rung_taken text_read visit_recorded"""
TYPES = frozenset(KNOWN.split())
BIRTHS = frozenset({"case_created", "case_imported"})
TOLERANCE = timedelta(minutes=5)  # how far two honest clocks may be apart


@dataclass(frozen=True)
class Entry:
    """One event in its place in the log."""

    index: int
    leaf: bytes
    said: Members

    def find(self, what: str) -> Finding:
        return self.said["case"], self.said["seq"], self.index, what

    @property
    def facts(self) -> Members:
        return dict(self.said.get("facts", {}))


class Bundle(NamedTuple):
    """All members of a bundle, read but not yet believed."""

    whole: dict[str, Any]
    lines: dict[str, list[Any]]
    proofs: dict[int, str]
    entries: list[Entry]
    findings: list[Finding]
    strays: list[str]

    @property
    def head(self) -> Members:
        return dict(self.whole["bundle"])

    @property
    def is_log(self) -> bool:
        return bool(self.head["scope"] == "log")


def _of_log(what: str) -> Finding:
    return "", 0, None, what


def _lines(name: str, data: bytes) -> list[bytes]:
    if data and not data.endswith(b"\n"):
        raise ValueError(f"{name}, last line: it is not ended")
    return data.split(b"\n")[:-1]


def _parsed(name: str, number: int, line: bytes) -> Any:
    try:
        value = _json(line)
        _need_shape("it", value, SHAPES[name.partition(".")[0]])
    except ValueError as wrong:
        raise ValueError(f"{name}, line {number}: {wrong}") from wrong
    return value


def _need_shape(where: str, value: Any, shape: Any) -> None:
    if isinstance(shape, dict):
        _need_shape(where, value, dict)
        _need_members(where, value, shape)
    elif isinstance(shape, list):
        _need_shape(where, value, list)
        for each in value:
            _need_shape(f"a part of {where}", each, shape[0])
    elif shape is date and isinstance(value, str):
        date.fromisoformat(value)
    elif isinstance(shape, re.Pattern):
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise ValueError(f"{where} is not in its form")
    elif not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        raise ValueError(f"{where} is no {shape.__name__}")


def _need_members(where: str, value: Members, shape: Members) -> None:
    for name, inner in shape.items():
        plain = name.rstrip("?")
        if name == "*":
            for each in value.values():
                _need_shape(f"a member of {where}", each, inner)
        elif plain in value:
            _need_shape(plain, value[plain], inner)
        elif plain == name:
            raise ValueError(f"{name} is missing in {where}")


def _members(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as file:
            if len(set(file.namelist())) < len(file.namelist()):
                raise ValueError(f"{path.name}: a member stands twice")
            return {name: file.read(name) for name in file.namelist()}
    except zipfile.BadZipFile as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong


def _read(path: Path) -> Bundle:
    """Read a bundle; ValueError names the member and line that cannot be read."""
    members = _members(path)
    needed = {*(f"{name}.jsonl" for name in LINES), *(f"{name}.json" for name in WHOLE)}
    if missing := sorted(needed - set(members)):
        raise ValueError(f"{missing[0]}, line 1: the member is missing")
    whole = {name: _parsed(f"{name}.json", 1, members[f"{name}.json"]) for name in WHOLE}
    if whole["bundle"].get("format") != "npm-cases-bundle/1" or whole["bundle"].get("scope") not in {"log", "case"}:
        raise ValueError("bundle.json, line 1: another format or scope")
    if whole["bundle"]["text"] not in {"none", "sealed", "open"}:
        raise ValueError("bundle.json, line 1: text is none, sealed or open")
    optional = [name for name in ("sealed", "texts") if f"{name}.jsonl" in members]
    lines = {
        name: [
            _parsed(f"{name}.jsonl", n, line)
            for n, line in enumerate(_lines(f"{name}.jsonl", members[f"{name}.jsonl"]), 1)
        ]
        for name in (*LINES[1:], *optional)
    }
    raw = _lines("events.jsonl", members["events.jsonl"])
    places = list(range(len(raw)))
    if whole["bundle"]["scope"] == "case":
        places = [
            _number("indexes.txt", n, line) for n, line in enumerate(_lines("indexes.txt", members["indexes.txt"]), 1)
        ]
    found = re.compile(r"proofs/(0|[1-9][0-9]*)\.tlog-proof")
    proofs = {int(m[1]): data.decode() for name, data in members.items() if (m := found.fullmatch(name))}
    known = needed | {f"{name}.jsonl" for name in optional} | {"indexes.txt"}
    strays = [f"{name} does not belong into a bundle" for name in members if name not in known | _names(proofs)]
    findings: list[Finding] = []
    if len(places) != len(raw):
        raise ValueError(f"indexes.txt, line {len(places)}: {len(raw)} events have {len(places)} indexes")
    entries = [_entry(n, place, line, findings) for n, (place, line) in enumerate(zip(places, raw, strict=True), 1)]
    return Bundle(whole, lines, proofs, entries, findings, strays)


def _names(proofs: Iterable[int]) -> set[str]:
    return {f"proofs/{index}.tlog-proof" for index in proofs}


def _number(name: str, number: int, line: bytes) -> int:
    if not re.fullmatch(rb"0|[1-9][0-9]{0,17}", line):
        raise ValueError(f"{name}, line {number}: no index")
    return int(line)


def _entry(number: int, index: int, line: bytes, findings: list[Finding]) -> Entry:
    try:
        canonical = canonical_or_refuse(line)
    except ValueError as wrong:
        raise ValueError(f"events.jsonl, line {number}: {wrong}") from wrong
    said = json.loads(line)
    if not isinstance(said, dict) or not isinstance(said.get("case"), str) or type(said.get("seq")) is not int:
        raise ValueError(f"events.jsonl, line {number}: no event with case and seq")
    entry = Entry(index, leaf_of(line), said)
    if canonical != line:
        findings.append(entry.find("the event is not in canonical form"))
    findings += [entry.find(what) for what in _form(said)]
    return entry


def _form(said: Members) -> Iterator[str]:
    """Yield what is wrong with the members of one event, whatever stands around it."""
    if unknown := sorted(set(said) - MEMBERS):
        yield f"the member {unknown[0]!r} does not belong into an event"
    if missing := [name for name in NEEDED if name not in said]:
        yield f"the member {missing[0]} is missing"
    if said.get("v") != 1 or type(said.get("v")) is bool:
        yield "the event is of another version"
    if said.get("type") not in TYPES:
        yield "the event is of no known type"
    strings = MEMBERS - {"v", "seq", "docs", "facts"}
    if wrong := [name for name in sorted(strings & set(said)) if not isinstance(said[name], str) or not said[name]]:
        yield f"the member {wrong[0]} is no text"
    if not re.fullmatch(INSTANT, str(said.get("at"))):
        yield "the instant is not in its form"
    hashes = [said[name] for name in ("prev", "body_ct", "body_pt") if name in said]
    if not isinstance(docs := said.get("docs", []), list) or not all(
        re.fullmatch(HASH, str(each)) for each in (*hashes, *docs)
    ):
        yield "a hash is not in its form"
    if not isinstance(said.get("facts", {}), dict):
        yield "the facts are no members"


def _chains(bundle: Bundle) -> dict[str, list[Entry]]:
    chains: dict[str, list[Entry]] = {}
    for entry in bundle.entries:
        chains.setdefault(entry.said["case"], []).append(entry)
    return chains


def _links(bundle: Bundle) -> Iterator[Finding]:
    """Hold each chain to its numbers, its links and the order of time, and each event to this log."""
    for case, entries in _chains(bundle).items():
        whole = bundle.is_log or case != "office"
        seq, leaf, at = 0, "", ""
        for entry in entries:
            said = entry.said
            if whole and said["seq"] != seq + 1:
                yield case, seq + 1, entry.index, f"event {said['seq']} stands where event {seq + 1} belongs"
            elif whole and said.get("prev", "") != leaf:
                yield entry.find("prev is not the leaf hash of the event before")
            elif str(said.get("at", "")) < at:
                yield entry.find("the chain runs backwards in time")
            if said.get("log") != bundle.head["origin"]:
                yield entry.find("the event is of another log")
            seq, leaf, at = said["seq"], entry.leaf.hex(), str(said.get("at", ""))


def _scope(bundle: Bundle) -> Iterator[Finding]:
    head = bundle.head
    if len(bundle.entries) != head["events"]:
        yield _of_log(f"bundle.json speaks of {head['events']} events, {len(bundle.entries)} are inside")
    if bundle.is_log and head["size"] != head["events"]:
        yield _of_log(f"the log had {head['size']} entries, the bundle has {head['events']}")
    case = head.get("case", "")
    for before, entry in pairwise([None, *bundle.entries]):
        if entry is None or bundle.is_log:
            continue
        if before is not None and before.index >= entry.index:
            yield entry.find("the events are not in log order")
        if entry.index >= head["size"]:
            yield entry.find("the log had no such entry")
        is_ours = entry.said["case"] in {case, f"reads-{case}"}
        rotates = entry.said["case"] == "office" and entry.said.get("type") in {"key_rotated", "restored"}
        if not is_ours and not rotates:
            yield entry.find("the event does not belong into the bundle of this case")


# -- replay


def _replays(bundle: Bundle, ends: dict[str, Members]) -> Iterator[Finding]:
    """Replay the machines of every case from its birth; ``ends`` receives kind, number and states."""
    machines = {machine["machine"]: machine for machine in bundle.whole["tables"]["machines"]}
    for case, entries in _chains(bundle).items():
        yield from _proposals(entries)
        if case == "office" or case.startswith("reads-"):
            yield from (
                e.find("no case lives on this chain") for e in entries if e.said.get("type") in {*BIRTHS, "moved"}
            )
            continue
        birth, kinds = entries[0], bundle.whole["tables"]["of"]
        if birth.said.get("type") not in BIRTHS or birth.facts.get("kind") not in kinds:
            yield birth.find("the chain of a case does not begin with its birth")
            continue
        kind, facts = birth.facts["kind"], birth.facts
        states = {name: facts.get("state" if name == kind else name) for name in kinds[kind]}
        yield from _birth(birth, states, machines, kind)
        for entry in entries[1:]:
            if entry.said.get("type") in BIRTHS:
                yield entry.find("the case is born a second time")
            if entry.said.get("type") == "moved":
                yield from _move(entry, states, machines)
        ends[case] = {"kind": kind, "number": facts.get("number"), "states": states}


def _birth(birth: Entry, states: Members, machines: Members, kind: str) -> Iterator[Finding]:
    for name, state in states.items():
        if state not in {each["state"] for each in machines[name]["states"]}:
            yield birth.find(f"{state} is no state of {name}")
        elif birth.said["type"] == "case_created" and state != machines[name]["initial"]:
            yield birth.find(f"a new case does not begin as {state}")
    if birth.said.get("to", states[kind]) != states[kind]:
        yield birth.find("the state of the birth is told in two ways")


def _move(entry: Entry, states: Members, machines: Members) -> Iterator[Finding]:
    said, machine = entry.said, str(entry.said.get("machine"))
    if machine not in states:
        yield entry.find(f"the case has no machine {machine}")
        return
    if said.get("frm") != states[machine]:
        yield entry.find(f"{machine} was {states[machine]}, not {said.get('frm')}")
    rows = [
        row for row in machines[machine]["rows"]
        if (row["state"], row["event"], row["next"]) == (said.get("frm"), said.get("event"), said.get("to"))
    ]  # fmt: skip
    open_to = [row for row in rows if said.get("role") in row["who"]]
    if not rows:
        yield entry.find(f"no row leads from {said.get('frm')} by {said.get('event')} to {said.get('to')}")
    elif not open_to:
        yield entry.find(f"a {said.get('role')} may not do this")
    elif all(row["second_person"] for row in open_to) and "approved_by" not in said:
        yield entry.find("nobody confirmed this, and a second person must")
    states[machine] = said.get("to")


def _proposals(entries: list[Entry]) -> Iterator[Finding]:
    """Follow every proposal to its end: confirmed once, by another person, in time, and then done as proposed."""
    open_: dict[Any, Entry] = {}
    waiting: tuple[Entry, Entry] | None = None
    for entry in entries:
        said, facts = entry.said, entry.facts
        kind, proposed = said.get("type"), open_.get(facts.get("approval"))
        if kind in {"moved", "erased"} and ("approved_by" in said or waiting):
            if not waiting or not _is_as_confirmed(said, waiting):
                yield entry.find("this is not what two people proposed and confirmed")
            waiting = None
        if kind == "act_proposed":
            open_[facts.get("approval")] = entry
        elif kind in {"act_confirmed", "act_expired"}:
            open_.pop(facts.get("approval"), None)
            if proposed is None or proposed.facts.get("event") != facts.get("event"):
                yield entry.find("nothing like this was proposed, or it was decided already")
            elif kind == "act_confirmed":
                waiting = (proposed, entry)
                yield from _confirmation(entry, proposed)
    if waiting:
        yield waiting[1].find("what was confirmed was never done")


def _confirmation(entry: Entry, proposed: Entry) -> Iterator[Finding]:
    if entry.facts.get("digest") != proposed.facts.get("digest"):
        yield entry.find("another act was confirmed than was proposed")
    if entry.said.get("actor") == proposed.said.get("actor"):
        yield entry.find("the person who proposed this confirmed it")
    if str(entry.said.get("at")) >= str(proposed.facts.get("expires_at")):
        yield entry.find("the proposal had lapsed")


def _is_as_confirmed(said: Members, waiting: tuple[Entry, Entry]) -> bool:
    proposed, confirmed = waiting
    what = "erase" if said["type"] == "erased" else said.get("event")
    people = (proposed.said.get("actor"), confirmed.said.get("actor"), proposed.facts.get("event"))
    return (said.get("actor"), said.get("approved_by"), what) == people


def _states(bundle: Bundle, ends: dict[str, Members]) -> Iterator[Finding]:
    """Hold what the tables of the system said against what the events say."""
    told = bundle.lines["states"]
    if len({line["case"] for line in told}) < len(told):
        yield _of_log("states.jsonl names a chain twice")
    by_case = {line["case"]: line for line in told}
    heads = {
        case: {"seq": entries[-1].said["seq"], "leaf": entries[-1].leaf.hex(), **ends.get(case, {})}
        for case, entries in _chains(bundle).items()
        if bundle.is_log or case != "office"
    }
    for case, head in heads.items():
        last = _chains(bundle)[case][-1]
        if case not in by_case:
            yield last.find("states.jsonl does not know this chain")
        elif by_case[case] != {"case": case, **head}:
            yield last.find("states.jsonl says something else of this chain")
    yield from (
        (case, 0, None, "states.jsonl knows a chain that has no events") for case in by_case if case not in heads
    )


# -- obligations

DUE_MOVED = frozenset({"obligation_opened", "obligation_extended", "obligation_resumed", "obligation_moved"})


class Owed(NamedTuple):
    """An obligation as the events tell of it: what opened it, what set its due date last, what discharged it."""

    opened: Entry
    set_by: Entry
    discharged: Entry | None

    @property
    def due_on(self) -> str:
        return str(self.set_by.facts.get("due_on"))


def _obligations(bundle: Bundle, notes: list[str]) -> Iterator[Finding]:
    """Follow each obligation through its events, and recount how its due date was found."""
    lines = {(line["case"], line["obligation"]): line for line in bundle.lines["derivations"]}
    owed: dict[tuple[str, str], Owed] = {}
    for entry in bundle.entries:
        if str(entry.said.get("type")).startswith("obligation_"):
            yield from _followed(entry, owed)
    if len(lines) != len(bundle.lines["derivations"]):
        yield _of_log("derivations.jsonl tells of one obligation twice")
    begun = [(e.said["case"], e.facts.get("rule"), e.said.get("at")) for e, _, _ in owed.values()]
    skipped: dict[str, int] = {}
    for key, one in owed.items():
        since = [str(at) for case, rule, at in begun if (case, rule) == (key[0], one.opened.facts.get("rule"))]
        if what := _derived(bundle, lines.get(key), one, since, skipped):
            yield one.set_by.find(what)
    yield from ((c, 0, None, f"no event opened the obligation {o}") for c, o in lines if (c, o) not in owed)
    notes += [f"{number} due dates were not recounted: {why}" for why, number in skipped.items()]


def _followed(entry: Entry, owed: dict[tuple[str, str], Owed]) -> Iterator[Finding]:
    kind, key = entry.said["type"], (entry.said["case"], str(entry.facts.get("obligation")))
    if kind == "obligation_opened":
        if key in owed:
            yield entry.find("this obligation was opened before")
        owed[key] = Owed(entry, entry, None)
    elif key not in owed:
        yield entry.find("this obligation was never opened")
    elif owed[key].discharged:
        yield entry.find("this obligation was discharged before")
    elif kind in DUE_MOVED:
        owed[key] = owed[key]._replace(set_by=entry)
    elif kind == "obligation_discharged":
        if entry.facts.get("due_on") != owed[key].due_on:
            yield entry.find(f"the due date was {owed[key].due_on}, not {entry.facts.get('due_on')}")
        owed[key] = owed[key]._replace(discharged=entry)


def _derived(bundle: Bundle, line: Members | None, one: Owed, begun: list[str], skipped: dict[str, int]) -> str:
    if line is None:
        return "derivations.jsonl does not say how this due date was found"
    try:
        if line["derivation"][0]["due_on"] != one.due_on:
            return f"the events say it is due on {one.due_on}, the derivation on {line['derivation'][0]['due_on']}"
        return _recount(line, one.opened.facts, bundle.whole["rules"], bundle.whole["calendars"], begun)
    except NotRecounted as why:
        skipped[str(why)] = skipped.get(str(why), 0) + 1
        return ""
    except (KeyError, IndexError, StopIteration, TypeError, ValueError) as wrong:
        return f"the derivation cannot be recounted: {type(wrong).__name__} {wrong}"


# -- documents and texts


def _stored(bundle: Bundle) -> Iterator[Finding]:
    """Hold stored documents and texts against the hashes that stand in the events; what was erased may be away."""
    named = {(e.said["case"], each): e for e in reversed(bundle.entries) for each in e.said.get("docs", ())}
    erased = {e.said["case"] for e in bundle.entries if e.said.get("type") == "erased"}
    there = [(line["case"], line["document"]) for line in bundle.lines["documents"]]
    if len(set(there)) < len(there):
        yield _of_log("documents.jsonl names a document twice")
    for case, document in there:
        if (case, document) not in named:
            yield case, 0, None, f"no event speaks of the document {document}"
    for (case, document), entry in named.items():
        if case not in erased and (case, document) not in there:
            yield entry.find(f"the document {document} is not stored")
    yield from _texts(bundle, "sealed", "ciphertext", "body_ct", b"", erased)
    yield from _texts(bundle, "texts", "blinded", "body_pt", b"\x02", erased)


def _texts(bundle: Bundle, name: str, member: str, hashed: str, prefix: bytes, erased: set[str]) -> Iterator[Finding]:
    wanted = "sealed" if name == "sealed" else "open"
    if (name in bundle.lines) != (bundle.head["text"] == wanted):
        yield _of_log(f"{name}.jsonl does not fit what bundle.json says of texts")
        return
    committed = {(e.said["case"], e.said["seq"]): e for e in bundle.entries if hashed in e.said}
    for number, line in enumerate(bundle.lines.get(name, ()), 1):
        entry = committed.pop((line["case"], line["seq"]), None)
        try:
            data = _base64(line[member])
        except ValueError as wrong:
            raise ValueError(f"{name}.jsonl, line {number}: {wrong}") from wrong
        if entry is None or sha256(prefix + data).hexdigest() != entry.said[hashed]:
            index = entry.index if entry else None
            yield line["case"], line["seq"], index, f"{name}.jsonl holds another text"
    for entry in committed.values() if name in bundle.lines else ():
        is_reading = name == "texts" and entry.said["case"].startswith("reads-")
        if entry.said["case"] not in erased and not is_reading:
            yield entry.find(f"its text is not in {name}.jsonl")


# -- keys, checkpoints, proofs


class Seen(NamedTuple):
    """A checkpoint from the bundle or from the auditor, with the log keys and witnesses that hold."""

    name: str
    at: str
    point: Checkpoint
    logs: list[str]
    witnessed: dict[bytes, int]


class Trusted(NamedTuple):
    """What the auditor holds, and the keys the bundle tells of, which lift nothing."""

    keys: tuple[str, ...]
    witnesses: tuple[str, ...]
    told: tuple[str, ...]


def _rotations(bundle: Bundle, found: list[Finding]) -> list[tuple[int, str, str]]:
    """Return (index, old key, new key) of every rotation that both keys signed, one following the other."""
    rotations: list[tuple[int, str, str]] = []
    for entry in bundle.entries:
        facts = entry.facts
        if entry.said.get("type") != "key_rotated" or facts.get("which") != "log":
            continue
        try:
            old, new = key_of(str(facts["old_key"])), key_of(str(facts["new_key"]))
            text = f"npm-cases key rotation v1\n{bundle.head['origin']}\n{facts['old_key']}\n{facts['new_key']}\n"
            signatures = ((old, facts["signed_by_old"]), (new, facts["signed_by_new"]))
            held = all(_is_signed(key.public, bytes.fromhex(made), text.encode()) for key, made in signatures)
        except (KeyError, ValueError, TypeError):
            held = False
        if not held:
            found.append(entry.find("the change of the log's key is not signed by both keys"))
        elif rotations and rotations[-1][2] != facts["old_key"]:
            found.append(entry.find("the change begins with another key than the one in use"))
        else:
            rotations.append((entry.index, facts["old_key"], facts["new_key"]))
    return rotations


def _seen(bundle: Bundle, name: str, at: str, note: bytes, trusted: Trusted, found: list[Finding]) -> Seen:
    """Read a checkpoint and who signed it; ValueError when it is none."""
    try:
        point = checkpoint_ok(note_parts(note)[0])
    except ValueError as wrong:
        raise ValueError(f"{name}: {wrong}") from wrong
    if point.origin != bundle.head["origin"]:
        found.append(_of_log(f"{name} is of another log, {point.origin}"))
    logs: list[str] = []
    witnessed: dict[bytes, int] = {}
    for vkey in sorted({*trusted.keys, *trusted.witnesses, *trusted.told}):
        try:
            signers = signers_of(note, [vkey])[0]
        except ValueError as wrong:
            found.append(_of_log(f"{name}, size {point.size}: {wrong}"))
            continue
        for key, signature in signers:
            if key.algorithm == WITNESS_KEY and vkey in trusted.witnesses:
                witnessed[key.public] = seconds_of(signature)
            elif key.algorithm == LOG_KEY and key.name == point.origin == bundle.head["origin"]:
                logs.append(vkey)
    return Seen(name, at, point, logs, witnessed)


def _in_use(rotations: list[tuple[int, str, str]], size: int) -> str:
    """Return the key that signs checkpoints of a size, as the rotations tell; empty when there were none."""
    if not rotations:
        return ""
    return ([rotations[0][1]] + [new for index, _, new in rotations if index < size])[-1]


def _followed_keys(rotations: list[tuple[int, str, str]], keys: Iterable[str]) -> set[str]:
    """Follow the auditor's keys to their successors, never back: who holds a key that was given up proves nothing."""
    trusted = set(keys)
    for _, old, new in rotations:
        trusted |= {new} if old in trusted else set()
    return trusted


def _believed(
    seen: Seen, rotations: list[tuple[int, str, str]], trusted: Trusted, findings: list[Finding], notes: list[str]
) -> bool:
    """Say whether a key that the auditor trusts, and that was in use, signed a checkpoint."""
    in_use = _in_use(rotations, seen.point.size)
    where, logs = f"{seen.name}, size {seen.point.size}", set(seen.logs)
    if not logs:
        if trusted.keys or trusted.told:
            findings.append(_of_log(f"{where}: not signed by any known key of this log"))
        return False
    if in_use and in_use not in logs:
        findings.append(_of_log(f"{where}: signed by a key that was not in use"))
        return False
    if trusted.keys and logs.isdisjoint(_followed_keys(rotations, trusted.keys)):
        backwards = [(index, new, old) for index, old, new in reversed(rotations)]
        if logs.isdisjoint(_followed_keys(backwards, trusted.keys)):
            findings.append(_of_log(f"{where}: not signed by a key you trust"))
        else:
            notes.append(f"{where}: signed by a key that was given up for one you trust: it proves nothing to you")
        return False
    return bool(trusted.keys)


def _consistency(bundle: Bundle, stated: list[Seen], reaching: dict[int, bytes]) -> Iterator[Finding]:
    """Hold each checkpoint against the next larger one; ``reaching`` gets those from which proofs lead to the last."""
    reaching |= {seen.point.size: seen.point.root for seen in stated[-1:]}
    sizes = [seen.point.size for seen in stated]
    if sizes != sorted(sizes):
        yield _of_log("checkpoints.jsonl is not in the order of size")
    steps = {(step["old"], step["new"]): (n, step) for n, step in enumerate(bundle.lines["consistency"], 1)}
    if list(steps) != list(pairwise(sizes)):
        yield _of_log("consistency.jsonl does not lead from each checkpoint to the next")
    for old, new in reversed(list(pairwise(stated))):
        number, step = steps.get((old.point.size, new.point.size), (0, None))
        if step is None:
            continue
        if not _continues(number, step, old, new):
            yield _of_log(f"the checkpoint of size {new.point.size} does not continue that of size {old.point.size}")
        elif new.point.size in reaching:
            reaching[old.point.size] = old.point.root


def _continues(number: int, step: Members, old: Seen, new: Seen) -> bool:
    try:
        proof = [_base64(each) for each in step["proof"]]
    except ValueError as wrong:
        raise ValueError(f"consistency.jsonl, line {number}: {wrong}") from wrong
    if not old.point.size:
        return not proof
    return consistency_ok(old.point.size, new.point.size, proof, old.point.root, new.point.root)


def _proofs(bundle: Bundle, last: Seen | None) -> Iterator[Finding]:
    """Prove each event of a case by its tlog-proof against the last checkpoint."""
    if last is None:
        yield _of_log("no checkpoint covers the events of this case")
        return
    for entry in bundle.entries:
        try:
            proof = tlog_proof_ok(bundle.proofs.get(entry.index, ""))
            text, signatures = note_parts(proof.checkpoint.encode())
            point = checkpoint_ok(text)
        except ValueError as wrong:
            yield entry.find(f"its proof cannot be read: {wrong}")
            continue
        if (proof.index, point, bool(signatures)) != (entry.index, last.point, True):
            yield entry.find("its proof is for another entry or checkpoint")
        elif not inclusion_ok(entry.leaf, entry.index, point.size, proof.hashes, point.root):
            yield entry.find("its proof does not lead to the checkpoint")


def _agrees(
    bundle: Bundle, seen: Seen, reaching: dict[int, bytes], findings: list[Finding], notes: list[str]
) -> bool | None:
    """Say whether the entries agree with a checkpoint; None, with a note, where the bundle cannot tell."""
    point = seen.point
    if bundle.is_log:
        leaves = [entry.leaf for entry in bundle.entries]
        agrees = point.size <= len(leaves) and merkle_root(leaves[: point.size]) == point.root
    elif point.size in reaching or point.size > bundle.head["size"]:
        agrees = reaching.get(point.size) == point.root
    else:
        notes.append(f"{seen.name}: this bundle cannot be compared with a checkpoint of size {point.size}")
        return None
    if not agrees:
        findings.append(_of_log(f"{seen.name}: the entries are not those of the checkpoint of size {point.size}"))
    return agrees


def _times(bundle: Bundle, seen: Seen, notes: list[str]) -> Iterator[Finding]:
    """An event covered by a checkpoint is not later than a witness signed it.

    When the bundle says a checkpoint was made is signed by nobody, so what contradicts it is a note. So is an event
    after a checkpoint that says it is older: a long import is written under the instant at which it began.
    """
    limits = [datetime.fromtimestamp(second, UTC) for second in seen.witnessed.values()]
    made, odd = _instant(seen.at), 0
    for entry in bundle.entries:
        at, covered = _instant(str(entry.said.get("at"))), entry.index < seen.point.size
        if at and covered and any(at > limit + TOLERANCE for limit in limits):
            yield entry.find(f"the event is later than a witness saw the checkpoint of size {seen.point.size}")
        odd += bool(at and made and (at > made + TOLERANCE if covered else at < made - TOLERANCE))
    if odd:
        notes.append(f"{odd} events do not lie on the side of the checkpoint of size {seen.point.size} their time says")


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if re.fullmatch(INSTANT, text) else None
    except ValueError:
        return None


def _receipts(bundle: Bundle, receipts: Iterable[tuple[str, int, str]], notes: list[str]) -> Iterator[Finding]:
    leaves = {(e.said["case"], e.said["seq"]): e.leaf.hex() for e in bundle.entries}
    chains = {bundle.head.get("case"), f"reads-{bundle.head.get('case')}"}
    for case, seq, leaf in receipts:
        if not bundle.is_log and case not in chains:
            notes.append(f"the receipt {case}:{seq} is of a chain that is not in this bundle")
        elif leaves.get((case, seq)) != leaf:
            yield case, seq, None, "a receipt was given for this event, and it is not in the log"


# -- the verdict


def check(
    bundle_path: Path,
    keys: Iterable[str] = (),
    kept: Iterable[bytes] = (),
    witnesses: Iterable[str] = (),
    quorum: int = 0,
    receipts: Iterable[tuple[str, int, str]] = (),
) -> dict[str, Any]:
    """Check a bundle and return ``events``, ``findings``, ``level`` 0 to 3 and ``notes``.

    Level 1: the entries agree with a checkpoint of the bundle signed by a key of the auditor; 2: with one that the
    auditor kept, and none that the auditor kept contradicts; 3: and ``quorum`` of the witnesses signed the newest one
    that agrees. Each counts whatever else was found. ValueError names the member and line that cannot be read.
    """
    bundle = _read(Path(bundle_path))
    ends: dict[str, Members] = {}
    notes = [*bundle.strays, "the published tables, rules and calendars come from the bundle: compare them with yours"]
    findings = [*bundle.findings, *_scope(bundle), *_links(bundle), *_replays(bundle, ends), *_states(bundle, ends)]
    findings += [*_obligations(bundle, notes), *_stored(bundle), *_receipts(bundle, receipts, notes)]
    level = _level(bundle, (tuple(keys), tuple(witnesses)), tuple(kept), quorum, findings, notes)
    if any(entry.said.get("type") == "restored" for entry in bundle.entries):
        notes.append("the log says it was restored from a backup: ask what was lost")
    return {"events": len(bundle.entries), "findings": findings, "level": level, "notes": notes}


def _level(
    bundle: Bundle,
    given: tuple[tuple[str, ...], tuple[str, ...]],
    kept: tuple[bytes, ...],
    quorum: int,
    findings: list[Finding],
    notes: list[str],
) -> int:
    rotations = _rotations(bundle, findings)
    told = {key for _, *pair in rotations for key in pair}
    told |= set() if given[0] else {key for key in bundle.head["keys"] if _is_key(key)}
    trusted = Trusted(*given, tuple(told))
    lines = enumerate(bundle.lines["checkpoints"], 1)
    stated = [
        _seen(bundle, f"checkpoints.jsonl, line {n}", line["at"], line["note"].encode(), trusted, findings)
        for n, line in lines
    ]
    mine = [_seen(bundle, f"kept checkpoint {n}", "", note, trusted, findings) for n, note in enumerate(kept, 1)]
    reaching: dict[int, bytes] = {}
    findings += _consistency(bundle, stated, reaching)
    unproven = [] if bundle.is_log else list(_proofs(bundle, stated[-1] if stated else None))
    findings += unproven
    good: list[Seen] = []
    contradicted = False
    for seen in (*stated, *mine):
        believed = _believed(seen, rotations, trusted, findings, notes)
        agrees = _agrees(bundle, seen, reaching, findings, notes)
        contradicted |= agrees is False and seen in mine
        if agrees and believed and not unproven:
            good.append(seen)
            findings += _times(bundle, seen, notes)
    _uncovered(bundle, stated, notes)
    return _reached(good, [] if contradicted else [seen for seen in good if seen in mine], quorum, notes)


def _uncovered(bundle: Bundle, stated: list[Seen], notes: list[str]) -> None:
    covered = max((each.point.size for each in stated), default=0)
    if bundle.is_log and covered < len(bundle.entries):
        notes.append(f"{len(bundle.entries) - covered} entries are covered by no checkpoint of the bundle")


def _reached(good: list[Seen], mine: list[Seen], quorum: int, notes: list[str]) -> int:
    if not mine:
        return 1 if good else 0
    largest = max(seen.point.size for seen in good)
    newest = {witness for seen in good if seen.point.size == largest for witness in seen.witnessed}
    if quorum and len(newest) < quorum:
        notes.append(f"{len(newest)} of your witnesses signed the newest checkpoint; you ask for {quorum}")
    return 3 if quorum and len(newest) >= quorum else 2
