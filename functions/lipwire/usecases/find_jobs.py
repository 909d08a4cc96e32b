"""Several of the caller's jobs."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from lipwire.domain.commands import Caller, FindJobs
from lipwire.domain.jobs import Job
from lipwire.domain.views import JobView
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.usecases.view_job import view_job

#: So many are answered, and so many of the newest looked at for them.
MOST: Final = 100
_PAGES: Final = 5


def find_jobs(
    command: FindJobs, caller: Caller, *, jobs: JobStore, results: ResultUrls, clock: Clock
) -> tuple[JobView, ...]:
    """Those of these ids, or else the newest, of these statuses: at most 100, of the account's last 500.

    An id that is unknown, or another account's, is left out.
    """
    if command.ids:
        named = (jobs.get(job_id) for job_id in dict.fromkeys(command.ids))
        found: Iterable[Job] = (
            job for job in named if job is not None and job.account_id == caller.account.id
        )
    else:
        found = _newest(caller, jobs)
    wanted = (job for job in found if not command.statuses or job.status in command.statuses)
    return tuple(view_job(job, results=results, clock=clock) for job in islice(wanted, MOST))


def _newest(caller: Caller, jobs: JobStore) -> Iterator[Job]:
    cursor = None
    for _ in range(_PAGES):
        page = jobs.list(caller.account.id, status=None, limit=MOST, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
