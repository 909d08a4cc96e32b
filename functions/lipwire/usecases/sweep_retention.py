"""What is older than its account's plan keeps leaves."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from lipwire.domain.assets import Asset
from lipwire.domain.errors import AssetNotFoundError, InternalError
from lipwire.domain.ids import AccountId
from lipwire.domain.jobs import Job
from lipwire.domain.plans import MOST_RETENTION_DAYS
from lipwire.ports import AccountStore, Clock
from lipwire.ports.erasing import AgedRows, ErasableStores
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.erase_job import erase_job

#: No plan keeps anything for less.
_SHORTEST: Final = timedelta(days=1)
#: Older uploads are gone by the bucket's own rule.
_LONGEST: Final = timedelta(days=MOST_RETENTION_DAYS + 1)
_Row = TypeVar("_Row", Job, Asset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many left, and what was in the way of each that did not."""

    jobs: int
    assets: int
    failures: Mapping[str, Exception] = field(default_factory=dict)


def sweep_retention(
    *, aged: AgedRows, accounts: AccountStore, stores: ErasableStores, clock: Clock
) -> Swept:
    """Jobs that ended, and assets that no job names that is still kept, are erased after their plan's days.

    Each is erased on its own: one that can't be holds up none of the others, and is given back with what was in its way.
    The buckets' own rules, a day longer than any plan, catch what no row leads to any more; an asset whose bytes they
    have taken leaves too, unless a job still works with it.
    """
    now = clock.now()
    kept: dict[AccountId, timedelta] = {}
    failures: dict[str, Exception] = {}

    def is_over(account_id: AccountId, since: datetime) -> bool:
        if account_id not in kept:
            account = accounts.account(account_id)
            days = account.limits.retention_days if account else MOST_RETENTION_DAYS
            kept[account_id] = timedelta(days=days)
        return since + kept[account_id] <= now

    def swept_job(job: Job) -> bool:
        if not job.is_final or not is_over(job.account_id, job.finished_at or job.created_at):
            return False
        erase_job(job, stores=stores, at=now)
        return True

    def swept_asset(asset: Asset) -> bool:
        if not is_over(asset.account_id, asset.created_at):
            return False
        has_bytes = asset.created_at + _LONGEST > now
        if has_bytes and stores.batches.awaits(asset.account_id, asset.id):
            return False
        listed = stores.jobs.naming(asset.account_id, asset.id)
        naming = [job for job in map(stores.jobs.get, (one.id for one in listed)) if job]
        if any(has_bytes or not job.is_final for job in naming):
            return False
        try:
            erase_asset(asset, stores=stores, at=now)
        except AssetNotFoundError:
            return False
        return True

    jobs = _count(aged.jobs(before=now - _SHORTEST), swept_job, failures)
    assets = _count(aged.assets(before=now - _SHORTEST), swept_asset, failures)
    return Swept(jobs=jobs, assets=assets, failures=failures)


def _count(
    rows: Iterator[_Row], sweep: Callable[[_Row], bool], failures: dict[str, Exception]
) -> int:
    """How many of these were swept; those that were in its way are noted."""
    count = 0
    try:
        for row in rows:
            try:
                count += sweep(row)
            except Exception as error:  # noqa: BLE001  # whatever it is, the next row is not to suffer from it
                failures[row.id] = error
    except InternalError as error:
        unreadable = error.fields.get("rows")
        names = unreadable if isinstance(unreadable, list) else ["unknown"]
        failures |= {str(name): error for name in names}
    return count
