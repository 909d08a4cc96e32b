"""MiniStack's table of CloudFormation types, which several concerns add to or wrap."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.emulator.patch import Patch

TARGET = "ministack.services.cloudformation.provisioners:_RESOURCE_HANDLERS"

Handlers = dict[str, Any]


def adding(types: Mapping[str, Handlers], *, because: str) -> Patch:
    """A patch that registers types MiniStack doesn't know."""

    def add(registry: dict[str, Handlers]) -> dict[str, Handlers]:
        # Other modules imported the dictionary by name: it is changed in place.
        registry.update(types)
        return registry

    return Patch(target=TARGET, because=because, keys=("AWS::S3::Bucket",), replace=add)


def wrapping(type_name: str, wrap: Callable[[Handlers], Handlers], *, because: str) -> Patch:
    """A patch that changes the handlers of a type MiniStack knows."""

    def change(registry: dict[str, Handlers]) -> dict[str, Handlers]:
        registry[type_name] = {**registry[type_name], **wrap(registry[type_name])}
        return registry

    return Patch(target=TARGET, because=because, keys=(type_name,), replace=change)
