"""What happened to a case, one line for each event, in the language of the reader: when, what, who, why, what changed.

Names of people and protected text are in no event; users are shown by their ids. A code without a label is shown as it
stands.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from npm_cases.domain import access
from npm_cases.domain.duty_words import DUTIES
from npm_cases.domain.errors import NotFound
from npm_cases.domain.instants import from_text
from npm_cases.domain.message_values import quoted
from npm_cases.domain.messages import say
from npm_cases.domain.messages_words import words_for
from npm_cases.domain.pack import Pack
from npm_cases.domain.records import Actor
from npm_cases.history.event import Event, EventType, read
from npm_cases.services.explain_words import ACTS, OWED_BY
from npm_cases.services.linked_sight import without_kept
from npm_cases.services.narrative_words import BESIDE, CHANGES, FIELDS, HOWS, SENTENCES, SMALL, Words
from npm_cases.services.ports import Office
from npm_cases.services.reading import Reader
from npm_cases.services.standing import DUE, OVERDUE, SUSPENDED, Change, step_by_step
from state_machines import MACHINES
from state_machines.labels import LANGUAGES, Kind, label

_CLOCKS = (DUE, SUSPENDED, OVERDUE)
_NOT_GIVEN = frozenset({"occurred_on", "happened_on", "obligation", "duty", "rung"})
_SAID = frozenset({"number", "kind", "channel"})
_INSTEAD = {"post": "user", "fields": "document"}
"""A letter is to a post or to a user, a reading of fields or of a document."""
_KIND_OF_FACT = {"reasons": Kind.REASON, "roles": Kind.ROLE}
_WORDS_OF = {"duty": DUTIES, "owed_by": OWED_BY, "act": ACTS, "change": CHANGES, "how": HOWS}
_OF_PACK = frozenset({"channel", "region", "kind"})
_DAY = len("2026-03-02")


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """One changed field: its code and label, and its value before and after, in words."""

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One event told. ``when`` is on the wall clocks of the case's zone; ``line`` is all of it in one line."""

    seq: int
    at: str
    when: str
    type: str
    what: str
    actor: str
    role: str
    on_behalf: str
    approved_by: str
    reason: str
    changes: tuple[ChangeInWords, ...]
    line: str


def story(office: Office, reader: Reader, ref: str, actor: Actor, lang: str) -> list[StoryLine]:
    """Tell the whole history of a case, in order.

    Raises NotFound, also for a case that is kept from the actor; LookupError for a language there is not.
    """
    found = reader.find(ref)
    if found is None:
        raise NotFound(say("no_case", given=quoted(ref)))
    access.need_sight(actor, found, reader.excluded(found.id), ref)
    zone = str(found.facts.get("zone", office.pack.zone))
    with office.open_reading() as work:
        events = [without_kept(work, read(stored.data), actor) for stored in reader.events_of(found.id)]
    return told(office.pack, zone, found.id, events, lang)


def told(pack: Pack, zone: str, chain: str, events: Iterable[Event], lang: str) -> list[StoryLine]:
    """Tell the events of any one chain, in order.

    Raises LookupError for a language there is not.
    """
    if lang not in LANGUAGES:
        message = f"no narrative in language {lang!r}: use one of {', '.join(LANGUAGES)}"
        raise LookupError(message)
    teller = _Teller(pack, ZoneInfo(zone), lang)
    return [teller.line(event, changed) for event, changed in step_by_step(chain, events)]


def in_words(pack: Pack, zone: str, event: Event, lang: str) -> str:
    """Say what one event was, without what came before it: not when and by whom, and not what it changed."""
    return _Teller(pack, ZoneInfo(zone), lang).what(event)


def changes_in_words(pack: Pack, zone: str, changed: Iterable[Change], lang: str) -> tuple[ChangeInWords, ...]:
    """Say which fields differ, each with its label and both values."""
    return _Teller(pack, ZoneInfo(zone), lang).changes(changed)


class _Filling(dict[str, str]):
    """What is filled into a sentence; what an event does not say is a question mark, never an error."""

    def __init__(self, values: Mapping[str, str], unnamed: str) -> None:
        super().__init__(values)
        self._unnamed = unnamed

    def __missing__(self, name: str) -> str:
        return self._unnamed


class _Teller:
    def __init__(self, pack: Pack, zone: ZoneInfo, lang: str) -> None:
        self._pack = pack
        self._zone = zone
        self._lang = lang

    def what(self, event: Event) -> str:
        return " ".join(self._what(event, ()))

    def changes(self, changed: Iterable[Change]) -> tuple[ChangeInWords, ...]:
        return tuple(map(self._change, changed))

    def line(self, event: Event, changed: tuple[Change, ...]) -> StoryLine:
        changes = self.changes(one for one in changed if one.field not in _SAID)
        what = " ".join(self._what(event, {one.field for one in changes}))
        when, reason = self._instant(event.at), self._word(Kind.REASON_CODE, event.reason) if event.reason else ""
        parts = [what, *self._who(event), *self._why(reason), *self._changed(changes)]
        return StoryLine(
            event.seq, event.at, when, event.type.value, what, event.actor, self._word(Kind.ROLE, event.role),
            event.on_behalf, event.approved_by, reason, changes, f"{when}: {' '.join(parts)}",
        )  # fmt: skip

    def _what(self, event: Event, changed: Collection[str]) -> Iterator[str]:
        filling = {name: self._fact(event, name, value) for name, value in event.facts.items()}
        if event.type is EventType.MOVED:
            machine = self._word(Kind.MACHINE, event.machine)
            filling |= {"machine": machine, "event": self._event(event.event, event.machine)}
        filling["other"] = str(event.facts.get("to") or event.facts.get("by", ""))
        for name, instead in _INSTEAD.items():
            if name not in filling and instead in filling:
                filling[name] = filling[instead]
        yield self._say(_sentence(event), **filling)
        if event.type is EventType.MOVED:
            yield from self._given(event, changed)
        if event.facts.get("lawful") is False:
            yield self._say(BESIDE["unlawful"])
        if event.facts.get("left"):
            yield self._say(BESIDE["left"])
        if event.facts.get("late_by_engine"):
            yield self._say(BESIDE["late_by_engine"])
        if "occurred_on" in event.facts:
            yield self._say(BESIDE["happened"], day=self._plain(event.facts["occurred_on"]))

    def _given(self, event: Event, changed: Collection[str]) -> Iterator[str]:
        """Name what came with a move and is no field of the case that it changed."""
        given = [
            f"{self._field(name)}: {self._value(name, value)}"
            for name, value in event.facts.items()
            if name not in _NOT_GIVEN and name not in changed
        ]
        if given:
            yield self._say(BESIDE["given"], given="; ".join(given))

    def _who(self, event: Event) -> Iterator[str]:
        who = {"actor": event.actor, "role": self._word(Kind.ROLE, event.role), "on_behalf": event.on_behalf}
        yield self._say(BESIDE["who_for" if event.on_behalf else "who"], **who)
        if event.approved_by:
            yield self._say(BESIDE["second"], approved_by=event.approved_by)

    def _why(self, reason: str) -> Iterator[str]:
        if reason:
            yield self._say(BESIDE["why"], reason=reason)

    def _changed(self, changes: tuple[ChangeInWords, ...]) -> Iterator[str]:
        if changes:
            said = (
                self._fill(BESIDE["change"], field=one.label, before=one.before, after=one.after) for one in changes
            )
            yield self._say(BESIDE["changed"], changes="; ".join(said))

    def _change(self, one: Change) -> ChangeInWords:
        return ChangeInWords(
            one.field, self._field(one.field), self._value(one.field, one.before), self._value(one.field, one.after)
        )

    def _fact(self, event: Event, name: str, value: Any) -> str:
        """Say a fact of an event that is no field of the case."""
        words = _WORDS_OF.get(name)
        if words is not None:
            return self._of(words, str(value))
        if name in {"event", "by"}:
            return self._event(str(value), str(event.facts.get("machine", "")))
        if name in {"post", "posts"}:
            return self._posts(value)
        if name in _OF_PACK:
            return self._of_pack(name, str(value))
        if name == "basis" and value in self._pack.erasure_bases:
            return str(self._pack.erasure_bases[value].labels.get(self._lang, value))
        return self._values(value, _KIND_OF_FACT.get(name, ""))

    def _field(self, name: str) -> str:
        for clock in _CLOCKS:
            if name.startswith(clock):
                return self._fill(FIELDS[clock], duty=self._of(DUTIES, name.removeprefix(clock)))
        if name in MACHINES:
            return self._word(Kind.MACHINE, name)
        return FIELDS[name][self._lang] if name in FIELDS else self._word(Kind.FIELD, name)

    def _value(self, name: str, value: Any) -> str:
        if value in (None, "", []):
            return self._of(SMALL, "nothing")
        if name in MACHINES:
            return self._word(Kind.STATE, str(value), name)
        if name in _OF_PACK:
            return self._of_pack(name, str(value))
        if name == "pending":
            return ", ".join(self._event(str(one)) for one in value)
        return self._values(value, Kind.CHOICE)

    def _values(self, value: Any, kind: str = "") -> str:
        if isinstance(value, list | tuple):
            return ", ".join(self._values(one, kind) for one in value) or self._of(SMALL, "nothing")
        if isinstance(value, bool):
            return self._of(SMALL, "yes" if value else "no")
        return self._word(kind, str(value)) if kind and not _is_day(str(value)) else self._plain(value)

    def _plain(self, value: Any) -> str:
        text = str(value)
        if _is_day(text):
            return format_date(date.fromisoformat(text), "long", self._lang)
        return self._instant(text) if text.endswith("Z") and _is_day(text[:_DAY]) else text

    def _instant(self, at: str) -> str:
        moment = from_text(at).astimezone(self._zone)
        return f"{format_date(moment.date(), 'long', self._lang)}, {moment:%H:%M}"

    def _of_pack(self, name: str, code: str) -> str:
        """Say a channel or a region by the pack's name for it, a kind of case by that of its machine."""
        if name == "channel" and code in self._pack.channels:
            return self._pack.channels[code].labels.get(self._lang, code)
        if name == "region":
            return self._pack.regions.get(code, {}).get(self._lang, code)
        return self._word(Kind.MACHINE, code) if name == "kind" else code

    def _posts(self, value: Any) -> str:
        names = value if isinstance(value, list | tuple) else [value]
        posts = self._pack.posts
        said = [posts[name].labels.get(self._lang, name) if name in posts else str(name) for name in names]
        return ", ".join(said) or self._of(SMALL, "nothing")

    def _event(self, name: str, machine: str = "") -> str:
        return words_for(Kind.EVENT, name, self._lang, machine or None)

    def _say(self, words: Mapping[str, str], **values: str) -> str:
        said = self._fill(words, **values)
        return (said[:1].upper() + said[1:]).replace("..", ".")  # a date in Russian brings a full stop of its own

    def _fill(self, words: Mapping[str, str], **values: str) -> str:
        return words[self._lang].format_map(_Filling(values, self._of(SMALL, "unnamed")))

    def _word(self, kind: str, name: str, machine: str | None = None) -> str:
        try:
            return label(kind, name, self._lang, machine)
        except LookupError:
            return name

    def _of(self, words: Words, name: str) -> str:
        return words.get(name, {}).get(self._lang, name)


def _is_day(text: str) -> bool:
    if len(text) != _DAY:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _sentence(event: Event) -> Mapping[str, str]:
    """Return the sentence of an event; a date that stays, and a letter whose date is wrong, have sentences of their own."""
    facts = event.facts
    if event.type is EventType.OBLIGATION_MOVED and facts.get("was") == facts.get("due_on"):
        return BESIDE["stays_provisional" if facts.get("provisional") else "stays"]
    if event.type is EventType.MAIL_WITHDRAWN and "due_on" in facts:
        return BESIDE["wrong_date"]
    return SENTENCES[event.type]
