"""A job has ended; was it the last of its batch?"""

from lipwire.domain.ids import JobId
from lipwire.ports import Clock, JobStore
from lipwire.ports.batches import BatchStore
from lipwire.usecases.complete_batch import complete_batch


def close_batch(job_id: JobId, *, jobs: JobStore, batches: BatchStore, clock: Clock) -> bool:
    """`BatchCompleted` is told once no job of the batch works any more: once, whichever job's end is heard last.

    Every job's end is heard after it is written, so whoever hears the last one sees them all.
    """
    job = jobs.get(job_id)
    batch = batches.get(job.batch_id) if job and job.batch_id else None
    return batch is not None and complete_batch(batch, batches=batches, clock=clock)
