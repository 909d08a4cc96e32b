"""sync.so's batches: a file with one generation a line to a command, batches to its JSON."""

import json
from collections import Counter
from typing import Any, Final

from pydantic import JsonValue

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import strict, validate
from lipwire.dialects.multipart import read_form
from lipwire.dialects.sync_so import wire
from lipwire.dialects.sync_so.codec import NAME, STATUS, answer, generation_out, iso, to_job
from lipwire.dialects.sync_so.errors import wrong
from lipwire.domain import commands
from lipwire.domain.batches import (
    MAX_JOBS,
    MAX_LINES,
    Batch,
    BatchProgress,
    Stop,
    counts,
    progress_of,
)
from lipwire.domain.errors import InvalidRequestError
from lipwire.domain.ids import BatchId
from lipwire.domain.jobs import JobStatus
from lipwire.domain.views import BatchView

#: The vendor's other word is never shown: a batch never fails as a whole here.
_STATUS: Final = {
    BatchProgress.WAITING: "PENDING",
    BatchProgress.MADE: "JOBS_CREATED",
    BatchProgress.WORKING: "PROCESSING",
    BatchProgress.ENDED: "COMPLETED",
}
_NAMES: Final = "request_ids"
#: Status and reason of what was never made.
_STOPPED: Final[dict[Stop, tuple[str, str]]] = {
    Stop.CANCELED: ("REJECTED", "The generation was canceled."),
    Stop.INSUFFICIENT_CREDITS: ("FAILED", "The account had too few credits left."),
    Stop.ACCOUNT_CLOSED: ("FAILED", "The account was closed."),
    Stop.EXPIRED: ("FAILED", "The generation waited for too long."),
    Stop.UNREADABLE: ("FAILED", "The generation could not be read again."),
}
_UNKNOWN: Final = (
    "createdAt",
    "status",
    "model",
    "input",
    "options",
    "segments",
    "webhookUrl",
    "outputUrl",
    "outputDuration",
    "segmentOutputUrl",
)


def to_create(request: WireRequest) -> commands.CreateBatch:
    """POST /v2/batch: a form with a file of JSON lines.

    Raises:
        InvalidRequestError: a line is not valid (its number is named), or there are too many.
    """
    form = read_form(request)
    if "input" not in form:
        raise wrong("input", "a file of JSON lines is missing")
    given = {name: form[name][0].text for name in ("webhook_url", "dry_run") if name in form}
    body = validate(wire.BatchIn, given | {"input": form["input"][0].data})
    lines = [line for line in body.input.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MAX_LINES:
        raise wrong("input", f"a batch has 1 to {MAX_LINES} lines; this one has {len(lines)}")
    jobs = tuple(_job(number, line) for number, line in enumerate(lines, 1))
    names = Counter(job.echo["request_id"] for job in jobs)
    if len(names) < len(jobs):
        twice = next(name for name, count in names.items() if count > 1)
        raise wrong("input", f"request_id {twice!r} is given twice")
    return commands.CreateBatch(
        jobs=jobs,
        is_rehearsal=body.dry_run == "true",
        dialect=NAME,
        echo=_echo(request.origin, [str(job.echo["request_id"]) for job in jobs]),
        webhook_url=body.webhook_url,
    )


def to_get(request: WireRequest) -> commands.GetBatch:
    """GET /v2/batch/{id}."""
    return commands.GetBatch(batch_id=BatchId(request.path_params["id"]))


def to_output(request: WireRequest) -> commands.ReadBatchOutput:
    """GET /v2/batch/{id}/output."""
    return commands.ReadBatchOutput(
        batch_id=BatchId(request.path_params["id"]), token=request.query.get("token", "")
    )


def to_list(request: WireRequest) -> commands.FindBatches:
    """GET /v2/batch."""
    query = validate(wire.BatchesQuery, dict(request.query))
    return commands.FindBatches(
        since=query.created_after,
        until=query.created_before,
        progress=None if query.status is None else _progress(query.status),
    )


def from_created(view: BatchView) -> WireResponse:
    """The batch, or that it would be one."""
    if view.is_rehearsal:
        return answer({"status": "VALIDATED"})
    return answer(batch_out(view), status=201)


def from_batch(view: BatchView) -> WireResponse:
    """One batch."""
    return answer(batch_out(view))


def from_batches(views: tuple[BatchView, ...]) -> WireResponse:
    """Several, newest first."""
    return answer([batch_out(view) for view in views])


def from_output(view: BatchView) -> WireResponse:
    """A line of JSON for each generation that has ended, and for each that will never be made."""
    lines = [
        # Who has the link has no key: an address that is told of the end is none of theirs.
        (one.job.echo.get("request_id"), generation_out(one) | {"webhookUrl": None})
        for one in view.jobs
        if one.job.is_final
    ]
    lines += _never_made(view.batch)
    said = ({"request_id": name, "response": response} for name, response in lines)
    return WireResponse(
        status=200,
        body="".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in said),
        content_type="application/x-ndjson; charset=utf-8",
    )


def batch_out(view: BatchView) -> dict[str, Any]:
    """A batch's JSON, also the webhook's; a generation that was deleted counts as failed."""
    jobs = [one.job for one in view.jobs]
    words: Counter[str] = Counter()
    for status, count in counts(view.batch, jobs).items():
        words[STATUS[JobStatus(status)] if status != "deleted" else "FAILED"] += count
    total = len(view.batch.job_ids)
    pending = words["PENDING"] + words["PROCESSING"]
    return {
        "id": view.batch.id,
        "created_at": iso(view.batch.created_at),
        "status": _STATUS[progress_of(view.batch, jobs)],
        "metrics": {
            "total_generations": total,
            "success_count": words["COMPLETED"],
            "failed_count": total - words["COMPLETED"] - pending,
            "pending_count": pending,
        },
        "webhookUrl": view.batch.webhook_url,
        "outputUrl": _output_url(view.batch),
    }


def _never_made(batch: Batch) -> list[tuple[JsonValue, dict[str, Any]]]:
    """Name and response of each line that waited when the batch was stopped; what it asked for is not kept."""
    if batch.stopped is None:
        return []
    names, first = batch.echo.get(_NAMES), len(batch.made_ids)
    status, error = _STOPPED[batch.stopped]
    response = dict.fromkeys(_UNKNOWN) | {
        "createdAt": iso(batch.created_at),
        "status": status,
        "input": [],
        "error": error,
        "error_code": f"generation_{batch.stopped.value}",
    }
    return [
        (
            names[number] if isinstance(names, list) else None,
            {"id": batch.job_ids[number]} | response,
        )
        for number in range(first, len(batch.job_ids))
    ]


def _echo(origin: str, names: list[str]) -> dict[str, JsonValue]:
    """Of a batch whose jobs are made by and by also its lines' names: those that are never made have no other place."""
    return {"origin": origin} | ({_NAMES: list(names)} if len(names) > MAX_JOBS else {})


def _progress(word: wire.BatchWord) -> tuple[BatchProgress, ...]:
    return tuple(progress for progress, shown in _STATUS.items() if shown == word)


def _output_url(batch: Batch) -> str | None:
    """Where its results are, without a key; None for a batch that another dialect made."""
    origin = batch.echo.get("origin")
    if origin is None or batch.output_token is None:
        return None
    return f"{origin}/v2/batch/{batch.id}/output?token={batch.output_token}"


def _job(number: int, line: bytes) -> commands.CreateJob:
    try:
        made = validate(wire.BatchLine, strict(line))
        job = to_job(made.payload)
    except (ValueError, RecursionError) as exc:
        raise wrong("input", f"line {number} is not valid JSON") from exc
    except InvalidRequestError as exc:
        raise wrong("input", f"line {number}: {exc.detail}") from exc
    return job.model_copy(update={"echo": {**job.echo, "request_id": made.request_id}})
