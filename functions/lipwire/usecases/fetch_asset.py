"""One file arrives from its URL."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.errors import (
    AssetNotFoundError,
    BusyError,
    PageWithoutMediaError,
    SourceIsPageError,
)
from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.ports import ByteSink, Clock
from lipwire.ports.urls import FetchingStores, MediaFetcher, PageReader

#: What one function can stream in its time; larger files are uploaded.
MAX_BYTES: Final = 2 * 1000**3
#: After so many bytes it is asked again whether anybody waits for them.
CHECK_BYTES: Final = 8 * 1024**2
#: How web pages begin, whatever their server calls them.
_PAGES: Final = (b"<!doctype html", b"<html")
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_HEAD_BYTES: Final = 256
#: Longer than a fetch and its last part may take: a fetch that is given up for dead writes nothing any more.
_LEASE: Final = timedelta(seconds=300)
#: For all that is fetched of one URL, the page and the file that it shows together; asking which file that is takes 95 s
#: more at most.
_EACH: Final = timedelta(seconds=200)
#: No fetch begins later than this in its step: 350 s, and 295 s for that one, and 250 s for two texts that are spoken,
#: are less than its function's 900.
_LAST_BEGIN: Final = timedelta(seconds=350)
_LOOK_AGAIN_S: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchStep:
    """Who fetches, since when, and with what."""

    #: The job, or the upload itself, that the bytes are fetched for: who began keeps others out.
    by: JobId | AssetId
    began: datetime
    #: Raises where nobody waits for the bytes any more.
    check: Callable[[], object]
    stores: FetchingStores


def fetch_asset(
    asset_id: AssetId, account_id: AccountId, step: FetchStep, *, is_picture: bool
) -> None:
    """The asset lies in the uploads bucket if it has a URL; one that lies there is not fetched again.

    Several steps may want the same asset: one of them fetches it, the others wait for that.

    Raises:
        SourceUrlError, MediaTooLargeError: nothing of the file was kept.
        AssetNotFoundError: the asset or its account is gone.
        BusyError: the step's time is over.
        LipwireError: what the step's check raises; nothing of the file was kept.
    """
    stores = step.stores
    account = stores.accounts.account(account_id)
    if account is None:
        raise AssetNotFoundError("The account was erased.")
    limit = min(account.limits.max_upload_bytes, MAX_BYTES)
    clock, assets = stores.clock, stores.assets
    while asset := _owed(asset_id, stores):
        step.check()
        now = clock.now()
        if now - step.began > _LAST_BEGIN:
            raise BusyError
        if not assets.begin_fetch(asset_id, by=step.by, at=now, until=now + _LEASE):
            clock.sleep(_LOOK_AGAIN_S)
            continue
        try:
            with stores.uploads.writer(asset.key) as sink:
                watched = _WatchedSink(sink, step.check)
                allowed = _Allowance(
                    stores.media_fetcher, limit, clock, until=now + _EACH, check=step.check
                )
                _fetch(str(asset.url), watched, allowed, stores.pages, is_picture=is_picture)
        finally:
            assets.end_fetch(asset_id, by=step.by)
        break


@dataclass(frozen=True, slots=True)
class _Allowance:
    """A fetcher with the bytes and the time that it may take."""

    fetcher: MediaFetcher
    max_bytes: int
    clock: Clock
    _: KW_ONLY
    until: datetime
    check: Callable[[], object]

    def fetch(self, url: str, sink: ByteSink) -> None:
        left = max(self.until - self.clock.now(), timedelta(0))
        within_s = left.total_seconds()
        self.fetcher.fetch(url, sink, max_bytes=self.max_bytes, within_s=within_s, check=self.check)


def _fetch(
    url: str,
    sink: "_WatchedSink",
    allowed: _Allowance,
    pages: PageReader | None,
    *,
    is_picture: bool,
) -> None:
    """The file that lies at the URL, or that the page there shows, is in the sink."""
    try:
        allowed.fetch(url, sink)
    except SourceIsPageError:
        if pages is None:
            raise
        shown = pages.media_url(url, is_picture=is_picture)
        # The page's first bytes may have come in pieces too small to tell.
        sink.restart()
        _fetch_shown(shown, sink, allowed)


def _fetch_shown(url: str, sink: ByteSink, allowed: _Allowance) -> None:
    """The file that a page shows is in the sink; where that is another page, there is none."""
    try:
        allowed.fetch(url, sink)
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


def _owed(asset_id: AssetId, stores: FetchingStores) -> Asset | None:
    """The asset, where its bytes are to be fetched and are not there."""
    asset = stores.assets.get(asset_id)
    if asset is None:
        raise AssetNotFoundError("The asset was deleted.")
    if asset.status is not AssetStatus.AWAITING_UPLOAD or asset.url is None:
        return None
    return asset if stores.uploads.find(asset.key) is None else None
