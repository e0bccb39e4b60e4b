"""An explanation in sentences: Kazakh, Russian, English. The Kazakh has not been checked by a speaker yet."""

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from npm_cases.domain.duty_words import DUTIES
from npm_cases.domain.instants import from_text
from npm_cases.services.explain import Cause, Clock, Coming, Explanation, MayDo, MayNot, Refused
from state_machines.labels import LANGUAGES, Kind, label

__all__ = ["ACTS", "OWED_BY", "TEMPLATES", "Words", "sentences", "worded"]

Words = Mapping[str, Mapping[str, str]]


def worded(en: str, ru: str, kk: str) -> Mapping[str, str]:
    """Put the three languages of a sentence side by side."""
    return {"en": en, "ru": ru, "kk": kk}


OWED_BY: Words = {
    "addressee": worded("the addressee", "адресат", "адресат"),
    "superior": worded("the body above the addressee", "вышестоящий орган", "жоғары тұрған орган"),
    "prosecutor": worded("the prosecutor", "прокурор", "прокурор"),
    "police": worded("the police", "полиция", "полиция"),
    "court": worded("the court", "суд", "сот"),
    "fund": worded("the compensation fund", "фонд компенсации", "өтемақы қоры"),
    "mechanism": worded("the mechanism itself", "сам механизм", "тетіктің өзі"),
    "commissioner": worded("the Commissioner", "Уполномоченный", "Уәкіл"),
    "issuer": worded("the issuer", "тот, кто выносит рекомендацию", "ұсынымды шығарушы"),
}

ACTS: Words = {
    "remind": worded("reminder", "напоминание", "еске салу"),
    "notify": worded("notice", "уведомление", "хабарлама"),
    "escalate": worded("escalation", "эскалация", "эскалация"),
}

TEMPLATES: Words = {
    "head": worded(
        "{number}: {kind}, as of {at}.", "{number}: {kind}, на {at}.", "{number}: {kind}, {at} жағдайы бойынша."
    ),
    "state": worded("{machine}: {state}.", "{machine}: {state}.", "{machine}: {state}."),
    "phase": worded("Phase: {phase}.", "Этап: {phase}.", "Кезең: {phase}."),
    "last": worded(
        "Last move: {event}, on {at}, by {role}.",
        "Последнее действие: {event}, {at}, {role}.",
        "Соңғы әрекет: {event}, {at}, {role}.",
    ),
    "due": worded(
        "{duty}: owed by {owed_by}, due on {due_on}.",
        "{duty} ({owed_by}): срок {due_on}.",
        "{duty} ({owed_by}): мерзімі {due_on}.",
    ),
    "overdue": worded(
        "{duty}: owed by {owed_by}, was due on {due_on}, overdue by {days} days.",
        "{duty} ({owed_by}): срок был {due_on}, просрочено на {days} дн.",
        "{duty} ({owed_by}): мерзімі {due_on} болған, {days} күнге кешіктірілді.",
    ),
    "ours": worded("This lateness is our own.", "Эта просрочка наша собственная.", "Бұл кешігу біздің өз кешігуіміз."),
    "theirs": worded("This lateness is not ours.", "Эта просрочка не наша.", "Бұл кешігу біздікі емес."),
    "suspended": worded(
        "{duty}: the clock stands since {day}.",
        "{duty}: срок приостановлен с {day}.",
        "{duty}: мерзім {day} бастап тоқтатыла тұр.",
    ),
    "cause": worded(
        "Raised because of: {duty}, {owed_by}, due on {due_on}; step {rung} was due at {due_at} and taken at {taken_at}.",
        "Поднято из-за: {duty}, {owed_by}, срок {due_on}; ступень {rung} наступила {due_at}, выполнена {taken_at}.",
        "Көтерілу себебі: {duty}, {owed_by}, мерзімі {due_on}; {rung} сатысы {due_at} болуға тиіс еді, {taken_at} орындалды.",
    ),
    "late": worded(
        "That the step was taken late is the fault of this system.",
        "Ступень выполнена поздно по вине этой системы.",
        "Сатының кеш орындалуы осы жүйенің кінәсінен.",
    ),
    "raised": worded("{event}: on {at}, by {role}.", "{event}: {at}, {role}.", "{event}: {at}, {role}."),
    "coming": worded(
        "If nobody acts, at {due_at}: {act} to {posts} ({duty}).",
        "Если никто не действует, {due_at}: {act}, кому: {posts} ({duty}).",
        "Ешкім әрекет етпесе, {due_at}: {act}, кімге: {posts} ({duty}).",
    ),
    "nothing_due": worded("Nothing is owed.", "Ничего не ожидается.", "Күтілетін міндет жоқ."),
    "may": worded(
        "May now be done, {role}: {events}.",
        "Сейчас можно, {role}: {events}.",
        "Қазір жасауға болады, {role}: {events}.",
    ),
    "may_not": worded(
        "Not yet, {role}: {event}. Reason: {reasons}.",
        "Пока нельзя, {role}: {event}. Причина: {reasons}.",
        "Әзірге болмайды, {role}: {event}. Себебі: {reasons}.",
    ),
    "refused": worded(
        "Refused on {at}, {role}: {event}. Reason: {reasons}.",
        "Отказано {at}, {role}: {event}. Причина: {reasons}.",
        "{at} бас тартылды, {role}: {event}. Себебі: {reasons}.",
    ),
}


def sentences(explanation: Explanation, lang: str) -> list[str]:
    """Say an explanation in sentences, the most important first; ``lang`` is kk, ru or en.

    Times are those of the wall clocks of the case's zone. Raises LookupError for another language.
    """
    if lang not in LANGUAGES:
        message = f"no sentences in language {lang!r}: use one of {', '.join(LANGUAGES)}"
        raise LookupError(message)
    return list(_Teller(explanation, lang).lines())


class _Teller:
    def __init__(self, told: Explanation, lang: str) -> None:
        self._told = told
        self._lang = lang

    def lines(self) -> Iterator[str]:
        told = self._told
        kind = self._word(Kind.MACHINE, told.kind)
        yield self._say("head", number=told.number, kind=kind, at=self._time(told.at))
        for machine, state in told.states.items():
            yield self._say(
                "state", machine=self._word(Kind.MACHINE, machine), state=self._word(Kind.STATE, state, machine)
            )
        yield self._say("phase", phase=self._word(Kind.PHASE, told.phase))
        if told.last_move is not None:
            yield self._moved(
                "last", told.last_move.machine, told.last_move.event, told.last_move.at, told.last_move.role
            )
        for clock in told.clocks:
            yield from self._clock(clock)
        if not told.clocks:
            yield self._say("nothing_due")
        for move in told.escalated_by:
            yield self._moved("raised", move.machine, move.event, move.at, move.role)
        for cause in told.causes:
            yield from self._cause(cause)
        for coming in told.coming:
            yield self._coming(coming)
        yield from self._may(told.permitted)
        yield from map(self._may_not, told.not_permitted)
        yield from map(self._may_not, told.refused)

    def _clock(self, clock: Clock) -> Iterator[str]:
        duty, owed_by = self._of(DUTIES, clock.duty), self._of(OWED_BY, clock.owed_by)
        if clock.suspended_on:
            yield self._say("suspended", duty=duty, day=clock.suspended_on)
        elif clock.overdue:
            yield self._say("overdue", duty=duty, owed_by=owed_by, due_on=clock.due_on, days=str(clock.days_overdue))
            yield self._say("ours" if clock.ours else "theirs")
        else:
            yield self._say("due", duty=duty, owed_by=owed_by, due_on=clock.due_on)

    def _cause(self, cause: Cause) -> Iterator[str]:
        yield self._say(
            "cause", duty=self._of(DUTIES, cause.duty), owed_by=self._of(OWED_BY, cause.owed_by), due_on=cause.due_on,
            rung=cause.rung, due_at=self._time(cause.due_at), taken_at=self._time(cause.taken_at),
        )  # fmt: skip
        if cause.late_by_engine:
            yield self._say("late")

    def _coming(self, coming: Coming) -> str:
        posts = ", ".join(self._told.posts.get(post, {}).get(self._lang, post) for post in coming.posts)
        act, duty = self._of(ACTS, coming.act), self._of(DUTIES, coming.duty)
        return self._say("coming", due_at=self._time(coming.due_at), act=act, posts=posts, duty=duty)

    def _may(self, permitted: Sequence[MayDo]) -> Iterator[str]:
        for role in dict.fromkeys(one.role for one in permitted):
            mine = (self._word(Kind.EVENT, one.event, one.machine) for one in permitted if one.role == role)
            yield self._say("may", role=self._word(Kind.ROLE, role), events="; ".join(dict.fromkeys(mine)))

    def _may_not(self, refused: MayNot | Refused) -> str:
        machine = refused.machine if isinstance(refused, MayNot) else self._told.kind
        reasons = "; ".join(self._word(Kind.REASON, reason) for reason in refused.reasons)
        said = {"role": self._word(Kind.ROLE, refused.role), "event": self._word(Kind.EVENT, refused.event, machine)}
        if isinstance(refused, MayNot):
            return self._say("may_not", reasons=reasons, **said)
        return self._say("refused", at=self._time(refused.at), reasons=reasons, **said)

    def _moved(self, template: str, machine: str, event: str, at: str, role: str) -> str:
        said, who = self._word(Kind.EVENT, event, machine), self._word(Kind.ROLE, role)
        return self._say(template, event=said, at=self._time(at), role=who)

    def _time(self, instant: str) -> str:
        return from_text(instant).astimezone(ZoneInfo(self._told.zone)).strftime("%Y-%m-%d %H:%M")

    def _say(self, template: str, **values: str) -> str:
        said = TEMPLATES[template][self._lang].format(**values)
        return said[0].upper() + said[1:]

    def _word(self, kind: str, name: str, machine: str | None = None) -> str:
        try:
            return label(kind, name, self._lang, machine)
        except LookupError:
            return name

    def _of(self, words: Words, name: str) -> str:
        return words.get(name, {}).get(self._lang, name)
