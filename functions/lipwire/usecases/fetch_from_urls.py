"""Media that a job names by URL arrives."""

from typing import Final

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.errors import AssetNotFoundError, JobNotFoundError
from lipwire.domain.ids import JobId
from lipwire.ports import AccountStore, AssetStore, JobStore, MediaFetcher, ObjectStore

#: What one function can stream in its time; larger files are uploaded.
MAX_BYTES: Final = 2 * 1000**3


def fetch_from_urls(
    job_id: JobId,
    *,
    jobs: JobStore,
    assets: AssetStore,
    accounts: AccountStore,
    uploads: ObjectStore,
    fetcher: MediaFetcher,
) -> None:
    """Every asset of the job that has a URL lies in the uploads bucket; one that lies there is not fetched again.

    Raises:
        SourceUrlError, MediaTooLargeError: nothing of the file was kept.
        AssetNotFoundError: an asset or its account is gone.
    """
    job = jobs.get(job_id)
    if job is None:
        raise JobNotFoundError
    for asset_id in (job.source_id, job.speech_id):
        asset = assets.get(asset_id)
        account = accounts.account(job.account_id)
        if asset is None or account is None:
            raise AssetNotFoundError("An asset of this job was deleted.")
        if _is_owed(asset, uploads) and asset.url is not None:
            limit = min(account.limits.max_upload_bytes, MAX_BYTES)
            with uploads.writer(asset.key) as sink:
                fetcher.fetch(asset.url, sink, max_bytes=limit)


def _is_owed(asset: Asset, uploads: ObjectStore) -> bool:
    return asset.status is AssetStatus.AWAITING_UPLOAD and uploads.head(asset.key) is None
