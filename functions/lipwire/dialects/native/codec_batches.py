"""Batches: native JSON to commands, views to native JSON."""

from typing import Any

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json, validate
from lipwire.dialects.native import wire
from lipwire.dialects.native import wire_batches as batch_wire
from lipwire.dialects.native.codec import ListQuery, job_out, to_json
from lipwire.dialects.native.codec_job_in import job_fields
from lipwire.domain import commands
from lipwire.domain.batches import MAX_JOBS, Batch, counts, status_of
from lipwire.domain.errors import BatchTooLargeError
from lipwire.domain.ids import BatchId
from lipwire.domain.views import BatchView, Page


def to_create_batch(request: WireRequest) -> commands.CreateBatch:
    """POST /batches.

    Raises:
        BatchTooLargeError: more jobs than are accepted together; only sync.so's batches are made by and by.
    """
    body = read_json(request, batch_wire.BatchIn)
    jobs = body.jobs
    if jobs is None and body.source is not None:
        jobs = [
            wire.JobIn(
                source=body.source,
                speech=speech,
                options=body.options,
                webhook_url=body.webhook_url,
            )
            for speech in body.speeches or ()
        ]
    if len(jobs or ()) > MAX_JOBS:
        raise BatchTooLargeError(limit=MAX_JOBS)
    return commands.CreateBatch(
        jobs=tuple(commands.CreateJob(**job_fields(job)) for job in jobs or ()),
        consent=body.consent.statement if body.consent else None,
        name=body.name,
        metadata=body.metadata,
    )


def to_get_batch(request: WireRequest) -> commands.GetBatch:
    """GET /batches/{id}."""
    return commands.GetBatch(batch_id=BatchId(request.path_params["id"]))


def to_list_batches(request: WireRequest) -> commands.ListBatches:
    """GET /batches."""
    query = validate(ListQuery, dict(request.query))
    return commands.ListBatches(limit=query.limit, cursor=query.cursor)


def to_cancel_batch(request: WireRequest) -> commands.CancelBatch:
    """POST /batches/{id}/cancel."""
    return commands.CancelBatch(batch_id=BatchId(request.path_params["id"]))


def from_new_batch(view: BatchView) -> WireResponse:
    """A batch that was accepted."""
    return to_json(_detail(view), status=202)


def from_batch(view: BatchView) -> WireResponse:
    """One batch."""
    return to_json(_detail(view))


def from_batches(page: Page[Batch]) -> WireResponse:
    """A page of batches."""
    items = [batch_wire.BatchOut(**_fields(batch)) for batch in page.items]
    return to_json(batch_wire.BatchPage(items=items, next_cursor=page.next_cursor))


def _detail(view: BatchView) -> batch_wire.BatchDetailOut:
    jobs = [one.job for one in view.jobs]
    return batch_wire.BatchDetailOut(
        **_fields(view.batch),
        status=status_of(view.batch, jobs).value,
        counts=dict(counts(view.batch, jobs)),
        jobs=[job_out(one) for one in view.jobs],
    )


def _fields(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "name": batch.name,
        "metadata": batch.metadata,
        "job_ids": list(batch.job_ids),
        "created_at": batch.created_at,
        "completed_at": batch.completed_at,
        "stopped": batch.stopped,
    }
