"""What Prefect knows of our runs, asked over its API: which failed, were never begun, or have fallen silent."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter, EventResourceFilter
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import get_current_settings

from npm_cases.domain.errors import TryAgain
from npm_cases.domain.instants import as_text
from npm_cases.services.flow_runs import Trouble
from workflows.environment import HEARTBEAT_SECONDS, TAG

LOOK_BACK = timedelta(days=1)
MISSED_HEARTBEATS = 3
HEARTBEAT = "prefect.flow-run.heartbeat"
LOST = "Lost"
"""The name of the state an automation gives a run that fell silent."""
WAITING = ["Scheduled", "Late", "Pending", "AwaitingConcurrencySlot"]
"""Not those that wait for another try: they have begun once."""


def lost_after() -> timedelta:
    """Return after how long without a heartbeat a run counts as lost."""
    every = get_current_settings().flows.heartbeat_frequency or HEARTBEAT_SECONDS
    return MISSED_HEARTBEATS * timedelta(seconds=every)


def late_after() -> timedelta:
    """Return after how long a run that was not begun counts as late."""
    return get_current_settings().server.services.late_runs.after_seconds


def troubles(now: datetime) -> list[Trouble]:
    """Return every run of ours in trouble, of the last day.

    Raises TryAgain when Prefect's API does not answer, or not to us.
    """
    try:
        with get_client(sync_client=True) as client:
            names = {flow.id: flow.name for flow in client.read_flows()}
            return list(_troubles(client, names, now))
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        raise TryAgain(f"Prefect's API cannot be asked: {type(error).__name__}") from error


def trouble_of(run_id: UUID, now: datetime) -> list[Trouble]:
    """Return what is wrong with one run, if anything is: automations have been wrong about a run that had ended.

    Raises TryAgain when Prefect's API does not answer, or not to us.
    """
    try:
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(run_id)
            name = client.read_flow(run.flow_id).name
            heard_by = now - lost_after()
            kind = _ended_badly(run) or _late(run, now)
            if not kind and run.state_type == StateType.RUNNING and not _is_heard(client, run, heard_by):
                kind = "flow_lost"
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        raise TryAgain(f"Prefect's API cannot be asked: {type(error).__name__}") from error
    return [Trouble(kind, name, str(run.id), as_text(run.end_time or now))] if kind else []


def _ended_badly(run: FlowRun) -> str:
    if run.state_type not in {StateType.FAILED, StateType.CRASHED}:
        return ""
    return "flow_lost" if run.state_name == LOST else "flow_failed"


def _late(run: FlowRun, now: datetime) -> str:
    planned = run.expected_start_time or now
    waited = (run.start_time or now) - planned
    waits = run.start_time is not None or run.state_name in WAITING
    return "flow_late" if waits and waited > late_after() else ""


def _troubles(client: SyncPrefectClient, names: Mapping[UUID, str], now: datetime) -> Iterator[Trouble]:
    ended = {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}, "end_time": {"after_": now - LOOK_BACK}}
    for run in _runs(client, **ended):
        yield _trouble(_ended_badly(run), names, run, run.end_time or now)
    begun_by = now - late_after()
    waiting = {"state": {"name": {"any_": WAITING}}, "expected_start_time": {"before_": begun_by}}
    for run in _runs(client, **waiting):
        yield _trouble("flow_late", names, run, run.expected_start_time or now)
    heard_by = now - lost_after()
    running = {"state": {"type": {"any_": ["RUNNING"]}}, "start_time": {"before_": heard_by}}
    for run in _runs(client, **running):
        if not _is_heard(client, run, heard_by):
            yield _trouble("flow_lost", names, run, heard_by)


def _runs(client: SyncPrefectClient, **which: Any) -> list[FlowRun]:
    return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate({"tags": {"all_": [TAG]}, **which}))


def _is_heard(client: SyncPrefectClient, run: FlowRun, since: datetime) -> bool:
    wanted = EventFilter(
        occurred=EventOccurredFilter(since=since), event=EventNameFilter(name=[HEARTBEAT]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run.id}"]),
    )  # fmt: skip
    return bool(client.read_events(wanted, limit=1).events)


def _trouble(kind: str, names: Mapping[UUID, str], run: FlowRun, at: datetime) -> Trouble:
    return Trouble(kind, names.get(run.flow_id, "unknown"), str(run.id), as_text(at))
