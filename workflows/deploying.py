"""Our flows as deployments of a process work pool, for workers on several machines; said from the one list of rhythms."""

from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectAlreadyExists, PrefectHTTPStatusError
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from npm_cases.domain.errors import TryAgain
from npm_cases.packs.known import load_pack
from workflows.automations import write_automations
from workflows.environment import POOL, TAG
from workflows.report_run import report_run
from workflows.schedules import rhythms

IN_THE_WORKERS_FOLDER = {"working_dir": "."}


def deploy(settings: Settings) -> dict[str, Any]:
    """Write pool, deployments and automations into Prefect's server; may be done again at any time.

    Raises TryAgain when its API does not answer, or not to us.
    """
    try:
        with get_client(sync_client=True) as client:
            _make_pool(client)
            ids = {one.name: _written(one) for one in _deployments(settings)}
            return {"pool": POOL, "deployments": list(ids), "automations": write_automations(client, ids["report"])}
    except (httpx.HTTPError, PrefectHTTPStatusError) as error:
        raise TryAgain(
            f"Prefect's API refuses, or does not answer ({type(error).__name__}): start its server"
        ) from error


def _make_pool(client: Any) -> None:
    try:
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=_template()))
    except ObjectAlreadyExists:
        return


def _template() -> dict[str, Any]:
    from prefect.workers.process import ProcessWorker

    return ProcessWorker.get_default_base_job_template()


def _deployments(settings: Settings) -> list[RunnerDeployment]:
    zone = load_pack(settings.country).zone
    on_time = [
        _deployment(
            rhythm.flow, rhythm.name, schedule=rhythm.schedule(zone), concurrency_limit=rhythm.overlap(), tags=[TAG]
        )
        for rhythm in rhythms(settings)
    ]
    return [*on_time, _deployment(report_run, "report")]


def _written(deployment: RunnerDeployment) -> UUID:
    written = deployment.apply()
    assert isinstance(written, UUID)  # noqa: S101 - outside an event loop it is not a coroutine
    return written


def _deployment(flow: Any, name: str, **how: Any) -> RunnerDeployment:
    made: RunnerDeployment = flow.to_deployment(
        name=name, work_pool_name=POOL, job_variables=IN_THE_WORKERS_FOLDER, entrypoint_type=EntrypointType.MODULE_PATH,
        **how,
    )  # fmt: skip
    return made
