"""How many calls it takes to write many deliveries."""

from typing import Any

import pytest

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.deliveries import DynamoDeliveries
from lipwire.adapters.sqs import SqsDeliveryQueue
from lipwire.domain.errors import BusyError
from lipwire.usecases.replay_deliveries import BATCH, BATCH_ONCE
from tests.support.fakes import FakeClock
from tests.support.fakes_webhooks import a_delivery

MANY = [a_delivery(id=f"dlv_{number:026d}") for number in range(BATCH)]


class Client:
    """Counts what it is asked; takes everything."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> dict[str, Any]:
            listed = request.get("TransactItems", request.get("Entries", [request]))
            self.calls.append((name, len(listed)))
            return {}

        return call


def test_a_batch_of_replays_is_a_handful_of_calls():
    """A mark for the account, then as many at once as a transaction holds: two items each, and their account."""
    client = Client()
    active = ActiveAccounts(table="accounts")
    DynamoDeliveries(client, table="t", accounts=active, clock=FakeClock()).add_all(MANY)
    full, rest = divmod(BATCH, 49)
    writes = [*[99] * full, *([2 * rest + 1] if rest else [])]
    assert client.calls == [
        ("update_item", 1),
        *(("transact_write_items", size) for size in writes),
    ]


def test_an_answer_is_kept_in_the_one_transaction_that_makes_all():
    """A full one with it is a hundred items; with nothing to make it is kept alone."""
    active = ActiveAccounts(table="accounts")
    for count, items in ((BATCH_ONCE, 2 * BATCH_ONCE + 2), (0, 1)):
        client = Client()
        store = DynamoDeliveries(client, table="t", accounts=active, clock=FakeClock())
        store.add_all(
            MANY[:count],
            also=lambda transaction: transaction.put_new("t", {}, otherwise=BusyError),
        )
        assert client.calls[-1] == ("transact_write_items", items)
    with pytest.raises(ValueError, match="more than one"):
        store.add_all(MANY, also=lambda _: None)


def test_wake_ups_go_ten_at_a_time():
    """Which is all that SQS takes."""
    client = Client()
    SqsDeliveryQueue(client, url="q").wake_all(MANY[:25])
    assert client.calls == [("send_message_batch", size) for size in (10, 10, 5)]
