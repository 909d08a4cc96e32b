"""How accounts and keys are read."""

from typing import Any

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from tests.support.builders import ACCOUNT
from tests.support.fakes import FakeIds


class Table:
    """Empty, and knows how it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get_item(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {}


def test_a_key_revoked_a_moment_ago_is_seen():
    """Neither a key nor an account may be read as it stood before; the local cloud would not show the difference."""
    table = Table()
    accounts = DynamoAccounts(table, table="t", outbox=OutboxRows(table="o", ids=FakeIds()))
    assert accounts.key("0123456789") is None
    assert accounts.account(ACCOUNT) is None
    assert [asked.get("ConsistentRead") for asked in table.asked] == [True, True]
