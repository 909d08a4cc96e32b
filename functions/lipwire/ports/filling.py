"""What making and ending large batches asks of the world."""

from typing import Protocol

from lipwire.ports import AccountStore, Clock, LimitStore
from lipwire.ports.batches import BatchLines
from lipwire.ports.erasing import ErasableStores


class FillingStores(ErasableStores, Protocol):
    """What a batch's jobs are made with, and what ends with the batch, each when it is needed."""

    @property
    def batch_lines(self) -> BatchLines: ...

    @property
    def accounts(self) -> AccountStore: ...

    @property
    def limits(self) -> LimitStore: ...

    @property
    def clock(self) -> Clock: ...
