"""Media that a job names by URL arrives."""

from lipwire.domain.errors import JobFinishedError, JobNotFoundError
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import Job
from lipwire.ports import JobStore
from lipwire.ports.urls import FetchingStores
from lipwire.usecases.fetch_asset import FetchStep, fetch_asset


def fetch_from_urls(job_id: JobId, *, jobs: JobStore, stores: FetchingStores) -> None:
    """Every asset of the job that has a URL lies in the uploads bucket; one that lies there is not fetched again.

    Jobs of a batch may name the same asset and begin side by side: one of them fetches it, the others wait for that.

    A URL that leads to a web page is asked of `pages` for the file that the page shows; without them it is refused.

    Raises:
        SourceUrlError, MediaTooLargeError: nothing of the file was kept.
        AssetNotFoundError: an asset or its account is gone.
        BusyError: the step's time is over; what lies there by now is not fetched again.
        JobFinishedError: the job was canceled; nothing is fetched for it any more, and nothing of the file was kept.
    """

    def refuse_ended() -> Job:
        job = jobs.get(job_id)
        if job is None:
            raise JobNotFoundError
        if job.is_final:
            raise JobFinishedError(status=job.status)
        return job

    job = refuse_ended()
    step = FetchStep(by=job_id, began=stores.clock.now(), check=refuse_ended, stores=stores)
    named = (job.source_id, job.speech_id, job.options.second_speech_id, job.options.mask_id)
    for asset_id in filter(None, named):
        is_picture = asset_id in {job.source_id, job.options.mask_id}
        fetch_asset(asset_id, job.account_id, step, is_picture=is_picture)
