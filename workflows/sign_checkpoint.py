"""Every few minutes: have the log signed when it has grown, and once a day even when it has not; mail the daily one.

Silence is a signal: a day without a checkpoint means that something is wrong here.
"""

from datetime import timedelta

from prefect import flow, task

from npm_cases.domain.errors import CaseError, IntegrityBroken, TryAgain
from npm_cases.services.checkpoints import is_due
from npm_cases.services.incidents import raise_incident
from npm_cases.services.keepers import queue_for_keepers
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def checkpoint(as_of: str) -> dict[str, int]:
    """Return how many checkpoints were signed (0 or 1), the size the last one covers, and how many letters were queued."""
    app = installation()
    app.sequence()
    every, heartbeat = (
        timedelta(seconds=app.settings.checkpoint_seconds),
        timedelta(seconds=app.settings.heartbeat_seconds),
    )
    with app.log() as log:
        due, last = is_due(log, as_of, every, heartbeat), log.last_checkpoint()
    try:
        made = app.checkpoint(as_of) if due or last is None else last
    except TryAgain:
        raise
    except CaseError as refused:  # nothing that a second try would mend: a person must look
        with app.office.open_work() as work:
            raise_incident(work, app.office, "signing_refused", "log", str(refused), as_of)
            work.commit()
        return {"signed": 0, "size": 0, "queued": 0, "refused": 1}
    queued = queue_for_keepers(app.office, made, len(app.keepers), as_of)
    return {"signed": int(made is not last), "size": made.size, "queued": queued}


@flow(name="sign-checkpoint")
def sign_checkpoint(as_of: str = "") -> dict[str, int]:
    """Sign a checkpoint if one is due; fails when the signer refuses."""
    with logged("checkpoint") as log:
        counts = checkpoint(as_of or now_text())
        if "refused" in counts:
            raise IntegrityBroken("nothing was signed: see the incident, keep everything, call the auditor")
        log.info("checkpoint", events=counts["size"], count=counts["signed"])
        return counts
