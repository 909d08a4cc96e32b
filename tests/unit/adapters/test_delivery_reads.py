"""What DynamoDB gives of deliveries a piece at a time, or in a form that can't be read."""

from typing import Any

import pytest

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.deliveries import DynamoDeliveries
from lipwire.adapters.dynamodb.delivery_rows import delivery_item, line_item
from lipwire.adapters.dynamodb.table import to_item
from lipwire.domain.errors import BusyError
from lipwire.domain.webhooks import DeliveryFilter, Lane
from tests.support.builders import ACCOUNT, NOW
from tests.support.fakes import FakeClock
from tests.support.fakes_webhooks import a_delivery


class Table:
    """Rows in order; `gives` are how many of those that are asked for come at once, time after time."""

    def __init__(self, *items: dict[str, Any], gives: tuple[int, ...] = ()) -> None:
        self.items = items
        self.gives = list(gives)

    def query(self, *, Limit: int, ExclusiveStartKey: Any = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        start = int(ExclusiveStartKey["at"]["N"]) if ExclusiveStartKey else 0
        page: dict[str, Any] = {"Items": list(self.items[start : start + Limit])}
        if start + Limit < len(self.items):
            page["LastEvaluatedKey"] = to_item({"at": start + Limit})
        return page

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        ((name, wanted),) = RequestItems.items()
        count = self.gives.pop(0)
        asked, left = wanted["Keys"][:count], wanted["Keys"][count:]
        rows = [delivery_item(a_delivery(id=key["pk"]["S"])) for key in asked]
        return {
            "Responses": {name: rows},
            "UnprocessedKeys": {name: {"Keys": left}} if left else {},
        }


def stored(table: Table) -> DynamoDeliveries:
    """The store over such a table."""
    active = ActiveAccounts(table="accounts")
    return DynamoDeliveries(table, table="t", accounts=active, clock=FakeClock())


def test_rows_that_cannot_be_read_blind_nobody_to_those_behind_them():
    """Thirty of another age stand before one that is due."""
    broken = [to_item({"pk": f"dlv_{number}", "sk": "delivery"}) for number in range(30)]
    good = [a_delivery(id=f"dlv_{number:026d}") for number in range(12)]
    table = Table(*broken, *map(delivery_item, good))
    assert stored(table).due(ACCOUNT, Lane.LIVE, at=NOW, limit=10) == tuple(good[:10])
    assert stored(Table(*broken)).due(ACCOUNT, Lane.LIVE, at=NOW, limit=10) == ()


@pytest.mark.parametrize("gives", [(3,), (1, 1, 1), (0, 0, 1, 1, 1)])
def test_rows_that_come_a_few_at_a_time_all_come(gives):
    """The last of five answers counts too."""
    deliveries = [a_delivery(id=f"dlv_{number:026d}") for number in range(3)]
    table = Table(*map(line_item, deliveries), gives=gives)
    page = stored(table).log(ACCOUNT, DeliveryFilter(), limit=9, cursor=None)
    assert sorted(one.id for one in page.items) == [one.id for one in deliveries]


def test_rows_that_do_not_come_are_no_empty_page():
    """Nor an empty list a busy one."""
    lines = [line_item(a_delivery())]
    with pytest.raises(BusyError):
        stored(Table(*lines, gives=(0,) * 5)).log(ACCOUNT, DeliveryFilter(), limit=9, cursor=None)
    assert stored(Table()).log(ACCOUNT, DeliveryFilter(), limit=9, cursor=None).items == ()
