"""Caseload files: the JSON of ``config/caseload/`` read into a Caseload.

``published.json`` is an ordinary import file (docs/import.md): the importers read it, and its rows are given in here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from npm_cases.domain.caseload import (
    Caseload,
    Given,
    PlannedAct,
    PlannedCase,
    PlannedUser,
    PlannedVisit,
    Registers,
    YearOfVisits,
)
from npm_cases.domain.incoming import ImportedRow, RefusedRow
from npm_cases.packs.located import BadPack, Problem

REGISTERS, ANSWERED, SYNTHETIC, VISITS = "registers.json", "answered.json", "synthetic.json", "visits.json"
PUBLISHED = "published.json"
CASE_FILES = (ANSWERED, SYNTHETIC)

Text = Annotated[str, Field(min_length=1)]
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
Count = Annotated[int, Field(ge=0)]
Before = Annotated[int, Field(le=0)]


class _Object(BaseModel):
    """An object of the file: an unknown member is a mistake, a text is not taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Given(_Object):
    fields: dict[str, Text] = Field(default_factory=dict)
    days: dict[str, int] = Field(default_factory=dict)
    refs: dict[str, Label] = Field(default_factory=dict)

    def given(self) -> Given:
        return Given(self.fields, {name: timedelta(days=days) for name, days in self.days.items()}, self.refs)


class _User(_Object):
    id: Text
    name: Text
    email: Text
    language: Text
    roles: list[Text] = Field(min_length=1)
    regions: list[Text] = Field(default_factory=list)


class _Visit(_Given):
    label: Label
    by: Text
    day: Before


class _Registers(_Object):
    note: Text
    users: list[_User] = Field(min_length=1)
    bodies: list[dict[str, Text]]
    places: list[_Given]
    posts: list[dict[str, Text]]
    visits: list[_Visit]


class _Document(_Object):
    name: Text
    text: Text


class _Moment(_Object):
    by: Text
    day: Count
    hour: Count = 0

    @property
    def after(self) -> timedelta:
        return timedelta(days=self.day, hours=self.hour)


class _Act(_Given):
    event: Text
    by: Text
    day: Count
    hour: Count = 0
    documents: list[_Document] = Field(default_factory=list)
    confirmed: _Moment | None = None

    @property
    def after(self) -> timedelta:
        return timedelta(days=self.day, hours=self.hour)

    @property
    def moments(self) -> tuple[timedelta, ...]:
        return (self.after, self.confirmed.after) if self.confirmed else (self.after,)


class _Case(_Given):
    label: Label
    kind: Literal["recommendation", "allegation"]
    by: Text
    day: Before
    note: Text
    acts: list[_Act] = Field(default_factory=list)

    @model_validator(mode="after")
    def _in_order(self) -> "_Case":
        moments = [timedelta(), *(moment for one in self.acts for moment in one.moments)]
        if any(later < earlier for earlier, later in pairwise(moments)):
            raise ValueError(f"case {self.label}: the acts are not in order of time, confirmations included")
        if timedelta(days=self.day) + moments[-1] > timedelta():
            raise ValueError(f"case {self.label}: its last act lies after the present; begin it earlier")
        return self


class _Cases(_Object):
    note: Text
    cases: list[_Case] = Field(min_length=1)


class _Year(_Object):
    year: int
    visits: Count
    special: Count
    institutions: Count | None = None
    note: Text = ""


class _Visits(_Object):
    source: Text
    note: Text
    years: list[_Year] = Field(min_length=1)


Read = TypeVar("Read", bound=BaseModel)


def read_caseload(folder: Path, published: Iterable[ImportedRow | RefusedRow]) -> Caseload:
    """Read the caseload of a folder; ``published`` are the rows an importer read from its ``published.json``.

    Raises BadPack naming the file and the member that does not fit, a refused row, or a name that nothing stands for.
    """
    registers = _read(folder / REGISTERS, _Registers)
    answered = _read(folder / ANSWERED, _Cases)
    synthetic = _read(folder / SYNTHETIC, _Cases)
    _check_names(folder, registers, answered, synthetic)
    return Caseload(
        registers=_registers(registers),
        visits=tuple(_visit(one) for one in registers.visits),
        published=tuple(_accepted(folder, published)),
        answered=tuple(_case(one) for one in answered.cases),
        synthetic=tuple(_case(one) for one in synthetic.cases),
        years=_years(_read(folder / VISITS, _Visits)),
    )


def _read(path: Path, model: type[Read]) -> Read:
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as wrong:
        raise BadPack(str(path), 0, f"cannot be read: {wrong.strerror}; check the name and the rights") from wrong
    except ValidationError as wrong:
        raise BadPack.of(
            str(path), [Problem(0, _sentence(one["loc"], one["msg"])) for one in wrong.errors()]
        ) from wrong


def _sentence(where: tuple[int | str, ...], message: str) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")
    return f"{path or 'the file'}: {message.removeprefix('Value error, ')}"


def _accepted(folder: Path, rows: Iterable[ImportedRow | RefusedRow]) -> Iterator[ImportedRow]:
    for row in rows:
        if isinstance(row, RefusedRow):
            raise BadPack(str(folder / PUBLISHED), row.line, f"{row.field}: {row.reason}")
        yield row


def _check_names(folder: Path, registers: _Registers, *files: _Cases) -> None:
    """Refuse a user, a visit or a case that is named and nowhere given, or that comes later than what names it."""
    users = {user.id for user in registers.users}
    starts = {visit.label: timedelta(days=visit.day) for visit in registers.visits}
    for visit in registers.visits:
        if visit.by not in users:
            raise BadPack(str(folder / REGISTERS), 0, f"visit {visit.label}: there is no user {visit.by!r}")
    paired = [(folder / name, case) for name, file in zip(CASE_FILES, files, strict=True) for case in file.cases]
    for path, case in paired:
        if case.label in starts:
            raise BadPack(str(path), 0, f"case {case.label}: the label stands twice; give another")
        starts[case.label] = timedelta(days=case.day)
    for path, case in paired:
        _check_case(path, case, users, starts)


def _check_case(path: Path, case: _Case, users: set[str], starts: Mapping[str, timedelta]) -> None:
    people = {case.by, *(one.by for one in case.acts), *(one.confirmed.by for one in case.acts if one.confirmed)}
    if unknown := sorted(people - users):
        raise BadPack(str(path), 0, f"case {case.label}: there is no user {unknown[0]!r} in {REGISTERS}")
    begun = timedelta(days=case.day)
    named = [(label, begun) for label in case.refs.values()]
    named += [(label, begun + one.after) for one in case.acts for label in one.refs.values()]
    for label, moment in named:
        if label not in starts:
            raise BadPack(str(path), 0, f"case {case.label}: no visit and no case has the label {label!r}")
        if starts[label] >= moment:
            raise BadPack(str(path), 0, f"case {case.label}: {label!r} begins only after the step that names it")


def _registers(file: _Registers) -> Registers:
    return Registers(
        bodies=tuple(file.bodies),
        places=tuple(place.given() for place in file.places),
        posts=tuple(file.posts),
        users=tuple(
            PlannedUser(one.id, one.name, one.email, one.language, tuple(one.roles), tuple(one.regions))
            for one in file.users
        ),
    )


def _years(file: _Visits) -> tuple[YearOfVisits, ...]:
    return tuple(YearOfVisits(one.year, one.visits, one.special, one.institutions, file.source) for one in file.years)


def _visit(one: _Visit) -> PlannedVisit:
    return PlannedVisit(one.label, one.by, timedelta(days=one.day), one.given())


def _case(one: _Case) -> PlannedCase:
    acts = tuple(_act(each) for each in one.acts)
    return PlannedCase(one.label, one.kind, one.by, timedelta(days=one.day), one.given(), acts, one.note)


def _act(one: _Act) -> PlannedAct:
    return PlannedAct(
        event=one.event,
        by=one.by,
        after=one.after,
        given=one.given(),
        files=tuple((document.name, document.text.encode()) for document in one.documents),
        confirmed_by=one.confirmed.by if one.confirmed else "",
        confirmed_after=one.confirmed.after if one.confirmed else one.after,
    )
