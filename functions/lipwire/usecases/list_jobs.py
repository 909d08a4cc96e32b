"""The caller's jobs."""

from lipwire.domain.commands import Caller, ListJobs
from lipwire.domain.views import JobView, Page
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.usecases.view_job import view_job


def list_jobs(
    command: ListJobs, caller: Caller, *, jobs: JobStore, results: ResultUrls, clock: Clock
) -> Page[JobView]:
    """One page of the caller's jobs, newest first."""
    page = jobs.list(
        caller.account.id, status=command.status, limit=command.limit, cursor=command.cursor
    )
    return Page(
        tuple(view_job(job, results=results, clock=clock) for job in page.items), page.next_cursor
    )
