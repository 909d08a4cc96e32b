"""Batches that have completed, and nobody was told."""

from lipwire.domain.ids import AccountId
from lipwire.ports.filling import FillingStores
from lipwire.usecases.complete_batch import complete_batch


def tell_batches(account_id: AccountId, *, stores: FillingStores) -> int:
    """How many batches of the account this told to have completed, large and small; each is told once, whoever tells it.

    The end of its last job tells it, unless that event is lost. What still works is known without reading its jobs.
    """
    told = 0
    untold = stores.batches.untold(account_id)
    active = stores.limits.active(account_id) if untold else frozenset()
    for batch_id in untold:
        batch = stores.batches.get(batch_id)
        if batch is None:
            stores.batches.forget(account_id, batch_id)
        elif not batch.waiting and active.isdisjoint(batch.made_ids):
            told += complete_batch(batch, batches=stores.batches, clock=stores.clock)
    return told
