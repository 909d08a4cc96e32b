"""What erasing asks of the world."""

from typing import Protocol

from lipwire.ports import AssetStore, JobStore, ObjectStore, WorkStore


class ErasableStores(Protocol):
    """What an eraser takes, each when it is needed: a function that erases assets alone has no right to the rest."""

    @property
    def jobs(self) -> JobStore: ...

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
