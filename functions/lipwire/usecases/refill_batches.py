"""Large batches that no event fills any more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lipwire.domain.ids import AccountId
from lipwire.ports import AccountStore, AssetStore, Clock, LimitStore
from lipwire.ports.batches import BatchLines, BatchStore
from lipwire.usecases.fill_batches import fill_batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilled:
    """What no event had made."""

    made: int
    #: Accounts whose batches could not be filled, with what was in the way.
    failures: Mapping[AccountId, Exception] = field(default_factory=dict)


def refill_batches(
    account_ids: Iterable[AccountId],
    *,
    batches: BatchStore,
    lines: BatchLines,
    accounts: AccountStore,
    assets: AssetStore,
    limits: LimitStore,
    clock: Clock,
) -> Refilled:
    """`fill_batches` for each of these accounts, as if a job of it had ended.

    What has all been made, or has expired, is finished. An event that was lost, or that its queue gave up, would
    else leave a batch waiting for good. One account holds up none of the others.
    """
    made = 0
    failures: dict[AccountId, Exception] = {}
    for account_id in account_ids:
        try:
            made += fill_batches(
                account_id,
                batches=batches,
                lines=lines,
                accounts=accounts,
                assets=assets,
                limits=limits,
                clock=clock,
            )
        except Exception as error:  # noqa: BLE001  # whatever it is, the next account is not to suffer from it
            failures[account_id] = error
    return Refilled(made=made, failures=failures)
