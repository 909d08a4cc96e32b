"""Lists by the number of a page, for vendors whose clients turn pages so; the last 500 things of the account."""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from lipwire.domain.assets import Asset, AssetStatus
from lipwire.domain.commands import Caller, ListAssetPages, ListJobPages
from lipwire.domain.views import JobView, NumberedPage, Page
from lipwire.ports import AssetStore, Clock, JobStore, ResultUrls
from lipwire.usecases.view_job import view_job

_ROWS: Final = 100
#: Counting takes reading all of them; older ones are listed natively, by cursor.
_READS: Final = 5

Item = TypeVar("Item")


def list_asset_pages(
    command: ListAssetPages, caller: Caller, *, assets: AssetStore
) -> NumberedPage[Asset]:
    """The caller's assets that have arrived and carry all of the echo, newest first."""
    found = [
        asset
        for asset in _newest(
            lambda cursor: assets.list(caller.account.id, limit=_ROWS, cursor=cursor)
        )
        if asset.status is not AssetStatus.AWAITING_UPLOAD
        and command.echo.items() <= asset.echo.items()
    ]
    return NumberedPage(_cut(found, command.page, command.per_page), len(found))


def list_job_pages(
    command: ListJobPages, caller: Caller, *, jobs: JobStore, results: ResultUrls, clock: Clock
) -> NumberedPage[JobView]:
    """The caller's jobs that were made in that dialect, newest first."""
    found = [
        job
        for job in _newest(
            lambda cursor: jobs.list(caller.account.id, status=None, limit=_ROWS, cursor=cursor)
        )
        if job.terms.dialect == command.dialect
    ]
    shown = _cut(found, command.page, command.per_page)
    views = tuple(view_job(job, results=results, clock=clock) for job in shown)
    return NumberedPage(views, len(found))


def _newest(read: Callable[[str | None], Page[Item]]) -> Iterator[Item]:
    cursor = None
    for _ in range(_READS):
        page = read(cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _cut(found: list[Item], page: int, per_page: int) -> tuple[Item, ...]:
    return tuple(found[(page - 1) * per_page : page * per_page])
