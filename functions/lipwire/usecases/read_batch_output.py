"""The results of a batch, by its token."""

import hmac

from lipwire.domain.commands import ReadBatchOutput
from lipwire.domain.errors import BatchNotFoundError
from lipwire.domain.views import BatchView
from lipwire.ports import Clock, ResultUrls
from lipwire.ports.batches import BatchStore
from lipwire.usecases.view_job import view_job


def read_batch_output(
    command: ReadBatchOutput, *, batches: BatchStore, results: ResultUrls, clock: Clock
) -> BatchView:
    """The batch with its jobs as they stand now, results signed; no key is needed, its token is.

    Raises:
        BatchNotFoundError: unknown, or another token.
    """
    batch = batches.get(command.batch_id)
    known = (batch and batch.output_token) or ""
    if (
        batch is None
        or not known
        or not hmac.compare_digest(known.encode(), command.token.encode())
    ):
        raise BatchNotFoundError
    jobs = batches.jobs(batch)
    return BatchView(
        batch=batch, jobs=tuple(view_job(job, results=results, clock=clock) for job in jobs)
    )
