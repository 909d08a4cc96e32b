"""What was made for jobs of a large batch that are never made."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from lipwire.domain.assets import Asset
from lipwire.domain.batches import MAX_JOBS, Batch, BatchLine
from lipwire.domain.errors import AssetNotFoundError
from lipwire.domain.ids import AssetId
from lipwire.ports.erasing import ErasableStores
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.is_asset_named import is_asset_named


def erase_unmade(
    batch: Batch, lines: Sequence[BatchLine], *, stores: ErasableStores, at: datetime
) -> None:
    """Assets that the batch itself made, for lines that are never made, are gone where no job names them.

    Two kinds there are: those of the next lines, which are made just before their jobs, when those were refused; and
    what lines that were made share with lines that were not, kept when the jobs that had it were deleted. What the
    account uploaded itself is its own, and stays. Harmless to repeat.
    """
    unsure = tuple(_unsure(batch, lines))
    if not unsure:
        return
    needed = {asset_id for job in stores.batches.jobs(batch) for asset_id in job.asset_ids}
    for asset_id in unsure:
        asset = None if asset_id in needed else stores.assets.get(asset_id)
        if asset is not None and not is_asset_named(asset, stores=stores):
            _erase(asset, stores, at)


def _unsure(batch: Batch, lines: Sequence[BatchLine]) -> Iterator[AssetId]:
    """Assets that may be there and that lines name which are never made: they run ahead by one transaction at most."""
    made = len(batch.made_ids)
    named = {asset_id for line in lines[made:] for asset_id in line.job.asset_ids}
    for line in lines[: made + MAX_JOBS]:
        yield from (asset.id for asset in line.assets if asset.id in named)


def _erase(asset: Asset, stores: ErasableStores, at: datetime) -> None:
    try:
        erase_asset(asset, stores=stores, at=at)
    except AssetNotFoundError:
        # Another call, or its owner, was quicker.
        return
