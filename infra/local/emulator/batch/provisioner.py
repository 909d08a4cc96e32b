"""Batch's CloudFormation types."""

from typing import Any

from infra.local.emulator import registry
from infra.local.emulator.batch import api, store
from infra.local.emulator.batch.store import Record
from infra.local.emulator.patch import service

Made = tuple[str, dict[str, str]]

#: Maps whose keys are the author's own, not Batch's.
_VERBATIM = frozenset({"Parameters", "Tags", "Options"})


def camel(value: Any) -> Any:
    """A template's PascalCase, as the service's API spells it."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key[:1].lower() + key[1:]: item if key in _VERBATIM else camel(item)
        for key, item in value.items()
    }


def _name(props: Record, key: str, stack: str, logical_id: str) -> str:
    return str(props.get(key) or f"{stack}-{logical_id}"[:128])


def _numbers(definition: Record) -> Record:
    """Templates may carry numbers as text."""
    timeout = definition.get("timeout")
    if timeout and "attemptDurationSeconds" in timeout:
        timeout["attemptDurationSeconds"] = int(timeout["attemptDurationSeconds"])
    strategy = definition.get("retryStrategy")
    if strategy and "attempts" in strategy:
        strategy["attempts"] = int(strategy["attempts"])
    return definition


def _create_definition(logical_id: str, props: Record, stack: str) -> Made:
    name = _name(props, "JobDefinitionName", stack, logical_id)
    request = _numbers(camel(props)) | {"jobDefinitionName": name}
    try:
        record = api.register_definition(request)
    except api.RefusedError as refused:
        raise ValueError(f"{logical_id}: {refused}") from refused
    return record["jobDefinitionArn"], {"JobDefinitionArn": record["jobDefinitionArn"]}


def _update_definition(
    physical_id: str, _old: Record, new: Record, stack: str, logical_id: str
) -> Made:
    made = _create_definition(logical_id, new, stack)
    api.deregister_definition(physical_id)
    return made


def _delete_definition(physical_id: str, _props: Record) -> None:
    api.deregister_definition(physical_id)


def _create_environment(logical_id: str, props: Record, stack: str) -> Made:
    name = _name(props, "ComputeEnvironmentName", stack, logical_id)
    arn = store.arn("compute-environment", name)
    service("batch")._compute_envs[name] = {
        "computeEnvironmentName": name,
        "computeEnvironmentArn": arn,
        "type": str(props.get("Type", "MANAGED")).upper(),
        "state": str(props.get("State", "ENABLED")).upper(),
        "status": "VALID",
        "statusReason": "ComputeEnvironment Healthy",
        "computeResources": camel(props.get("ComputeResources") or {}),
        "serviceRole": props.get("ServiceRole", ""),
        "tags": props.get("Tags") or {},
    }
    return arn, {"ComputeEnvironmentArn": arn}


def _update_environment(
    _physical_id: str, _old: Record, new: Record, stack: str, logical_id: str
) -> Made:
    return _create_environment(logical_id, new, stack)


def _delete_environment(physical_id: str, _props: Record) -> None:
    service("batch")._compute_envs.pop(physical_id.rpartition("/")[2], None)


def _create_queue(logical_id: str, props: Record, stack: str) -> Made:
    name = _name(props, "JobQueueName", stack, logical_id)
    arn = store.arn("job-queue", name)
    store.queues()[name] = {
        "jobQueueName": name,
        "jobQueueArn": arn,
        "state": str(props.get("State", "ENABLED")).upper(),
        "status": "VALID",
        "statusReason": "JobQueue Healthy",
        "priority": int(props.get("Priority", 1)),
        "computeEnvironmentOrder": camel(props.get("ComputeEnvironmentOrder") or []),
        "tags": props.get("Tags") or {},
    }
    return arn, {"JobQueueArn": arn}


def _update_queue(
    _physical_id: str, _old: Record, new: Record, stack: str, logical_id: str
) -> Made:
    return _create_queue(logical_id, new, stack)


def _delete_queue(physical_id: str, _props: Record) -> None:
    store.queues().pop(physical_id.rpartition("/")[2], None)


PATCHES = (
    registry.adding(
        {
            "AWS::Batch::JobDefinition": {
                "create": _create_definition,
                "update": _update_definition,
                "update_with_logical_id": True,
                "delete": _delete_definition,
            },
            "AWS::Batch::ComputeEnvironment": {
                "create": _create_environment,
                "update": _update_environment,
                "update_with_logical_id": True,
                "delete": _delete_environment,
            },
            "AWS::Batch::JobQueue": {
                "create": _create_queue,
                "update": _update_queue,
                "update_with_logical_id": True,
                "delete": _delete_queue,
            },
        },
        because="MiniStack has no CloudFormation types for Batch",
    ),
)
