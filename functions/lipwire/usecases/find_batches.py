"""The caller's newest batches, as they stand."""

from typing import Final

from lipwire.domain.batches import Batch, progress_of
from lipwire.domain.commands import Caller, FindBatches
from lipwire.domain.views import BatchView, JobView
from lipwire.ports.batches import BatchStore

MOST: Final = 20
#: Jobs are read of batches that have not been told to have ended; after so many no further batch is looked at.
_MOST_JOBS: Final = 2000
#: So many times as many are looked through for what is asked for.
_PAGES: Final = 5


def find_batches(
    command: FindBatches, caller: Caller, *, batches: BatchStore
) -> tuple[BatchView, ...]:
    """The last 20 such of the last 100, with their jobs; results are signed where one batch is asked for.

    Of one that was told to have ended its totals say how; its jobs are not read.
    """
    found: list[BatchView] = []
    left = _MOST_JOBS
    cursor = None
    for _ in range(_PAGES):
        page = batches.list(caller.account.id, limit=MOST, cursor=cursor)
        for batch in page.items:
            if _is_within(batch, command):
                jobs = () if batch.totals is not None else batches.jobs(batch)
                left -= len(jobs)
                view = BatchView(batch=batch, jobs=tuple(JobView(job=job) for job in jobs))
                found += [view] if _is_wanted(view, command) else []
            if len(found) == MOST or left <= 0:
                return tuple(found)
        cursor = page.next_cursor
        if cursor is None:
            break
    return tuple(found)


def _is_wanted(view: BatchView, command: FindBatches) -> bool:
    progress = progress_of(view.batch, (one.job for one in view.jobs))
    return command.progress is None or progress in command.progress


def _is_within(batch: Batch, command: FindBatches) -> bool:
    made = batch.created_at
    return (command.since is None or made >= command.since) and (
        command.until is None or made <= command.until
    )
