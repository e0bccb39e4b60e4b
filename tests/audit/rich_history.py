"""A made history with everything an installation can live through, some of it signed, and what an auditor keeps of it.

Every table has a row and every machine has moved. Invented throughout.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from npm_cases.bootstrap import App, build
from npm_cases.domain.records import Actor
from npm_cases.history.notes import parse_vkey
from npm_cases.persistence.reading import SqlReader
from npm_cases.proving import witness
from npm_cases.proving.trust import Kept, Trust, kept_checkpoint, log_key
from npm_cases.services import registers
from npm_cases.services.absences import end_absence, record_absence
from npm_cases.services.act import Confirm, DoAct, act, confirm
from npm_cases.services.api_tokens import api_tokens_of, end_api_token, make_api_token
from npm_cases.services.bundle import Export, export
from npm_cases.services.casework import OnCase
from npm_cases.services.checkpoints import add_cosignatures, declare_restore, request, rotate_log_key
from npm_cases.services.consent import RecordConsent, record_consent
from npm_cases.services.create_case import CreateCase, create_case
from npm_cases.services.erasure import propose_erasure
from npm_cases.services.import_rows import import_rows
from npm_cases.services.incidents import close_incident
from npm_cases.services.keepers import queue_for_keepers
from npm_cases.services.key_rotation import rotate_wrapping_key
from npm_cases.services.legal_hold import hold
from npm_cases.services.mailroom import Outgoing, Tried, deliver
from npm_cases.services.name_index import find_name
from npm_cases.services.office_acts import DECLARE_RESTORE, ROTATE_LOG_KEY, ROTATE_WRAPPING_KEY, Seconded, propose
from npm_cases.services.preferences import save_filter
from npm_cases.services.sessions import resume, sign_in
from npm_cases.services.user_changes import disable, set_language, set_regions, set_roles
from npm_cases.services.users import AddUser, add_user
from npm_cases.services.watching import recorded_sweep
from npm_cases.services.ways_in import invite, new_token
from tests.audit.made_history import HOUSE, ONE, TWO, Live, after, imported, live_through, settings
from tests.faults.scenarios import sign_ahead
from tests.services.people import CHEAP, PASSWORD, enrolled

ERASED_PLACE = "synthetic_place"
WITNESS = "witness.synthetic/outside"


@dataclass(frozen=True)
class Outside:
    """What lies outside the installation: the log's first key, two checkpoints that were kept, a witness's key."""

    first_key: str
    early: bytes
    last: bytes
    witness: str

    def trust(self, *, quorum: int = 0) -> Trust:
        """What an auditor brings who kept the last checkpoint."""
        kept: tuple[Kept, ...] = (kept_checkpoint("early.txt", self.early), kept_checkpoint("last.txt", self.last))
        return Trust((log_key(self.first_key),), kept, (parse_vkey(self.witness),) if quorum else (), quorum)


def live_richly(folder: Path, url: str = "", events: int = 0) -> Outside:
    """Fill a fresh sandbox with a year of synthetic work, and then with everything that is rare."""
    live_through(folder, url)
    app = build(settings(folder, url))
    first_key = app.signer.key()
    _people_and_papers(app)
    _more(app, events)
    early = app.checkpoint(after(393)).whole.encode()
    told_outside = _witnessed(app, folder / "outside")
    _keys_and_restores(app)
    last = app.checkpoint(after(396)).whole.encode()
    _after_the_last(app)
    app.close()
    return Outside(first_key, early, last, told_outside)


def _more(app: App, events: int) -> None:
    """Issue recommendations until the history has so many events."""
    live, common = Live(app), {"channel": "ombudsman", "addressee": "synthetic_ministry", "region": "astana"}
    while app.counters.counters(after(392))["events"] < events:
        for number in range(20):
            case = live.make("recommendation", 392.7, title=f"Mend the door {number}", **common)
            live.do(case, "approve", 392.7)
            live.do(case, "issue", 392.7, measurable="true")


def _people_and_papers(app: App) -> None:
    office, live, at = app.office, Live(app), after(392.1)
    registers.fill_post(office, {"post": "board", "email": "next@example.org", "valid_from": "2026-03-01"}, ONE, at)
    registers.record_visit(office, {"place": "synthetic_place", "kind": "special", "started_on": "2026-03-02"}, ONE, at)
    erased = create_case(
        office,
        CreateCase(
            "allegation",
            ONE,
            at,
            {
                "channel": "complaint",
                "region": "astana",
                "place": ERASED_PLACE,
                "statement": "x",
                "excluded": "two,board",
            },
            key="synthetic-key-1",
        ),
    )
    silent_two = replace(TWO, user="three")
    given = {"about_ill_treatment": "false", "reasons": "synthetic"}
    declined = act(office, DoAct(erased.id, "decline", ONE, at, given, idem="synthetic-key-2"))
    confirm(office, Confirm(declined.pending, silent_two, at, "synthetic-key-3"))
    approval = propose_erasure(office, OnCase(erased.id, ONE, at), "court_decision", "order").approval
    confirm(office, Confirm(approval, silent_two, at))
    _consents(app, at)
    _people(app)
    whole = live.make("recommendation", 392.2, channel="visit", title="Mend the windows", assignee="two", region="abai")
    hold(office, OnCase(whole, ONE, after(392.2)), "dispute")
    changed = [replace(row, digest="f" * 64, paragraph="9") for row in imported()][:1]
    import_rows(office, changed, ONE, after(392.3))
    recorded_sweep(office, after(392.4), 500)
    find_name(office, "Somebody synthetic", ONE, after(392.5), "check")
    with office.open_reading() as work:
        incident = next(row["id"] for row in work.rows("incidents") if not row["closed_at"])
    close_incident(office, incident, ONE, after(392.6))


def _people(app: App) -> None:
    """Let people sign in, change, be absent, and be shut out; each leaves rows of every table that is about people."""
    office, first = replace(app.office, passwords=CHEAP), after(392.11)
    for user in ("three-and-a-half", "four"):
        add_user(office, AddUser(user, ("caseworker",), ONE, first, f"Synthetic {user}"))
    four = Actor("four", frozenset({"caseworker"}))
    device = enrolled(office, "four", first)
    later = after(392.12)
    opened = sign_in(office, "four", PASSWORD, device.code(later), later)
    resume(office, opened.token, after(392.121))
    for day in (date(2026, 6, 1), date(2026, 7, 1)):
        make_api_token(office, f"script {day}", ("read", "act"), day, four, later)
    end_api_token(office, api_tokens_of(office, "four", four)[0]["id_hash"], four, later)
    for deputy in ("one", "two"):
        absence = record_absence(office, "four", deputy, date(2026, 4, 1), date(2026, 4, 10), four, later)
    end_absence(office, absence, four, later)
    save_filter(office, "overdue", "overdue=yes", four, later)
    invite(office, "four", ONE, later)
    set_roles(office, "four", ("caseworker", "auditor"), ONE, later)
    set_regions(office, "four", ("abai",), ONE, later)
    set_language(office, "four", "kk", four, later)
    new_token(office, "two", ONE, later)
    disable(office, "three-and-a-half", ONE, later)


def _consents(app: App, at: str) -> None:
    office, live = app.office, Live(app)
    told = live.make(
        "allegation", 392.1, channel="complaint", region="abai", statement="synthetic", alleged_victim="S. S."
    )
    for what, recipient in (("give", ""), ("withdraw", ""), ("limit", "synthetic_prosecutor")):
        record_consent(office, RecordConsent(told, what, ONE, at, recipient, expires_on="2027-01-01"))
    live.do(told, "register", 392.1, consent="limited", reprisal_risk="low")
    live.do(told, "notify_prosecutor", 392.1, authority="synthetic_prosecutor")
    live.do(told, "record_registration", 392.1, register_number="synthetic 2")
    live.do(told, "open_investigation", 392.1, qualification="146-1", investigator="synthetic_ministry")
    act(office, DoAct(told, "offer", ONE, at, idem="synthetic-key-4"))


def _witnessed(app: App, folder: Path) -> str:
    """Let a witness sign the last checkpoint; returns its key."""
    state = witness.State(folder)
    key = witness.init(state, WITNESS)
    witness.trust(state, app.signer.key())
    with app.log() as log:
        made = log.last_checkpoint()
        assert made is not None
        line = witness.cosign_request(state, request(log, 0, made.note).decode(), 1_780_000_000)
    add_cosignatures(app.office, app.log, made.note.encode() + line.encode(), [key], after(393))
    return key


def _seconded(app: App, event: str, at: str) -> Seconded:
    return Seconded(propose(app.office, event, ONE, at)[0], TWO)


def _keys_and_restores(app: App) -> None:
    office = app.office
    rotate_log_key(office, app.signer, _seconded(app, ROTATE_LOG_KEY, after(394)), after(394))
    app.checkpoint(after(394))
    rotate_wrapping_key(office, app.wrapping_rotation, _seconded(app, ROTATE_WRAPPING_KEY, after(394.5)), after(394.5))
    sign_ahead(app)
    declare_restore(office, app.log, app.signer, _seconded(app, DECLARE_RESTORE, after(395)), after(395))
    made = app.checkpoint(after(395))
    queue_for_keepers(office, made, 1, after(395))
    deliver(office, _try_again, HOUSE, after(395.5))
    export(office, lambda: SqlReader(app.database), app.sequence, lambda: None, Export(ONE, after(395.6)), io.BytesIO())


def _try_again(mails: Sequence[Outgoing]) -> Sequence[Tried]:
    return [Tried(mail.message_id, "later", "rcpt", 451, "busy") for mail in mails]


def _after_the_last(app: App) -> None:
    live = Live(app)
    case = live.make("recommendation", 397, channel="visit", title="Paint the walls", region="astana")
    live.do(case, "approve", 397)
    app.sequence()
