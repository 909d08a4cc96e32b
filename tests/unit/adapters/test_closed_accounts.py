"""Writers that come after an account was closed, and after it was erased: they write nothing."""

from datetime import timedelta

import pytest

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.assets import DynamoAssets
from lipwire.adapters.dynamodb.deliveries import DynamoDeliveries
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import from_item, iso
from lipwire.adapters.dynamodb.webhooks import DynamoEndpoints
from lipwire.domain.errors import AccountNotFoundError, UnauthenticatedError
from lipwire.domain.events import BatchCompleted, envelope
from lipwire.domain.keys import ApiKey
from lipwire.domain.webhooks import Answer, DeliveryStatus, conclude
from lipwire.usecases.close_account import close_account
from lipwire.usecases.fan_out_webhook import fan_out_webhook
from tests.support.builders import ACCOUNT, NOW, an_account, an_asset
from tests.support.fakes import FakeClock, FakeIds, FakeJobs
from tests.support.fakes_batches import FakeBatches
from tests.support.fakes_webhooks import FakeQueue, a_delivery, an_endpoint
from tests.support.memory_dynamodb import MemoryDynamoDB


class World:
    """One account, and the stores that make things for it."""

    def __init__(self) -> None:
        self.client = MemoryDynamoDB(
            {
                "accounts": ("pk", None),
                "assets": ("pk", None),
                "webhooks": ("pk", "sk"),
                "outbox": ("pk", None),
            },
            {("webhooks", "due"): ("due", "next_attempt_at")},
        )
        self.clock = FakeClock()
        outbox, active = OutboxRows(table="outbox", ids=FakeIds()), ActiveAccounts(table="accounts")
        self.accounts = DynamoAccounts(self.client, table="accounts", outbox=outbox)
        given = {"accounts": active, "outbox": outbox}
        self.assets = DynamoAssets(
            self.client,
            table="assets",
            charges=LedgerCharges(self.client, table="ledger"),
            limits=DynamoLimits(self.client, table="limits"),
            **given,
        )
        self.endpoints = DynamoEndpoints(self.client, table="webhooks", **given)
        self.deliveries = DynamoDeliveries(
            self.client, table="webhooks", accounts=active, clock=self.clock
        )
        key = ApiKey(
            public_id="0123456789",
            account_id=ACCOUNT,
            name="k",
            secret_sha256="0" * 64,
            created_at=NOW,
        )
        self.accounts.add(an_account(), key)

    def rows(self) -> dict:
        """What the tables hold beside the account and what is told of it."""
        return {name: dict(self.client.tables[name]) for name in ("assets", "webhooks")}

    def fan_out(self) -> int:
        """An event that nobody is there to be told of."""
        told = BatchCompleted(batch_id=f"bat_{1:026d}", succeeded=1, failed=0, canceled=0)
        event = envelope(
            told,
            event_id=f"evt_{1:026d}",
            account_id=ACCOUNT,
            occurred_at=NOW,
            correlation_id="c",
        )
        return fan_out_webhook(
            event,
            jobs=FakeJobs(),
            batches=FakeBatches(FakeJobs()),
            endpoints=self.endpoints,
            deliveries=self.deliveries,
            queue=FakeQueue(),
            clock=self.clock,
        )


@pytest.fixture(params=["closed", "erased"])
def late(request) -> World:
    """An account that has just ended."""
    world = World()
    world.accounts.close(ACCOUNT, by=None, at=NOW)
    if request.param == "erased":
        world.client.tables["accounts"].clear()
    return world


def test_an_active_account_is_told_of_everything():
    """The same writers, in time."""
    world = World()
    assert world.fan_out() == 0
    world.endpoints.add(an_endpoint())
    world.assets.create(an_asset(1))
    assert world.deliveries.add(a_delivery(attempts=0))
    found = world.rows()
    assert len(found["assets"]) == 1
    assert sorted(sk.partition("#")[0] for _, sk in found["webhooks"]) == [
        *("clock", "delivery", "delivery", "log", "log"),
        an_endpoint().id,
    ]


def test_nothing_is_written_for_an_account_that_ended(late):
    """Neither what it is told nor what it asks for."""
    assert late.fan_out() == 0
    for add in (
        lambda: late.endpoints.add(an_endpoint()),
        lambda: late.assets.create(an_asset(1)),
    ):
        with pytest.raises(UnauthenticatedError):
            add()
    for many in ([a_delivery()], [a_delivery(status=DeliveryStatus.DELIVERED)]):
        with pytest.raises(AccountNotFoundError):
            late.deliveries.add_all(many)
    assert late.rows() == {"assets": {}, "webhooks": {}}


def test_a_closed_account_is_closed_again_and_told_again():
    """An erasure that was given up begins anew; the first time stays, and one that was erased is not there."""
    world = World()
    for at in (NOW, NOW + timedelta(days=1)):
        close_account(ACCOUNT, by=None, accounts=world.accounts, clock=FixedClock(at))
    row = from_item(world.client.tables["accounts"][ACCOUNT,])
    assert (row["status"], row["closed_at"]) == ("closed", iso(NOW))
    assert len(world.client.tables["outbox"]) == 2
    world.client.tables["accounts"].clear()
    with pytest.raises(AccountNotFoundError):
        close_account(ACCOUNT, by=None, accounts=world.accounts, clock=FixedClock(NOW))
    with pytest.raises(AccountNotFoundError):
        world.accounts.close(ACCOUNT, by=None, at=NOW)
    assert world.client.tables["accounts"] == {}


class FixedClock(FakeClock):
    """Stands still."""

    def __init__(self, moment) -> None:
        super().__init__()
        self.moment = moment


def test_an_attempt_that_outlives_its_account_plans_no_other(late):
    """It is counted by nobody."""
    tried = conclude(a_delivery(), Answer(status=500), at=NOW, randomness=0)
    assert not tried.is_final
    assert not late.deliveries.conclude(tried, None)
    assert late.rows()["webhooks"] == {}


def test_an_accounts_mark_is_renewed_and_not_written_twice():
    """One row, whoever marks it; its next look stays where it was."""
    world = World()
    world.deliveries.add(a_delivery(attempts=0))
    before = dict(world.client.tables["webhooks"][ACCOUNT, "clock"])
    world.deliveries.add(a_delivery(id=f"dlv_{1:026d}", attempts=0))
    assert world.client.tables["webhooks"][ACCOUNT, "clock"] == before
    world.clock.moment += timedelta(minutes=11)
    world.deliveries.add(a_delivery(id=f"dlv_{2:026d}", attempts=0))
    after = world.client.tables["webhooks"][ACCOUNT, "clock"]
    assert after["marked_at"] != before["marked_at"]
    assert after["next_attempt_at"] == before["next_attempt_at"]
