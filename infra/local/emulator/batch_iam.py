"""Batch calls are judged on the job definition and the job queue they name."""

import json
from collections.abc import Callable
from typing import Any

from infra.local.emulator.patch import Patch


class _SubmitTarget(str):
    """The job definition's ARN, with the queue's beside it: SubmitJob needs both."""

    __slots__ = ("queue",)

    queue: str


def _arn(kind: str, reference: str, region: str, account: str) -> str:
    if reference.startswith("arn:"):
        return reference
    return f"arn:aws:batch:{region}:{account}:{kind}/{reference}"


def _resources(original: Callable[..., str]) -> Any:
    def extract(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        if service != "batch":
            return original(service, method, path, headers, body, query_params, region, account_id)
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            return "*"
        action = path.rstrip("/").lower().rpartition("/")[2]
        if action == "submitjob":
            target = _SubmitTarget(
                _arn("job-definition", request.get("jobDefinition", ""), region, account_id)
            )
            target.queue = _arn("job-queue", request.get("jobQueue", ""), region, account_id)
            return target
        if action in {"terminatejob", "canceljob"}:
            return _arn("job", request.get("jobId", ""), region, account_id)
        return "*"

    return extract


def _both(original: Callable[..., Any]) -> Any:
    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        refused = original(
            access_key_id, iam_action, service, region, resource_arn, service_context
        )
        if refused is None and isinstance(resource_arn, _SubmitTarget):
            refused = original(
                access_key_id, iam_action, service, region, resource_arn.queue, service_context
            )
        return refused

    return enforce


PATCHES = (
    Patch(
        target="ministack.core.iam_actions:extract_resource_arn",
        because="Batch calls are judged on the resource '*'",
        parameters=(
            "service",
            "method",
            "path",
            "headers",
            "body",
            "query_params",
            "region",
            "account_id",
        ),
        replace=_resources,
    ),
    Patch(
        target="ministack.core.iam_evaluator:enforce",
        because="SubmitJob is judged on one resource, and AWS judges it on two",
        parameters=(
            "access_key_id",
            "iam_action",
            "service",
            "region",
            "resource_arn",
            "service_context",
        ),
        replace=_both,
    ),
)
