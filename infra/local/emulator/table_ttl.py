"""A table's time to live and point-in-time recovery, which MiniStack reads from no template."""

from typing import Any

from infra.local.emulator import registry
from infra.local.emulator.patch import service


def _wrap(handlers: registry.Handlers) -> registry.Handlers:
    create, update = handlers["create"], handlers["update"]

    def create_and_apply(
        logical_id: str, props: dict[str, Any], stack: str
    ) -> tuple[str, dict[str, str]]:
        name, attributes = create(logical_id, props, stack)
        _apply(name, props)
        return name, attributes

    def update_and_apply(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, *logical_id: str
    ) -> tuple[str, dict[str, str]]:
        name, attributes = update(physical_id, old, new, stack, *logical_id)
        _apply(name, new)
        return name, attributes

    return {"create": create_and_apply, "update": update_and_apply}


def _apply(name: str, props: dict[str, Any]) -> None:
    dynamodb = service("dynamodb")
    ttl = props.get("TimeToLiveSpecification")
    if ttl and str(ttl.get("Enabled", True)).lower() == "true":
        specification = {"Enabled": True, "AttributeName": ttl["AttributeName"]}
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": specification})
    recovery = props.get("PointInTimeRecoverySpecification") or _of_first_replica(props)
    if recovery:
        enabled = str(recovery.get("PointInTimeRecoveryEnabled", False)).lower() == "true"
        dynamodb._pitr_settings[name] = enabled


def _of_first_replica(props: dict[str, Any]) -> dict[str, Any]:
    replicas = props.get("Replicas") or [{}]
    specification: dict[str, Any] = replicas[0].get("PointInTimeRecoverySpecification") or {}
    return specification


PATCHES = tuple(
    registry.wrapping(
        name, _wrap, because="MiniStack ignores TTL and recovery settings in a template"
    )
    for name in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
)
