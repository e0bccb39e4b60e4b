"""Every few minutes: take every rung that is due; one task run per batch, never one per case."""

from dataclasses import asdict
from time import monotonic

from prefect import flow, task

from npm_cases.domain.records import SweepCounts
from npm_cases.services.erasure import finish_erasures
from npm_cases.services.recounting import Recounted, recount
from npm_cases.services.sweep import BATCH, expire_proposals, take_due_rungs
from npm_cases.services.watching import note_sweep
from npm_cases.services.zone_data import follow_zone_data
from workflows.parts import RETRIES, RETRY_DELAYS, installation, logged, now_text


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def count_again(as_of: str) -> Recounted:
    """Carry on what an adoption, or other zone data, left to be counted; idempotent, a date moves once."""
    office = installation().office
    follow_zone_data(office, as_of)
    return recount(office, as_of)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def take_a_batch(as_of: str) -> SweepCounts:
    """Take one batch of due rungs; idempotent, because a rung is taken once."""
    return take_due_rungs(installation().office, as_of, BATCH)


@task(retries=RETRIES, retry_delay_seconds=RETRY_DELAYS)
def finish(as_of: str, counts: SweepCounts, begun: float) -> int:
    """Let proposals lapse, complete erasures, give events their place in the log, and note that the sweep was done."""
    app = installation()
    finish_erasures(app.office)
    expired = expire_proposals(app.office, as_of)
    note_sweep(app.office, as_of, counts, monotonic() - begun)
    app.sequence()
    return expired


@flow(name="sweep-obligations")
def sweep_obligations(as_of: str = "") -> dict[str, int]:
    """Take every rung that is due; a failed batch fails the run."""
    with logged("sweep") as log:
        begun, instant = monotonic(), as_of or now_text()
        total = SweepCounts()
        count_again(instant)
        while (batch := take_a_batch(instant)).taken:
            total.add(batch)
        total.expired = finish(instant, total, begun)
        log.info("swept", counts=_counts(total))
        return _counts(total)


def _counts(total: SweepCounts) -> dict[str, int]:
    return {name: value for name, value in asdict(total).items() if isinstance(value, int)}
