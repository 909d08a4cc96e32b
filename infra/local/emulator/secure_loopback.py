"""Loopback counts as a secure transport, so that `enforce_ssl` stays on every bucket."""

from collections.abc import Callable
from typing import Any

from infra.local.emulator.patch import Patch


def _secure(original: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
    def pin_request_origin(source_ip: str, secure_transport: bool) -> None:
        original(source_ip, secure_transport or source_ip in {"127.0.0.1", "::1"})

    return pin_request_origin


def _replace(original: Any) -> Any:
    return _secure(original)


PATCHES = (
    Patch(
        target="ministack.app:pin_request_origin",
        because="bucket policies deny plain HTTP (aws:SecureTransport), CDK's own staging bucket's among them",
        parameters=("source_ip", "secure_transport"),
        replace=_replace,
    ),
)
