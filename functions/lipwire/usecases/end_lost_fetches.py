"""Uploads that count as being fetched, though nobody fetches them any more."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from lipwire.domain.assets import AssetStatus
from lipwire.domain.ids import AccountId, AssetId
from lipwire.ports import AssetStore, Clock, LimitStore
from lipwire.usecases.each_account import each_account
from lipwire.usecases.give_up_awaited import give_up_awaited

#: An execution that looks into an upload runs for six hours at most, and a fetch is its first step.
LOST_AFTER: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostFetches:
    """What no workflow had ended."""

    ended: tuple[AssetId, ...]
    #: Accounts that could not be looked at, with what was in the way.
    failures: Mapping[AccountId, Exception] = field(default_factory=dict)


def end_lost_fetches(
    account_ids: Iterable[AccountId], *, limits: LimitStore, assets: AssetStore, clock: Clock
) -> LostFetches:
    """Each of these accounts' uploads whose workflow is over is rejected and not counted any more.

    A workflow ends its fetch in whatever way it ends; where its last step dies too, or the upload's row leaves by its
    age, the account would have one fetch less for good. One account holds up none of the others.
    """
    ended: list[AssetId] = []

    def end(account_id: AccountId) -> None:
        ended.extend(_ended(account_id, limits=limits, assets=assets, clock=clock))

    failures = each_account(account_ids, end)
    return LostFetches(ended=tuple(ended), failures=failures)


def _ended(
    account_id: AccountId, *, limits: LimitStore, assets: AssetStore, clock: Clock
) -> Iterator[AssetId]:
    """Those of one account, as each is ended.

    An upload is counted by the transaction that makes it: one that is counted and not there has left.
    """
    for asset_id in sorted(limits.fetches(account_id)):
        asset = assets.get(asset_id)
        if asset is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
            limits.forget_fetch(account_id, asset_id)
            yield asset_id
        elif asset.created_at + LOST_AFTER <= clock.now() and give_up_awaited(
            asset_id, assets=assets, clock=clock
        ):
            yield asset_id
