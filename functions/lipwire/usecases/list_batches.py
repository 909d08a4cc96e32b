"""The caller's batches."""

from lipwire.domain.batches import Batch
from lipwire.domain.commands import Caller, ListBatches
from lipwire.domain.views import Page
from lipwire.ports.batches import BatchStore


def list_batches(command: ListBatches, caller: Caller, *, batches: BatchStore) -> Page[Batch]:
    """One page, newest first; how their jobs stand is told one batch at a time."""
    return batches.list(caller.account.id, limit=command.limit, cursor=command.cursor)
