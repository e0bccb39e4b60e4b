"""What Prefect's server does by itself when a run of ours is in trouble: it runs the flow that raises our incident.

A second way beside the watchdog, and the only one that gives back the place of a run that fell silent.
"""

from uuid import UUID

from prefect.automations import AutomationCore
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from workflows.environment import TAG
from workflows.runs import HEARTBEAT, LOST, lost_after

ENDED = {f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed", LOST)}
OUR_RUNS = ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]})
OF_OUR_TAG = ResourceSpecification({"prefect.resource.role": ["tag"], "prefect.resource.id": [f"prefect.tag.{TAG}"]})
"""The flow that reports has no such tag, or its own failure would be reported by itself for ever."""


def write_automations(client: SyncPrefectClient, reporting: UUID) -> list[str]:
    """Make our automations, or set them as they should be; ``reporting`` is the deployment they run. Returns their names."""
    wanted = _automations(reporting)
    for automation in wanted:
        for old in client.read_automations_by_name(automation.name):
            client.delete_automation(old.id)
        client.create_automation(automation)
    return [automation.name for automation in wanted]


def _automations(reporting: UUID) -> list[AutomationCore]:
    report = RunDeployment(source="selected", deployment_id=reporting, parameters={"run": "{{ event.resource.id }}"})
    return [
        AutomationCore(
            name="npm-cases: a run failed",
            trigger=_seen("prefect.flow-run.Failed", "prefect.flow-run.Crashed"),
            actions=[report],
        ),
        AutomationCore(
            name="npm-cases: a run was not begun",
            trigger=_seen("prefect.flow-run.Late"),
            actions=[report],
        ),
        AutomationCore(
            name="npm-cases: a run fell silent",
            trigger=EventTrigger(
                after={HEARTBEAT}, expect={HEARTBEAT, *ENDED}, for_each={"prefect.resource.id"}, match=OUR_RUNS,
                match_related=OF_OUR_TAG, posture=Posture.Proactive, threshold=1,
                within=lost_after(),
            ),
            actions=[ChangeFlowRunState(name=LOST, state=StateType.CRASHED, message="no heartbeat"), report],
        ),
    ]  # fmt: skip


def _seen(*events: str) -> EventTrigger:
    return EventTrigger(
        expect=set(events), for_each={"prefect.resource.id"}, match=OUR_RUNS, match_related=OF_OUR_TAG,
        posture=Posture.Reactive, threshold=1,
    )  # fmt: skip
