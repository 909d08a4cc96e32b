"""Batches of SQS messages are judged like the messages in them."""

from collections.abc import Callable
from typing import Any

from infra.local.emulator.patch import Patch


def _single(original: Callable[..., str | None]) -> Any:
    def extract(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
    ) -> str | None:
        action = original(service, method, path, headers, body, query_params)
        return action.removesuffix("Batch") if action and service == "sqs" else action

    return extract


PATCHES = (
    Patch(
        target="ministack.core.iam_actions:extract_iam_action",
        because="SendMessageBatch is judged as an action of its own, which AWS does not have",
        parameters=("service", "method", "path", "headers", "body", "query_params"),
        replace=_single,
    ),
)
