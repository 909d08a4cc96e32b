"""`arn:aws:states:::batch:submitJob` and its `.sync` form for Step Functions."""

import copy
import json
from typing import Any

from infra.local.emulator import stop_execution
from infra.local.emulator.batch import api, runner, store
from infra.local.emulator.batch.provisioner import camel
from infra.local.emulator.batch.store import Record
from infra.local.emulator.patch import Patch, service

RESOURCE = "arn:aws:states:::batch:submitJob"

#: Maps whose keys are the author's own, not Batch's.
_VERBATIM = frozenset({"parameters", "tags", "options"})


def _submit(resource: str, request: Record) -> Any:
    failure = service("stepfunctions")._ExecutionError
    # What the execution waits for is in its record: after a restart it waits on, and submits nothing twice.
    waited = (stop_execution.current() or {}).setdefault("_batch_jobs", {})
    key = json.dumps(request, sort_keys=True)
    try:
        job = store.jobs().get(waited.get(key)) or api.submit(camel(request))
    except api.RefusedError as refused:
        raise failure("Batch.ClientException", str(refused)) from refused
    if not resource.endswith(".sync"):
        return pascal({key: job[key] for key in ("jobId", "jobName", "jobArn")})
    waited[key] = job["jobId"]
    for state in store.wait_for_end(job["jobId"], poll_s=0.1):
        if stop_execution.is_abandoned():
            runner.terminate(state, "The execution that waited for this job was stopped")
            raise failure("States.TaskFailed", "nobody waits for this job any more")
    del waited[key]
    with store.changed:
        result = pascal(copy.deepcopy(store.seen(job)))
    if job["status"] == "FAILED":
        raise failure("States.TaskFailed", json.dumps(result))
    return result


def pascal(value: Any) -> Any:
    """The service's camelCase, as Step Functions spells it."""
    if isinstance(value, list):
        return [pascal(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key[:1].upper() + key[1:]: item if key in _VERBATIM else pascal(item)
        for key, item in value.items()
    }


def _register(dispatch: dict[str, Any]) -> dict[str, Any]:
    return dispatch | {RESOURCE: _submit}


PATCHES = (
    Patch(
        target="ministack.services.stepfunctions:_SERVICE_DISPATCH",
        because="Step Functions has no Batch integration here",
        keys=("arn:aws:states:::ecs:runTask",),
        replace=_register,
    ),
)
