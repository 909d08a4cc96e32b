"""What erasing asks of the world."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from lipwire.domain.assets import Asset
from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.domain.jobs import Job
from lipwire.ports import AssetStore, JobStore, ObjectStore, WorkStore
from lipwire.ports.batches import BatchStore


class ErasableStores(Protocol):
    """What an eraser takes, each when it is needed: a function that erases assets alone has no right to the rest."""

    @property
    def jobs(self) -> JobStore: ...

    @property
    def batches(self) -> BatchStore: ...

    @property
    def assets(self) -> AssetStore: ...

    @property
    def uploads(self) -> ObjectStore: ...

    @property
    def outputs(self) -> ObjectStore: ...

    @property
    def work_objects(self) -> ObjectStore: ...

    @property
    def work(self) -> WorkStore: ...


class AccountRows(Protocol):
    """Every row of an account, whatever table it is in."""

    def jobs(self, account_id: AccountId) -> Iterator[Job]: ...

    def assets(self, account_id: AccountId) -> Iterator[Asset]: ...

    def erase_job(self, job_id: JobId) -> None:
        """The job's own row is gone."""

    def erase_asset(self, asset_id: AssetId) -> None:
        """The asset's own row is gone."""

    def erase(self, account_id: AccountId) -> None:
        """None is left but the account's own, which leads to all others."""

    def erase_own(self, account_id: AccountId) -> None:
        """The account's own row is gone: the last of all."""


class AgedRows(Protocol):
    """Everybody's jobs and assets by age; looks through all of them.

    After the last it raises `InternalError`, with the ids in `rows`, where some can't be read.
    """

    def jobs(self, *, before: datetime) -> Iterator[Job]:
        """Those that were made before then."""

    def assets(self, *, before: datetime) -> Iterator[Asset]:
        """Those that were made before then."""
