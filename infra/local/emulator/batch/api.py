"""Batch's calls on job definitions and jobs, over MiniStack's stub of the service."""

import copy
import json
import re
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from infra.local.emulator.batch import runner, store
from infra.local.emulator.batch.retry import fault_of
from infra.local.emulator.batch.store import Record
from infra.local.emulator.patch import Patch

Answer = tuple[int, dict[str, str], bytes]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


class RefusedError(Exception):
    """A request AWS would answer with ClientException."""


def register_definition(request: Record) -> Record:
    """Add a revision of a job definition.

    Raises RefusedError where AWS would refuse it.
    """
    name = request.get("jobDefinitionName") or ""
    if not _NAME.fullmatch(name):
        raise RefusedError("jobDefinitionName is missing or not allowed")
    if request.get("type", "container") != "container":
        raise RefusedError("only job definitions of type container run locally")
    _check_retry(request.get("retryStrategy"))
    _check_timeout(request.get("timeout"))
    with store.changed:
        revisions = store.definitions().setdefault(name, [])
        revision = len(revisions) + 1
        record = {
            "jobDefinitionName": name,
            "jobDefinitionArn": store.arn("job-definition", f"{name}:{revision}"),
            "revision": revision,
            "status": "ACTIVE",
            "type": "container",
            "parameters": request.get("parameters") or {},
            "containerProperties": request.get("containerProperties") or {},
            "retryStrategy": request.get("retryStrategy") or {"attempts": 1},
            "tags": request.get("tags") or {},
            "platformCapabilities": request.get("platformCapabilities") or ["EC2"],
            "containerOrchestrationType": "ECS",
        }
        if request.get("timeout"):
            record["timeout"] = request["timeout"]
        revisions.append(record)
    return record


def deregister_definition(reference: str) -> None:
    """Make a revision INACTIVE: no job can be submitted to it."""
    definition = store.find_definition(reference)
    if definition is not None:
        definition["status"] = "INACTIVE"


def submit(request: Record) -> Record:
    """Accept a job, or an array of them, and queue it.

    Raises RefusedError where AWS would refuse it.
    """
    if not _NAME.fullmatch(request.get("jobName") or ""):
        raise RefusedError("Job name should match valid pattern")
    queue = store.find_queue(request.get("jobQueue") or "")
    if queue is None:
        raise RefusedError(f"Job Queue does not exist: {request.get('jobQueue')}")
    if queue.get("state") != "ENABLED":
        raise RefusedError(f"{queue['jobQueueArn']} is not enabled")
    definition = store.find_definition(request.get("jobDefinition") or "")
    if definition is None or definition["status"] != "ACTIVE":
        raise RefusedError(f"JobDefinition does not exist: {request.get('jobDefinition')}")
    if request.get("dependsOn"):
        raise RefusedError("dependsOn isn't run by the local cloud")
    size = (request.get("arrayProperties") or {}).get("size")
    if size is not None and not 2 <= int(size) <= 10_000:
        raise RefusedError("Array size must be between 2 and 10000")
    job = _record(request, queue, definition)
    with store.changed:
        if size is None:
            store.jobs()[job["jobId"]] = job
            runner.enqueue(job)
        else:
            _submit_array(job, int(size))
    return job


def _record(request: Record, queue: Record, definition: Record) -> Record:
    strategy = request.get("retryStrategy") or definition.get("retryStrategy") or {}
    timeout = request.get("timeout") or definition.get("timeout")
    _check_retry(strategy)
    _check_timeout(timeout)
    job_id = str(uuid.uuid4())
    record: Record = {
        "jobId": job_id,
        "jobArn": store.arn("job", job_id),
        "jobName": request["jobName"],
        "jobQueue": queue["jobQueueArn"],
        "jobDefinition": definition["jobDefinitionArn"],
        "status": "SUBMITTED",
        "statusReason": "",
        "createdAt": store.now_ms(),
        "attempts": [],
        "dependsOn": [],
        "parameters": {**definition.get("parameters", {}), **(request.get("parameters") or {})},
        "retryStrategy": copy.deepcopy(strategy),
        "container": _container(definition, request.get("containerOverrides") or {}),
        "tags": request.get("tags") or {},
        "platformCapabilities": definition.get("platformCapabilities") or ["EC2"],
        "_definition_name": definition["jobDefinitionName"],
    }
    if timeout:
        record["timeout"] = copy.deepcopy(timeout)
    return record


def _container(definition: Record, overrides: Record) -> Record:
    container: Record = copy.deepcopy(definition["containerProperties"])
    if overrides.get("command"):
        container["command"] = list(overrides["command"])
    container["environment"] = _merged(
        container.get("environment"), overrides.get("environment"), key="name"
    )
    container["resourceRequirements"] = _merged(
        container.get("resourceRequirements"), overrides.get("resourceRequirements"), key="type"
    )
    container.update(
        {name: overrides[name] for name in ("memory", "vcpus", "instanceType") if name in overrides}
    )
    return container


def _merged(base: list[Record] | None, over: list[Record] | None, *, key: str) -> list[Record]:
    return list({item[key]: item for item in (*(base or ()), *(over or ()))}.values())


def _submit_array(parent: Record, size: int) -> None:
    parent["arrayProperties"] = {"size": size, "statusSummary": {"SUBMITTED": size}}
    jobs = store.jobs()
    jobs[parent["jobId"]] = parent
    children = []
    for index in range(size):
        child = copy.deepcopy(parent) | {
            "jobId": f"{parent['jobId']}:{index}",
            "jobArn": f"{parent['jobArn']}:{index}",
            "arrayProperties": {"index": index},
            "_parent": parent["jobId"],
            "_array_size": size,
        }
        jobs[child["jobId"]] = child
        children.append(child)
    store.move(parent, "PENDING")
    for child in children:
        runner.enqueue(child)


def _check_retry(strategy: Record | None) -> None:
    fault = fault_of(strategy or {})
    if fault:
        raise RefusedError(fault)


def _check_timeout(timeout: Record | None) -> None:
    if timeout and int(timeout.get("attemptDurationSeconds") or 0) < 60:
        raise RefusedError("attemptDurationSeconds must be at least 60")


def _submitted(request: Record) -> Record:
    job = submit(request)
    return {key: job[key] for key in ("jobId", "jobName", "jobArn")}


def _registered(request: Record) -> Record:
    record = register_definition(request)
    return {key: record[key] for key in ("jobDefinitionName", "jobDefinitionArn", "revision")}


def _deregistered(request: Record) -> Record:
    deregister_definition(request.get("jobDefinition") or "")
    return {}


def _described_definitions(request: Record) -> Record:
    name = request.get("jobDefinitionName")
    references = request.get("jobDefinitions")
    if references:
        found = [store.find_definition(reference) for reference in references]
        rows = [row for row in found if row is not None]
    else:
        rows = [row for revisions in store.definitions().values() for row in revisions]
    status = request.get("status")
    return {
        "jobDefinitions": [
            row
            for row in rows
            if (not name or row["jobDefinitionName"] == name)
            and (not status or row["status"] == status)
        ]
    }


def _described_jobs(request: Record) -> Record:
    with store.changed:
        jobs = store.jobs()
        found = [store.seen(jobs[one]) for one in request.get("jobs") or () if one in jobs]
        return {"jobs": copy.deepcopy(found)}


def _listed_jobs(request: Record) -> Record:
    parent, queue = request.get("arrayJobId"), store.find_queue(request.get("jobQueue") or "")
    if not parent and queue is None:
        raise RefusedError("jobQueue or arrayJobId is needed")
    filtered = any(one["name"] for one in request.get("filters") or ())
    # As on AWS, only running jobs are listed when nothing else is said.
    status = request.get("jobStatus") or (None if filtered else "RUNNING")
    rows = [
        job
        for job in store.jobs().values()
        if (job.get("_parent") == parent if parent else "_parent" not in job)
        and (queue is None or job["jobQueue"] == queue["jobQueueArn"])
        and (status is None or job["status"] == status)
        and _passes(job, request.get("filters") or ())
    ]
    rows.sort(key=lambda job: -job["createdAt"])
    return {"jobSummaryList": [_summary(job) for job in rows]}


def _passes(job: Record, filters: Any) -> bool:
    for one in filters:
        if one["name"] == "JOB_NAME" and not any(_named(job["jobName"], v) for v in one["values"]):
            return False
        if one["name"] != "JOB_NAME":
            raise RefusedError(f"the filter {one['name']} isn't known to the local cloud")
    return True


def _named(name: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return name.lower().startswith(pattern[:-1].lower())
    return name.lower() == pattern.lower()


def _summary(job: Record) -> Record:
    shown = ("jobId", "jobArn", "jobName", "status", "statusReason", "createdAt", "startedAt")
    summary = {key: job[key] for key in (*shown, "stoppedAt", "jobDefinition") if key in job}
    if "exitCode" in job["container"]:
        summary["container"] = {"exitCode": job["container"]["exitCode"]}
    if "arrayProperties" in job:
        summary["arrayProperties"] = {
            key: value
            for key, value in job["arrayProperties"].items()
            if key in {"size", "index", "statusSummary"}
        }
    return summary


def _terminated(request: Record) -> Record:
    return _ended(request, runner.terminate)


def _canceled(request: Record) -> Record:
    return _ended(request, runner.cancel)


def _ended(request: Record, end: Callable[[Record, str], None]) -> Record:
    job = store.jobs().get(request.get("jobId") or "")
    if not request.get("reason"):
        raise RefusedError("reason is needed")
    if job is not None:
        end(job, request["reason"])
    return {}


def _answering(call: Callable[[Record], Record]) -> Callable[[Record], Answer]:
    def answer(request: Record) -> Answer:
        try:
            status, body = 200, call(request)
        except RefusedError as refused:
            status, body = 400, {"message": str(refused)}
        headers = {"Content-Type": "application/json", "x-amzn-RequestId": secrets.token_hex(16)}
        if status == 400:
            headers["x-amzn-ErrorType"] = "ClientException"
        return status, headers, json.dumps(body).encode()

    return answer


_CALLS: dict[str, Callable[[Record], Record]] = {
    "/v1/registerjobdefinition": _registered,
    "/v1/deregisterjobdefinition": _deregistered,
    "/v1/describejobdefinitions": _described_definitions,
    "/v1/submitjob": _submitted,
    "/v1/describejobs": _described_jobs,
    "/v1/listjobs": _listed_jobs,
    "/v1/terminatejob": _terminated,
    "/v1/canceljob": _canceled,
}


def _extend(dispatch: dict[str, Any]) -> dict[str, Any]:
    return dispatch | {path: _answering(call) for path, call in _CALLS.items()}


PATCHES = (
    Patch(
        target="ministack.services.batch:_DISPATCH",
        because="MiniStack's jobs succeed at once without running, and definitions lose most of what they say",
        keys=("/v1/submitjob", "/v1/describejobs", "/v1/listjobs", "/v1/registerjobdefinition"),
        replace=_extend,
    ),
)
