"""What is done with strangers' URLs: judged, fetched, read as pages."""

from collections.abc import Callable
from typing import Protocol

from lipwire.ports import AccountStore, AssetStore, ByteSink, Clock, ObjectStore


class UrlPolicy(Protocol):
    """Where webhooks may go, and media may come from."""

    def allows(self, url: str) -> bool:
        """Judged by its form alone; what its name resolves to is judged again at each attempt."""


class MediaFetcher(Protocol):
    """Fetches from strangers' URLs."""

    def fetch(
        self,
        url: str,
        sink: ByteSink,
        *,
        max_bytes: int,
        within_s: float,
        check: Callable[[], object],
    ) -> None:
        """Every byte is in the sink within that time; raises a `SourceUrlError` or `MediaTooLargeError` otherwise.

        Every few seconds that it waits it asks `check`, and ends with what that raises.
        """


class PageReader(Protocol):
    """Finds media on web pages."""

    def media_url(self, url: str, *, is_picture: bool) -> str:
        """Where the file lies that a page shows: a video or picture, or any sound.

        Raises:
            PageWithoutMediaError: there is none that can be fetched.
            BusyError: nobody could look just now.
        """


class FetchingStores(Protocol):
    """What a fetch takes, each when it is needed."""

    @property
    def assets(self) -> AssetStore: ...

    @property
    def accounts(self) -> AccountStore: ...

    @property
    def uploads(self) -> ObjectStore: ...

    @property
    def media_fetcher(self) -> MediaFetcher: ...

    @property
    def pages(self) -> PageReader | None: ...

    @property
    def clock(self) -> Clock: ...
