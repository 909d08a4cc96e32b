"""CloudFormation types that deploy as a record only: nothing behind them works locally.

What they promise is asserted on the template (`docs/architecture/07-local-cloud.md`).
"""

import hashlib
from typing import Any

from infra.local.emulator import registry

#: Type -> (prefix of the physical id, attributes that hold it).
STAND_INS: dict[str, tuple[str, tuple[str, ...]]] = {
    "AWS::EC2::FlowLog": ("fl-", ("Id",)),
}


def _handlers(prefix: str, attributes: tuple[str, ...]) -> registry.Handlers:
    def create(logical_id: str, _props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        digest = hashlib.sha256(f"{stack}/{logical_id}".encode()).hexdigest()
        physical_id = f"{prefix}{digest[:17]}"
        return physical_id, dict.fromkeys(attributes, physical_id)

    def update(
        physical_id: str, _old: dict[str, Any], _new: dict[str, Any], _stack: str
    ) -> tuple[str, dict[str, str]]:
        return physical_id, dict.fromkeys(attributes, physical_id)

    def delete(_physical_id: str, _props: dict[str, Any]) -> None:
        return None

    return {"create": create, "update": update, "delete": delete}


PATCHES = (
    registry.adding(
        {name: _handlers(*shape) for name, shape in STAND_INS.items()},
        because="a type MiniStack doesn't know refuses the whole template",
    ),
)
