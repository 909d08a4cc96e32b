"""A job as its account sees it."""

from datetime import timedelta
from typing import Final

from lipwire.domain.jobs import Job
from lipwire.domain.views import JobView
from lipwire.ports import Clock, ResultUrls

#: No longer than the credentials of the function that signs are sure to live; every read signs anew.
URL_EXPIRES_S: Final = 3600


def view_job(job: Job, *, results: ResultUrls, clock: Clock) -> JobView:
    """The job with result URLs signed now, so that a stored view never goes stale (D15)."""
    if job.output is None:
        return JobView(job=job)
    return JobView(
        job=job,
        output_url=results.sign(
            job.output.key, expires_s=URL_EXPIRES_S, filename=job.options.output_name
        ),
        cover_url=results.sign(job.output.cover_key, expires_s=URL_EXPIRES_S),
        urls_expire_at=clock.now() + timedelta(seconds=URL_EXPIRES_S),
    )
