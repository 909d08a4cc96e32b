"""A job as its account's webhook carries it: what `GET /jobs/{id}` answers, its URLs signed now.

All but the job's own `webhook_url`: it may hold a secret, and one receiver's address is no business of another's.
"""

from collections.abc import Mapping
from typing import Any

from lipwire.dialects.native.codec import job_out
from lipwire.domain.ids import AccountId, JobId
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.usecases.view_job import view_job


class NativeJobViews:
    """`JobViews` in the native dialect's words."""

    def __init__(self, jobs: JobStore, results: ResultUrls, clock: Clock) -> None:
        self._jobs = jobs
        self._results = results
        self._clock = clock

    def webhook_data(self, account_id: AccountId, job_id: JobId) -> Mapping[str, Any] | None:
        """The job's JSON, or None when it was deleted; nobody is told of a job that is not theirs."""
        job = self._jobs.get(job_id)
        if job is None or job.account_id != account_id:
            return None
        view = view_job(job, results=self._results, clock=self._clock)
        return job_out(view).model_dump(mode="json") | {"webhook_url": None}
