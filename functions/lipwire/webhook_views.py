"""A job as its account's webhook carries it: what `GET /jobs/{id}` answers, or its vendor's own words, URLs signed now.

All but the job's own `webhook_url`: it may hold a secret, and one receiver's address is no business of another's.
"""

from collections.abc import Mapping
from typing import Any

from lipwire import dialects
from lipwire.dialects.native.codec import job_out
from lipwire.domain.ids import AccountId, BatchId, JobId
from lipwire.domain.views import BatchView, JobView
from lipwire.domain.webhooks import Delivery, VendorMessage
from lipwire.ports import Clock, JobStore, ResultUrls
from lipwire.ports.batches import BatchStore
from lipwire.usecases.view_job import view_job


class DialectJobViews:
    """`JobViews` in the words of every dialect."""

    def __init__(
        self, jobs: JobStore, batches: BatchStore, results: ResultUrls, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._batches = batches
        self._results = results
        self._clock = clock

    def webhook_data(self, account_id: AccountId, job_id: JobId) -> Mapping[str, Any] | None:
        """The job's JSON, or None when it was deleted; nobody is told of a job that is not theirs."""
        view = self._view(account_id, job_id)
        return (
            None if view is None else job_out(view).model_dump(mode="json") | {"webhook_url": None}
        )

    def vendor_message(self, delivery: Delivery) -> VendorMessage | None:
        """The vendor's payload, from the job or the batch as it stands now."""
        batch_id = (delivery.data or {}).get("batch_id")
        if batch_id is not None:
            return self._batch_message(delivery, BatchId(str(batch_id)))
        view = delivery.job_id and self._view(delivery.account_id, delivery.job_id)
        if not view:
            return None
        spoken = dialects.load(delivery.format).webhook
        word = None if spoken is None else spoken.types.get(delivery.type)
        if spoken is None or word is None:
            return VendorMessage(None, sign=lambda _body, _secret, _at: {})
        return VendorMessage(spoken.encode(view, word), sign=spoken.sign)

    def _batch_message(self, delivery: Delivery, batch_id: BatchId) -> VendorMessage | None:
        batch = self._batches.get(batch_id)
        if batch is None or batch.account_id != delivery.account_id:
            return None
        spoken = dialects.load(delivery.format).webhook
        if spoken is None or spoken.encode_batch is None:
            return VendorMessage(None, sign=lambda _body, _secret, _at: {})
        # One by one: who speaks to strangers may get rows, not sets of them.
        wanted = () if batch.totals is not None else batch.made_ids
        found = (self._jobs.get(job_id) for job_id in wanted)
        jobs = tuple(JobView(job=job) for job in found if job is not None)
        payload = spoken.encode_batch(BatchView(batch=batch, jobs=jobs))
        return VendorMessage(payload, sign=spoken.sign)

    def _view(self, account_id: AccountId, job_id: JobId) -> JobView | None:
        job = self._jobs.get(job_id)
        if job is None or job.account_id != account_id:
            return None
        return view_job(job, results=self._results, clock=self._clock)
