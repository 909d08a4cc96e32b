"""`Fn::GetAtt Vpc.CidrBlock`, which interface endpoints and security groups use."""

from typing import Any

from infra.local.emulator import registry


def _wrap(handlers: registry.Handlers) -> registry.Handlers:
    create, update = handlers["create"], handlers["update"]

    def create_with_block(
        logical_id: str, props: dict[str, Any], stack: str
    ) -> tuple[str, dict[str, str]]:
        physical_id, attributes = create(logical_id, props, stack)
        return physical_id, _with_block(attributes, props)

    def update_with_block(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack: str,
        logical_id: str | None = None,
    ) -> tuple[str, dict[str, str]]:
        physical_id, attributes = update(physical_id, old, new, stack, logical_id)
        return physical_id, _with_block(attributes, new)

    return {"create": create_with_block, "update": update_with_block}


def _with_block(attributes: dict[str, str], props: dict[str, Any]) -> dict[str, str]:
    return {**attributes, "CidrBlock": props.get("CidrBlock", "10.0.0.0/16")}


PATCHES = (
    registry.wrapping("AWS::EC2::VPC", _wrap, because="MiniStack's VPC has no CidrBlock attribute"),
)
