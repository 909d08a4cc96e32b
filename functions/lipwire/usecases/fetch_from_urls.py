"""Media that a job names by URL arrives."""

from collections.abc import Callable
from typing import Final

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.errors import (
    AssetNotFoundError,
    JobFinishedError,
    JobNotFoundError,
    PageWithoutMediaError,
    SourceIsPageError,
)
from lipwire.domain.ids import JobId
from lipwire.domain.jobs import Job
from lipwire.ports import (
    AccountStore,
    AssetStore,
    ByteSink,
    JobStore,
    ObjectStore,
)
from lipwire.ports.urls import MediaFetcher, PageReader

#: What one function can stream in its time; larger files are uploaded.
MAX_BYTES: Final = 2 * 1000**3
#: After so many bytes it is asked again whether anybody waits for them.
CHECK_BYTES: Final = 8 * 1024**2
#: How web pages begin, whatever their server calls them.
_PAGES: Final = (b"<!doctype html", b"<html")
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_HEAD_BYTES: Final = 256


def fetch_from_urls(
    job_id: JobId,
    *,
    jobs: JobStore,
    assets: AssetStore,
    accounts: AccountStore,
    uploads: ObjectStore,
    fetcher: MediaFetcher,
    pages: PageReader | None,
) -> None:
    """Every asset of the job that has a URL lies in the uploads bucket; one that lies there is not fetched again.

    A URL that leads to a web page is asked of `pages` for the file that the page shows; without them it is refused.

    Raises:
        SourceUrlError, MediaTooLargeError: nothing of the file was kept.
        AssetNotFoundError: an asset or its account is gone.
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
    named = (job.source_id, job.speech_id, job.options.second_speech_id, job.options.mask_id)
    for asset_id in filter(None, named):
        asset = assets.get(asset_id)
        account = accounts.account(job.account_id)
        if asset is None or account is None:
            raise AssetNotFoundError("An asset of this job was deleted.")
        if _is_owed(asset, uploads) and asset.url is not None:
            limit = min(account.limits.max_upload_bytes, MAX_BYTES)
            refuse_ended()
            with uploads.writer(asset.key) as sink:
                watched = _WatchedSink(sink, refuse_ended)
                try:
                    fetcher.fetch(asset.url, watched, max_bytes=limit)
                except SourceIsPageError:
                    if pages is None:
                        raise
                    is_picture = asset_id in {job.source_id, job.options.mask_id}
                    url = pages.media_url(asset.url, is_picture=is_picture)
                    # The page's first bytes may have come in pieces too small to tell.
                    watched.restart()
                    _fetch_shown(url, watched, fetcher, limit)


def _fetch_shown(url: str, sink: ByteSink, fetcher: MediaFetcher, limit: int) -> None:
    """The file that a page shows is in the sink; where that is another page, there is none."""
    try:
        fetcher.fetch(url, sink, max_bytes=limit)
    except SourceIsPageError as exc:
        raise PageWithoutMediaError from exc


class _WatchedSink:
    """A sink that takes no web page, and asks, every few megabytes, whether it should go on."""

    def __init__(self, sink: ByteSink, check: Callable[[], object]) -> None:
        self._sink = sink
        self._check = check
        self._unchecked = 0
        self._head = b""

    def write(self, data: bytes) -> None:
        """These bytes come next, unless the check raises or they begin a page."""
        if len(self._head) < _HEAD_BYTES:
            self._head += data[:_HEAD_BYTES]
            if self._head.lstrip(_BLANK).lower().startswith(_PAGES):
                raise SourceIsPageError
        self._unchecked += len(data)
        if self._unchecked >= CHECK_BYTES:
            self._unchecked = 0
            self._check()
        self._sink.write(data)

    def restart(self) -> None:
        """What was written is forgotten."""
        self._head = b""
        self._sink.restart()


def _is_owed(asset: Asset, uploads: ObjectStore) -> bool:
    return asset.status is AssetStatus.AWAITING_UPLOAD and uploads.head(asset.key) is None
