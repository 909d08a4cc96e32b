"""Jobs of one dialect, by the number of a page."""

from lipwire.domain.commands import Caller, ListJobPages
from lipwire.domain.cursors import newest, numbered_page
from lipwire.domain.views import JobView, NumberedPage
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.usecases.view_job import view_job


def list_job_pages(
    command: ListJobPages, caller: Caller, *, jobs: JobStore, results: ResultUrls, clock: Clock
) -> NumberedPage[JobView]:
    """Those of the caller's last 500 jobs that were made in that dialect, newest first."""
    found = [
        job
        for job in newest(
            lambda limit, cursor: jobs.list(
                caller.account.id, status=None, limit=limit, cursor=cursor
            )
        )
        if job.terms.dialect == command.dialect
    ]
    page = numbered_page(found, command.page, command.per_page)
    views = tuple(view_job(job, results=results, clock=clock) for job in page.items)
    return NumberedPage(views, page.total)
