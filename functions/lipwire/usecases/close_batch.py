"""A job has ended; was it the last of its batch?"""

from lipwire.domain.batches import Batch, BatchStatus, counts, status_of
from lipwire.domain.ids import JobId
from lipwire.ports import Clock, JobStore
from lipwire.ports.batches import BatchStore


def close_batch(job_id: JobId, *, jobs: JobStore, batches: BatchStore, clock: Clock) -> bool:
    """`BatchCompleted` is told once no job of the batch works any more: once, whichever job's end is heard last.

    Every job's end is heard after it is written, so whoever hears the last one sees them all.
    """
    job = jobs.get(job_id)
    batch = batches.get(job.batch_id) if job and job.batch_id else None
    return batch is not None and complete_if_ended(batch, batches=batches, clock=clock)


def complete_if_ended(batch: Batch, *, batches: BatchStore, clock: Clock) -> bool:
    """Whether this told that the batch has completed: nothing of it works, or is still to be made, and nobody had."""
    if batch.completed_at is not None:
        return False
    found = batches.jobs(batch)
    if status_of(batch, found) is not BatchStatus.COMPLETED:
        return False
    return batches.complete(batch, counts(batch, found), at=clock.now())
