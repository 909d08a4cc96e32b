"""The newest job of the same inputs."""

from typing import Final

from lipwire.domain.commands import Caller, FindJob
from lipwire.domain.errors import JobNotFoundError
from lipwire.domain.views import JobView
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.usecases.view_job import view_job

_PAGE: Final = 100
#: Who asks for older ones still has their ids.
_PAGES: Final = 5


def find_job(
    command: FindJob, caller: Caller, *, jobs: JobStore, results: ResultUrls, clock: Clock
) -> JobView:
    """The newest of the account's last 500 jobs that this dialect made and echoes the same of.

    Raises:
        JobNotFoundError: there is none.
    """
    cursor = None
    for _ in range(_PAGES):
        page = jobs.list(caller.account.id, status=None, limit=_PAGE, cursor=cursor)
        for job in page.items:
            if job.terms.dialect == command.dialect and job.echo == command.echo:
                return view_job(job, results=results, clock=clock)
        cursor = page.next_cursor
        if cursor is None:
            break
    raise JobNotFoundError
