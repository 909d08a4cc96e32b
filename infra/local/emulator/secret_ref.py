"""`Ref` of a secret is its ARN, as on AWS, so that `grant_read` names it in the policy."""

from typing import Any

from infra.local.emulator import registry


def _wrap(handlers: registry.Handlers) -> registry.Handlers:
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def create_with_arn(
        logical_id: str, props: dict[str, Any], stack: str
    ) -> tuple[str, dict[str, str]]:
        _name, attributes = create(logical_id, props, stack)
        return attributes["Arn"], attributes

    def update_with_arn(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack: str,
        logical_id: str | None = None,
    ) -> tuple[str, dict[str, str]]:
        _name, attributes = update(_name_of(physical_id), old, new, stack, logical_id)
        return attributes.get("Arn", physical_id), attributes

    def delete_by_name(physical_id: str, props: dict[str, Any]) -> None:
        delete(_name_of(physical_id), props)

    return {"create": create_with_arn, "update": update_with_arn, "delete": delete_by_name}


def _name_of(arn: str) -> str:
    """The secret's name; the ARN ends in it and a dash and six characters."""
    return arn.rpartition(":secret:")[2][:-7] if arn.startswith("arn:") else arn


PATCHES = (
    registry.wrapping(
        "AWS::SecretsManager::Secret",
        _wrap,
        because="MiniStack's Ref of a secret is its name, which makes the granting policy name no ARN",
    ),
)
