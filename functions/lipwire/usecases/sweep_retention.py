"""What is older than its account's plan keeps leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lipwire.domain.errors import AssetNotFoundError
from lipwire.domain.ids import AccountId
from lipwire.domain.plans import MOST_RETENTION_DAYS
from lipwire.ports import AccountStore, Clock
from lipwire.ports.erasing import AgedRows, ErasableStores
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.erase_job import erase_job

#: No plan keeps anything for less.
_SHORTEST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many left."""

    jobs: int
    assets: int


def sweep_retention(
    *, aged: AgedRows, accounts: AccountStore, stores: ErasableStores, clock: Clock
) -> Swept:
    """Jobs that ended, and assets that no job names that is still kept, are erased after their plan's days.

    Each is erased on its own, so a run that dies leaves the rest to the next one. The buckets' own rules, a day longer
    than any plan, catch what no row leads to any more.
    """
    now = clock.now()
    kept: dict[AccountId, timedelta] = {}

    def is_over(account_id: AccountId, since: datetime) -> bool:
        if account_id not in kept:
            account = accounts.account(account_id)
            days = account.limits.retention_days if account else MOST_RETENTION_DAYS
            kept[account_id] = timedelta(days=days)
        return since + kept[account_id] <= now

    jobs = assets = 0
    for job in aged.jobs(before=now - _SHORTEST):
        if job.is_final and is_over(job.account_id, job.finished_at or job.created_at):
            erase_job(job, stores=stores, at=now)
            jobs += 1
    for asset in aged.assets(before=now - _SHORTEST):
        if not is_over(asset.account_id, asset.created_at):
            continue
        if any(True for _ in stores.jobs.naming(asset.account_id, asset.id)):
            continue
        try:
            erase_asset(asset, stores=stores, at=now)
        except AssetNotFoundError:
            continue
        assets += 1
    return Swept(jobs=jobs, assets=assets)
