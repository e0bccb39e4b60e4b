"""What becomes known of runs of our flows: one that failed, began too late or fell silent is an incident a person sees.

Nothing of a case is in it: a flow is known by its name, a run by its id.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from npm_cases.domain.errors import BadInput
from npm_cases.domain.messages import say
from npm_cases.services.incidents import raise_incident
from npm_cases.services.ports import Office

WHAT: Mapping[str, str] = {
    "flow_failed": "run {run} of {flow} failed or crashed at {at}: see the log of its worker",
    "flow_late": "run {run} of {flow} should have begun at {at}: check that a worker runs and reaches Prefect's server",
    "flow_lost": "run {run} of {flow} was last heard of at {at}: its worker hangs or is gone; another goes on",
}
_FLOW = re.compile(r"[a-z][a-z-]{0,60}")
_RUN = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One run in trouble since ``at`` (UTC text); ``kind`` is a key of WHAT.

    Raises BadInput for anything that is not a code, a name or an id: whoever reaches Prefect's API may have sent it.
    """

    kind: str
    flow: str
    run: str
    at: str

    def __post_init__(self) -> None:
        if self.kind not in WHAT or not _FLOW.fullmatch(self.flow) or not _RUN.fullmatch(self.run):
            raise BadInput(say("no_such_trouble"))


def report_runs(office: Office, troubles: Iterable[Trouble], now: str) -> list[str]:
    """Raise an incident for each flow in trouble; what happened before a person closed one is dealt with.

    Returns the ids of the open incidents, oldest trouble first.
    """
    found: dict[str, None] = {}
    with office.open_work() as work:
        for trouble in sorted(troubles, key=lambda one: one.at):
            rows = work.rows("incidents", {"kind": trouble.kind, "subject": trouble.flow})
            if trouble.at <= max((row["closed_at"] for row in rows), default=""):
                continue
            what = WHAT[trouble.kind].format(run=trouble.run, flow=trouble.flow, at=trouble.at)
            found[raise_incident(work, office, trouble.kind, trouble.flow, what, now)] = None
        work.commit()
    return list(found)


def report_silence(office: Office, now: str) -> str:
    """Raise an incident because Prefect's API does not answer; returns its id."""
    what = "Prefect's API does not answer: start its server again; `npm-cases tick` sweeps without it"
    with office.open_work() as work:
        incident = raise_incident(work, office, "prefect_silent", "prefect", what, now)
        work.commit()
    return incident
