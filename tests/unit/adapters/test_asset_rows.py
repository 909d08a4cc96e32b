"""Rows of assets: what is promised and never sent leaves by itself, what has arrived stays."""

from datetime import timedelta
from typing import Any

import pytest

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.assets import DynamoAssets
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import entity_item, from_item
from lipwire.domain.assets import AssetStatus, Problem
from lipwire.domain.ids import JobId
from tests.support.builders import NOW, an_account, an_asset
from tests.support.fakes import FakeIds
from tests.support.memory_dynamodb import MemoryDynamoDB


class Client:
    """DynamoDB that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []

    def transact_write_items(self, *, TransactItems: list[Any], **_more: Any) -> dict[str, Any]:  # noqa: N803
        self.written += [from_item(item["Put"]["Item"]) for item in TransactItems if "Put" in item]
        return {}


def rows(client: Client) -> DynamoAssets:
    """The store over that client."""
    return DynamoAssets(
        client,
        charges=LedgerCharges(client, table="ledger"),
        limits=DynamoLimits(client, table="limits"),
        table="assets",
        accounts=ActiveAccounts(table="accounts"),
        outbox=OutboxRows(table="outbox", ids=FakeIds()),
    )


@pytest.mark.fault(24)
def test_an_upload_that_never_comes_leaves_by_itself() -> None:
    """A day after its URL expired; once its bytes are there, its row has no end."""
    client = Client()
    assets = rows(client)
    awaited = an_asset(1, status=AssetStatus.AWAITING_UPLOAD, version_id=None)
    assets.create(awaited)
    (promised,) = client.written
    assert promised["expires_at"] == int(awaited.upload_expires_at.timestamp()) + 24 * 3600
    client.written.clear()
    assert assets.mark_uploaded(awaited, version_id="v1", size_bytes=1000, at=NOW)
    arrived = next(row for row in client.written if row["pk"] == awaited.id)
    assert arrived["version_id"] == "v1"
    assert "expires_at" not in arrived


def test_what_will_not_come_is_refused_and_told() -> None:
    """Its row stays, for its client may ask."""
    client = Client()
    assets = rows(client)
    awaited = an_asset(1, status=AssetStatus.AWAITING_UPLOAD, version_id=None)
    assert assets.give_up(awaited, Problem(code="upload_failed", message="x"), at=NOW)
    refused, told = client.written
    assert (refused["status"], refused["problem"]["code"]) == ("rejected", "upload_failed")
    assert "expires_at" not in refused
    assert "AssetRejected" in str(told)


def test_one_job_at_a_time_fetches_an_asset() -> None:
    """Until it says that it is done, or its lease is over; of an asset that is gone nobody does."""
    client = MemoryDynamoDB(
        {"assets": ("pk", None), "outbox": ("pk", None), "accounts": ("pk", None)}
    )
    client.put_item(TableName="accounts", Item=entity_item(an_account(), pk=an_account().id))
    assets = DynamoAssets(
        client,
        charges=LedgerCharges(client, table="ledger"),
        limits=DynamoLimits(client, table="limits"),
        table="assets",
        accounts=ActiveAccounts(table="accounts"),
        outbox=OutboxRows(table="outbox", ids=FakeIds()),
    )
    asset, end = an_asset(1, status=AssetStatus.AWAITING_UPLOAD), NOW + timedelta(minutes=5)
    assert not assets.begin_fetch(asset.id, by=JobId("job_a"), at=NOW, until=end)
    assets.create(asset)
    for job, at, begins in (
        ("job_a", NOW, True),
        ("job_b", NOW, False),
        ("job_a", NOW, True),
        ("job_b", end, True),
        ("job_a", end, False),
    ):
        later = at + timedelta(minutes=5)
        assert assets.begin_fetch(asset.id, by=JobId(job), at=at, until=later) is begins
    assets.end_fetch(asset.id, by=JobId("job_a"))
    assert not assets.begin_fetch(asset.id, by=JobId("job_a"), at=end, until=end)
    assets.end_fetch(asset.id, by=JobId("job_b"))
    assert assets.begin_fetch(asset.id, by=JobId("job_a"), at=end, until=end)
    assert assets.get(asset.id) == asset
