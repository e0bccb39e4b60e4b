"""What the calls take and give: closed models, so that nothing can be set that a call does not name."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LONGEST_TEXT, MOST_FIELDS = 100_000, 50
Code = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
Day = Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9_./()-]+$")]


class Given(BaseModel):
    """A body of a call: a member it does not name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What a call answers; more members may come in later versions."""

    model_config = ConfigDict(extra="allow")


class NewCase(Given):
    """A new case: kind, and fields as the command line takes them."""

    kind: Literal["recommendation", "allegation"]
    fields: Mapping[Code, Text] = Field(default_factory=dict, max_length=MOST_FIELDS)


class GivenAct(Given):
    """An event on a case: ``if_version`` is the version the caller saw, ``documents`` are ids of documents on the case."""

    event: Code
    fields: Mapping[Code, Text] = Field(default_factory=dict, max_length=MOST_FIELDS)
    documents: tuple[Code, ...] = Field(default=(), max_length=MOST_FIELDS)
    if_version: int | None = Field(None, ge=0, le=2**53)


class Assignment(Given):
    """To whom a case is given."""

    user: Code
    if_version: int | None = Field(None, ge=0, le=2**53)


class NewLink(Given):
    """Another case, and how the two belong together."""

    other: Code
    kind: Literal["same_matter", "repeats", "related"] = "related"


class Stop(Given):
    """A clock to stop or to let run on."""

    duty: Code
    reason: Reason
    on: Day = ""


class Consent(Given):
    """What the person decided (OPCAT art. 21(2))."""

    what: Literal["give", "limit", "withdraw"]
    recipient: Code = ""
    purpose: Literal["refer", "share", "publish", "research"] = "refer"
    form: Literal["written", "oral", "witnessed"] = "written"
    expires_on: Day = ""


class WhyRead(Given):
    """Why protected text is opened: a code that is recorded."""

    reason: Reason


class NewRow(Given):
    """A row of a register, as the command line takes it."""

    fields: Mapping[Code, Text] = Field(max_length=MOST_FIELDS)


class GivenReceipt(Answer):
    """Proof that an act was recorded: case, event number, leaf."""

    case: str
    seq: int
    leaf: str


class Recorded(Answer):
    """The receipt of what was done."""

    receipt: GivenReceipt


class CreatedCase(Recorded):
    """The new case."""

    id: str
    number: str


class Acted(Recorded):
    """The state after the act; ``pending`` is the id of the proposal where a second person must confirm it."""

    state: str
    version: int
    pending: str = ""


class CaseRow(Answer):
    """One case of a list."""

    id: str
    number: str
    kind: str
    channel: str
    state: str
    phase: str
    escalation: str
    region: str
    due_on: str
    overdue: bool
    title: str


class CasePage(Answer):
    """A page of a list; ``next`` is where to go on after it, empty at the end."""

    cases: list[CaseRow]
    next: str
    total: int
    is_capped: bool


class WholeCase(CaseRow):
    """One case with its clocks, what the caller may do, and what not, with the reasons."""

    version: int
    obligations: list[dict[str, Any]]
    permitted: list[dict[str, Any]]
    refused: list[dict[str, Any]]


class Events(Answer):
    """The history of a case, in order."""

    events: list[dict[str, Any]]


class Explained(Answer):
    """Why, and why not, in sentences."""

    number: str
    at: str
    sentences: list[str]


class Texts(Answer):
    """Protected text that was opened; the reading is recorded."""

    texts: dict[str, str]


class AddedDocument(Recorded):
    """A document that was put on a case."""

    document: str


class Rows(Answer):
    """Rows of a register."""

    rows: list[dict[str, Any]]


class Added(Answer):
    """The id of a new row."""

    id: str


class DueDate(Answer):
    """A due date with every step of its derivation, in data and in words."""

    due_on: str
    provisional: bool
    derivation: list[dict[str, Any]]
    sentences: list[str]
    calendar_version: str


class Machine(Answer):
    """One transition table: who may do what, from where, to where, only if."""

    name: str
    initial: str
    rows: list[dict[str, Any]]


class Checkpoints(Answer):
    """Signed checkpoints, newest first."""

    checkpoints: list[dict[str, Any]]


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
