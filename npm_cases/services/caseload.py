"""Load a bundled caseload into a sandbox, through the same use cases a person's commands go through.

Nothing is written past them, and time passes between the steps, so every case has the history, the clocks, the
proposals and the reminders it would have in real work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from npm_cases.domain.caseload import Caseload, Given, PlannedAct, PlannedCase, PlannedUser, PlannedVisit
from npm_cases.domain.errors import BadInput, NotAllowed
from npm_cases.domain.instants import as_text, from_text
from npm_cases.domain.messages import say
from npm_cases.domain.records import ALLEGATION, Actor
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.import_rows import import_rows
from npm_cases.services.passing import let_time_pass
from npm_cases.services.ports import Office
from npm_cases.services.registers import add_body, add_place, fill_post, record_visit
from npm_cases.services.users import AddUser, add_user, sandbox_user

OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class CaseloadReport:
    """How much was loaded: ``published`` recommendations are real, ``synthetic`` ones and ``allegations`` invented."""

    published: int
    synthetic: int
    allegations: int
    places: int
    bodies: int
    users: int


@dataclass(frozen=True, slots=True)
class _Step:
    at: str
    do: Callable[[], object]


def load_caseload(office: Office, caseload: Caseload, now: str, on_progress: OnProgress) -> CaseloadReport:
    """Load everything in order of time: registers at the earliest instant, then the steps, the import at ``now``.

    ``on_progress`` gets the part (registers, cases, published), how many of its steps are done, and how many it has.
    Raises NotAllowed outside a sandbox; BadInput for a row the import refuses, or where ``now`` lies before a dated fact
    of the caseload was entered; what the use cases raise.
    """
    begin = as_text(from_text(now) + caseload.earliest)
    _run(office, "registers", _register_steps(office, caseload, begin, begin), on_progress)
    steps = sorted(_Replay(office, now).steps(caseload), key=lambda step: step.at)
    _run(office, "cases", [*steps, _Step(now, lambda: None)], on_progress)
    imported = _import(office, caseload, now, on_progress)
    allegations = sum(one.kind == ALLEGATION for one in caseload.synthetic)
    return CaseloadReport(
        published=imported + len(caseload.answered),
        synthetic=len(caseload.synthetic) - allegations,
        allegations=allegations,
        places=len(caseload.registers.places),
        bodies=len(caseload.registers.bodies),
        users=len(caseload.registers.users),
    )


def seed_registers(office: Office, caseload: Caseload, now: str, entered_at: str = "") -> None:
    """Enter the synthetic users, bodies, places and holders of posts, so that a first case can be made by hand.

    ``entered_at`` lets them stand in the registers earlier than now, for simulated clocks that go back; the periodic
    visits of the places are counted from now all the same.
    Raises NotAllowed outside a sandbox; Conflict when they are there already.
    """
    steps = _register_steps(office, caseload, entered_at or now, now)
    _run(office, "registers", steps, lambda *_: None)


def _run(office: Office, part: str, steps: list[_Step], on_progress: OnProgress) -> None:
    """Do the steps, each at its instant; whatever falls due between two of them is taken on its day."""
    before = steps[0].at if steps else ""
    for number, step in enumerate(steps, start=1):
        for _ in let_time_pass(office, before, step.at):
            pass
        step.do()
        before = step.at
        on_progress(part, number, len(steps))


def _register_steps(office: Office, caseload: Caseload, at: str, now: str) -> list[_Step]:
    if not office.sandbox:
        raise NotAllowed(say("sandbox_only"))
    founder, registers, today = sandbox_user(office, ""), caseload.registers, office.times.day(from_text(now))
    return [
        *(_Step(at, partial(_add_user, office, user, founder, at)) for user in registers.users),
        *(_Step(at, partial(add_body, office, body, founder, at)) for body in registers.bodies),
        *(
            _Step(at, partial(add_place, office, _filled(office, place, now, {}), founder, at, today))
            for place in registers.places
        ),
        *(_Step(at, partial(fill_post, office, post, founder, at)) for post in registers.posts),
    ]


def _add_user(office: Office, user: PlannedUser, founder: Actor, at: str) -> None:
    """Add a user; the token is let go, since a sandbox finds its users by name."""
    add_user(office, AddUser(user.id, user.roles, founder, at, user.name, user.email, user.language, user.regions))


def _import(office: Office, caseload: Caseload, now: str, on_progress: OnProgress) -> int:
    total = len(caseload.published)
    report = import_rows(
        office, caseload.published, sandbox_user(office, ""), now,
        on_batch=lambda so_far: on_progress("published", so_far.read, total),
    )  # fmt: skip
    if report.refusals:
        first = report.refusals[0]
        raise BadInput(say("in_published_row", line=first.line, column=first.field, why=first.why))
    return report.new


def _filled(office: Office, given: Given, start: str, ids: Mapping[str, str]) -> dict[str, str]:
    """Turn distances into legal days counted from an instant, and labels into ids."""
    days = {name: office.times.day(from_text(start) + after).isoformat() for name, after in given.days.items()}
    return {**given.fields, **days, **{name: ids[label] for name, label in given.refs.items()}}


@dataclass(slots=True)
class _Replay:
    """The cases and visits of a caseload as steps; remembers what each label became."""

    office: Office
    now: str
    actors: dict[str, Actor] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    pending: dict[str, str] = field(default_factory=dict)

    def steps(self, caseload: Caseload) -> list[_Step]:
        """Return the steps, those of one case in their order; a stable sort by instant keeps it."""
        found = [_Step(self._at(visit.start), partial(self._visit, visit)) for visit in caseload.visits]
        for case in caseload.cases:
            found.append(_Step(self._at(case.start), partial(self._create, case)))
            for one in case.acts:
                found.append(_Step(self._at(case.start + one.after), partial(self._act, case, one)))
                if one.confirmed_by:
                    later = self._at(case.start + one.confirmed_after)
                    found.append(_Step(later, partial(self._confirm, case, one)))
        return found

    def _at(self, distance: timedelta) -> str:
        return as_text(from_text(self.now) + distance)

    def _actor(self, user: str) -> Actor:
        if user not in self.actors:
            self.actors[user] = sandbox_user(self.office, user)
        return self.actors[user]

    def _visit(self, visit: PlannedVisit) -> None:
        at = self._at(visit.start)
        given = _filled(self.office, visit.given, at, self.ids)
        self.ids[visit.label] = record_visit(self.office, given, self._actor(visit.by), at)

    def _create(self, case: PlannedCase) -> None:
        at = self._at(case.start)
        given = _filled(self.office, case.given, at, self.ids)
        self.ids[case.label] = create_case(self.office, CreateCase(case.kind, self._actor(case.by), at, given)).id

    def _act(self, case: PlannedCase, one: PlannedAct) -> None:
        given = _filled(self.office, one.given, self._at(case.start), self.ids)
        at = self._at(case.start + one.after)
        command = DoAct(self.ids[case.label], one.event, self._actor(one.by), at, given, files=one.files)
        self.pending[case.label] = act(self.office, command).pending

    def _confirm(self, case: PlannedCase, one: PlannedAct) -> None:
        at = self._at(case.start + one.confirmed_after)
        confirm(self.office, Confirm(self.pending[case.label], self._actor(one.confirmed_by), at))
