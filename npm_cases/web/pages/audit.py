"""The first page of an auditor, and the verification of the whole history."""

from datetime import timedelta

from starlette.responses import Response

from npm_cases.domain.errors import BadInput, RefusedByRule
from npm_cases.domain.rights import RIGHTS
from npm_cases.history.notes import MOST_BYTES
from npm_cases.services.audit_overview import overview
from npm_cases.services.brought_trust import Brought, asked_verification
from npm_cases.services.checkpoints import known_keys
from npm_cases.services.long_logs import MOST_ENTRIES
from npm_cases.services.ports import Readable
from npm_cases.services.shown_findings import shown_findings
from npm_cases.web.failures import status_of
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.pages.audit_parts import wrong_of
from npm_cases.web.routes import Data, Page
from npm_cases.web.verifying import RUNS
from npm_cases.web.visit import Visit
from npm_cases.web.words import all_words

AUDITORS = RIGHTS["look into the log"]
_INCIDENT = "audit.incident_"
WAITED_SECONDS = 4
"""A short log is verified by then, and its page comes with the result at once."""
SHOWN = 200
"""So many findings are on the page; how many there are is said, and a command tells them all."""
TYPED = ("keys", "witnesses", "quorum", "receipts")
_UNITS: tuple[tuple[str, timedelta], ...] = (
    ("days", timedelta(hours=48)), ("hours", timedelta(minutes=120)), ("minutes", timedelta(0)),
)  # fmt: skip


def _show(visit: Visit) -> Response:
    visit.app.sequence()
    with visit.app.log() as log:
        found = overview(visit.office, visit.app.views, log, visit.actor, visit.at)
    return visit.render(
        "audit.html",
        found=found,
        age=_age(visit, found.age),
        run=RUNS.last(visit.app),
        incident_kinds=_incident_kinds(),
    )


def _incident_kinds() -> frozenset[str]:
    """Return the kinds of incidents there are words for."""
    return frozenset(name.removeprefix(_INCIDENT) for name in all_words() if name.startswith(_INCIDENT))


def _age(visit: Visit, age: timedelta) -> str:
    """Say how old something is, in the largest unit of which there are at least two."""
    unit = next(name for name, least in _UNITS if age >= least or not least)
    counted = {"days": age.days, "hours": round(age / timedelta(hours=1)), "minutes": round(age / timedelta(minutes=1))}
    return visit.speaker.t(f"audit.age_{unit}", n=max(counted[unit], 0))


# -- verification


def _verification(visit: Visit) -> Response:
    return _verification_page(visit, None, 200)


def _verification_page(visit: Visit, wrong: Wrong | None, status: int) -> Response:
    with visit.app.log() as log:
        entries = log.size()
    run = RUNS.last(visit.app)
    findings = run.found.findings[:SHOWN] if run and run.found else ()
    return visit.render(
        "audit_verification.html", status, run=run, wrong=wrong, entries=entries, most=MOST_ENTRIES,
        findings=shown_findings(visit.office, findings, visit.actor),
        keys=known_keys(visit.office), typed={name: visit.given(name) for name in TYPED},
    )  # fmt: skip


def _bytes(content: bytes | Readable) -> bytes:
    """Read a kept checkpoint; one that is longer than any note is refused as no note."""
    return content if isinstance(content, bytes) else content.read(MOST_BYTES + 1)


def _verify(visit: Visit) -> Response:
    kept = tuple((name, _bytes(content)) for name, content in visit.uploads("kept"))
    brought = Brought(**{name: visit.given(name) for name in TYPED}, kept=kept)
    with visit.app.log() as log:
        entries = log.size()
    try:
        trust = asked_verification(brought, entries, visit.actor)
    except (BadInput, RefusedByRule) as error:
        return _verification_page(visit, wrong_of(visit, error), status_of(error))
    run = RUNS.start(visit.app, visit.actor.user, visit.at, trust)
    if run is None:
        return visit.go("audit_verification", "busy=1")
    run.over.wait(WAITED_SECONDS)
    return visit.go("audit_verification")


PAGES = (
    Page("audit", "/audit", AUDITORS, Data.HISTORY, get=_show),
    Page("audit_verification", "/audit/verification", AUDITORS, Data.HISTORY, get=_verification, post=_verify),
)
