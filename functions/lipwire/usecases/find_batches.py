"""The caller's newest batches, as they stand."""

from typing import Final

from lipwire.domain.batches import Batch, status_of
from lipwire.domain.commands import Caller, FindBatches
from lipwire.domain.views import BatchView, JobView
from lipwire.ports.batches import BatchStore

#: Each has up to 20 jobs to be read.
MOST: Final = 20


def find_batches(
    command: FindBatches, caller: Caller, *, batches: BatchStore
) -> tuple[BatchView, ...]:
    """Those made in this time, of the last 20, with their jobs; results are signed where one batch is asked for."""
    page = batches.list(caller.account.id, limit=MOST, cursor=None)
    views = (
        BatchView(batch=batch, jobs=tuple(JobView(job=job) for job in batches.jobs(batch)))
        for batch in page.items
        if _is_within(batch, command)
    )
    return tuple(view for view in views if _is_wanted(view, command))


def _is_wanted(view: BatchView, command: FindBatches) -> bool:
    status = status_of(one.job for one in view.jobs)
    return command.statuses is None or status in command.statuses


def _is_within(batch: Batch, command: FindBatches) -> bool:
    made = batch.created_at
    return (command.since is None or made >= command.since) and (
        command.until is None or made <= command.until
    )
