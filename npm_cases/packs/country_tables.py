"""The tables of a country file, as they are written: what stands where, and what each table says by itself."""

from datetime import date, time
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from npm_cases.domain.duties import OwedBy
from npm_cases.domain.ladders import AFTER_INTAKE
from npm_cases.domain.pack import Rung
from npm_cases.domain.terms import CountedFrom, ExtensionBound, RollsTo, Starts, Term, Unit
from state_machines.labels import LANGUAGES

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Labels = dict[str, str]
MODELS = 4


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{name}' is no time zone: use a name such as Europe/Warsaw") from None
    return name


def _spoken(languages: list[str]) -> list[str]:
    """People read the pages in any language the program speaks, so a pack has each of them; the first is its own."""
    if sorted(languages) != sorted(LANGUAGES):
        raise ValueError(
            f"name {', '.join(LANGUAGES)}, each once, the usual one first; others belong to official_languages"
        )
    return languages


Zone = Annotated[str, AfterValidator(_zone)]


class Table(BaseModel):
    """A table of the file: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourcedTable(Table):
    """What is law, with its source, or what is policy, and says so."""

    source: str | None = None
    policy: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if not self.source and not self.policy:
            raise ValueError('give source = "Act, article", or policy = true where no law was found')
        return self


class DatedTable(Table):
    """What is in force from a day to a day, both inside; a day left out bounds nothing."""

    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self


class TermTable(Table):
    """A length of time."""

    amount: int = Field(ge=0)
    unit: Unit

    def term(self) -> Term:
        return Term(self.amount, self.unit)


class ExtensionTable(TermTable):
    """How far a term may be extended."""

    times: int = Field(ge=1)
    notice: TermTable | None = None
    counted_from: CountedFrom = "due_date"

    def bound(self) -> ExtensionBound:
        return ExtensionBound(self.term(), self.times, self.notice.term() if self.notice else None, self.counted_from)


class RuleTable(SourcedTable, DatedTable):
    """One version of a rule of time."""

    version: Code
    amount: int = Field(ge=0)
    unit: Unit
    starts: Starts
    rolls_to: RollsTo
    minimum: TermTable | None = None
    maximum: TermTable | None = None
    set_in_document: bool = False
    extension: ExtensionTable | None = None
    valid_from: date
    week: Code | None = None


class ChannelTable(SourcedTable):
    """A way by which recommendations or allegations come."""

    id: Code
    kind: Literal["recommendation", "allegation"]
    labels: Labels
    issued_here: bool
    public: bool
    approvers: list[Code]
    issuers: list[Code]
    duties: dict[Code, Code] = Field(default_factory=dict)


class PostTable(SourcedTable, DatedTable):
    """An office that is told or owes."""

    id: Code
    labels: Labels
    outside: bool
    relative: bool
    commissioners_office: bool
    valid_from: date


class RungTable(Table):
    """One step of a ladder."""

    id: Code = AFTER_INTAKE
    act: Literal["remind", "notify", "escalate"]
    offset: int
    posts: list[Code] = Field(min_length=1)
    event: Literal["raise_to_superior", "escalate_to_ombudsman"] | None = None
    every: int = Field(default=0, ge=0)
    at_once: bool = False

    @model_validator(mode="after")
    def _escalates_by_an_event(self) -> Self:
        if (self.act == "escalate") != (self.event is not None):
            raise ValueError("a rung that escalates names its event, and no other rung has one")
        return self

    def rung(self) -> Rung:
        return Rung(self.id, self.act, self.offset, tuple(self.posts), self.event or "", self.every, self.at_once)


class LadderTable(SourcedTable, DatedTable):
    """One version of a ladder."""

    id: Code
    version: Code
    channels: list[Code] = Field(default_factory=list)
    owed_by: list[OwedBy] = Field(default_factory=list)
    duties: list[Code] = Field(default_factory=list)
    rungs: list[RungTable] = Field(min_length=1)
    after_intake: RungTable

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        ids = [rung.id for rung in self.rungs]
        if len(set(ids)) != len(ids):
            raise ValueError("two rungs have one id; a rung is taken once under its id")
        offsets = [rung.offset for rung in self.rungs]
        if offsets != sorted(offsets):
            raise ValueError("rungs stand in order of time: sort them by offset")
        if any(rung.every for rung in self.rungs[:-1]):
            raise ValueError("only the last rung may repeat")
        if not any(rung.event == "escalate_to_ombudsman" for rung in self.rungs):
            raise ValueError('the ladder ends below the top: add a rung with event = "escalate_to_ombudsman"')
        if not self.rungs[-1].every:
            raise ValueError("the last rung repeats (every = N), so that silence never ends the pressure")
        return self


class HeadTable(Table):
    """What the pack says of itself, and of time, languages and offences in its country."""

    id: Code
    version: Code
    status: Literal["adopted", "reviewed", "draft"]
    zone: Zone
    zones: list[Zone] = Field(default_factory=list)
    calendar: Code
    week: Code
    opens: time
    closes: time
    languages: Annotated[list[str], AfterValidator(_spoken)]
    official_languages: list[Code] = Field(min_length=1)
    reasons_for_exception: list[Code]
    torture_investigators: list[Code]
    torture_qualifications: list[Code]
    inquiry_qualifications: list[Code]
    regions: dict[Code, Labels] = Field(min_length=1)
    regional_calendars: dict[Code, Code] = Field(default_factory=dict)


class ModelTable(SourcedTable, DatedTable):
    """Of which model the mechanism is, and when."""

    model: int = Field(ge=1, le=MODELS)


class BodyTable(SourcedTable, DatedTable):
    """A body of the mechanism."""

    id: Code
    labels: Labels
    coordinator: bool = False


class MembershipTable(SourcedTable):
    """What binds the members."""

    what: Labels


class ReportTable(SourcedTable):
    """To whom the annual report goes."""

    labels: Labels


class QuestionTable(Table):
    """What is not known, and which entry rests on it."""

    id: Code
    about: Code
    text: Labels


class ErasureBasisTable(SourcedTable):
    """A ground on which protected text is destroyed."""

    id: Code
    labels: Labels


class PlacesTable(Table):
    """What is owed for a place of detention."""

    periodic_visit: Code
    channel: Code


class CountryFile(Table):
    """A whole country file, its template put in."""

    pack: HeadTable
    models: list[ModelTable] = Field(min_length=1)
    bodies: list[BodyTable] = Field(min_length=1)
    report: ReportTable
    membership: list[MembershipTable] = Field(default_factory=list)
    questions: list[QuestionTable] = Field(default_factory=list)
    rules: dict[Code, list[RuleTable]]
    duties: dict[Literal["recommendation", "allegation"], dict[Code, Code]]
    channels: list[ChannelTable] = Field(min_length=1)
    posts: list[PostTable] = Field(min_length=1)
    ladders: list[LadderTable] = Field(min_length=1)
    erasure_bases: list[ErasureBasisTable] = Field(min_length=1)
    places: PlacesTable
