"""Executions that were running when the emulator stopped go on from the state they were in.

The state is entered again with the input it had: tasks are at-least-once here, as they have to be anyway.
"""

import contextvars
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from infra.local.emulator.patch import Patch, core, service
from infra.local.processes import is_listening

log = logging.getLogger("stepfunctions")


def _resume_after(original: Callable[[Any], None]) -> Any:
    def load_persisted_state(data: Any) -> None:
        executions = (data or {}).get("executions")
        running = [
            arn
            for (_account, _region, arn), execution in (
                executions.all_items() if executions else ()
            )
            if execution["status"] == "RUNNING"
        ]
        original(data)
        for arn in running:
            _, _, _, region, account, _ = arn.split(":", 5)
            with core("responses").request_scope(account, region):
                context = contextvars.copy_context()
            threading.Thread(target=context.run, args=(_resume, arn), daemon=True).start()

    return load_persisted_state


def _resume(arn: str) -> None:
    states = service("stepfunctions")
    execution = states._executions[arn]
    for name in ("error", "cause"):
        execution.pop(name, None)
    execution.update(status="RUNNING", stopDate=None, output=None)
    # Other services may not have their state back before requests are served.
    while not is_listening(int(os.environ.get("GATEWAY_PORT", "4566"))):
        time.sleep(0.05)
    machine = states._state_machines[execution["stateMachineArn"]]
    definition = json.loads(machine["definition"])
    name, given = _last_state(execution, definition["StartAt"])
    log.warning("resuming %s at %s", execution["name"], name)
    context = {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": arn,
            "Input": json.loads(execution["input"]),
            "Name": execution["name"],
            "StartTime": execution["startDate"],
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": {},
    }
    try:
        output = states._run_sub_machine(definition["States"], name, given, execution, context)
    except states._ExecutionError as error:
        states._fail_execution(execution, error.error, error.cause)
        return
    if execution["status"] == "RUNNING":
        text = json.dumps(output)
        execution.update(status="SUCCEEDED", output=text, stopDate=core("responses").now_iso())
        states._add_event(
            execution, "ExecutionSucceeded", {"executionSucceededEventDetails": {"output": text}}
        )
        states._emit_execution_status_event(execution)


def _last_state(execution: dict[str, Any], start_at: str) -> tuple[str, Any]:
    """The state last entered, and its input."""
    for event in reversed(execution["events"]):
        if event["type"].endswith("StateEntered"):
            details = event["stateEnteredEventDetails"]
            return details["name"], json.loads(details["input"])
    return start_at, json.loads(execution["input"])


PATCHES = (
    Patch(
        target="ministack.services.stepfunctions:load_persisted_state",
        because="executions that were running fail at a restart, and nobody ends what they began",
        parameters=("data",),
        replace=_resume_after,
    ),
)
