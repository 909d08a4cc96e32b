"""CDK's Node custom resources, done natively: their own functions can't load the AWS SDK here."""

from collections.abc import Callable
from typing import Any

from infra.local.emulator import registry
from infra.local.emulator.patch import service


def _empty_bucket(_physical_id: str, props: dict[str, Any]) -> None:
    s3 = service("s3")
    name = props.get("BucketName", "")
    if name in s3._buckets:
        s3._buckets[name]["objects"].clear()
    for key in [key for key in s3._object_versions if key[0] == name]:
        del s3._object_versions[key]


def _nothing(_physical_id: str, _props: dict[str, Any]) -> None:
    return None


def _handlers(name: str, delete: Callable[[str, dict[str, Any]], None]) -> registry.Handlers:
    def create(logical_id: str, _props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        return f"{stack}-{logical_id}-{name}", {}

    def update(
        physical_id: str, _old: dict[str, Any], _new: dict[str, Any], _stack: str
    ) -> tuple[str, dict[str, str]]:
        return physical_id, {}

    return {"create": create, "update": update, "delete": delete}


PATCHES = (
    registry.adding(
        {
            "Custom::S3AutoDeleteObjects": _handlers("auto-delete", _empty_bucket),
            "Custom::VpcRestrictDefaultSG": _handlers("restrict-default-group", _nothing),
        },
        because="the deploy would wait for a Node function that never answers",
    ),
)
