"""Batches that no event fills or ends any more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lipwire.domain.ids import AccountId
from lipwire.ports.filling import FillingStores
from lipwire.usecases.each_account import each_account
from lipwire.usecases.fill_batches import fill_batches
from lipwire.usecases.tell_batches import tell_batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilled:
    """What no event had made, or told."""

    #: Jobs.
    made: int
    #: Batches.
    told: int
    #: Accounts whose batches could not be filled, with what was in the way.
    failures: Mapping[AccountId, Exception] = field(default_factory=dict)


def refill_batches(account_ids: Iterable[AccountId], *, stores: FillingStores) -> Refilled:
    """`fill_batches` for each of these accounts, as if a job of it had ended, and the ends of batches told.

    What has all been made, or has expired, is finished. An event that was lost, or that its queue gave up, would
    else leave a batch waiting, or its end untold, for good. One account holds up none of the others.
    """
    made = told = 0

    def refill(account_id: AccountId) -> None:
        nonlocal made, told
        # First: whatever is in the way of filling, the news of an end is not to suffer from it.
        told += tell_batches(account_id, stores=stores)
        made += fill_batches(account_id, stores=stores)

    failures = each_account(account_ids, refill)
    return Refilled(made=made, told=told, failures=failures)
