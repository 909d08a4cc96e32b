"""The stores' tables on the emulator, without the platform around them: nothing is published, no workflow starts."""

import secrets
from typing import Any

#: Sort key, and the index: its name, partition and sort key.
TABLES: dict[str, tuple[str | None, tuple[str, str, str] | None]] = {
    "ACCOUNTS_TABLE": (None, ("by_account", "account_id", "pk")),
    "ASSETS_TABLE": (None, ("by_account", "account_id", "pk")),
    "JOBS_TABLE": (None, ("by_account", "account_id", "pk")),
    "LEDGER_TABLE": ("sk", ("by_time", "pk", "listed_at")),
    "LIMITS_TABLE": (None, None),
    "OUTBOX_TABLE": (None, None),
}


class BareTables:
    """What `tests.integration.test_stores.Stores` asks of a platform."""

    def __init__(self, platform: Any) -> None:
        self.aws = platform.aws
        end = secrets.token_hex(4)
        self.names = {name: f"bare-{name.lower()}-{end}" for name in TABLES}
        for name, (sort, index) in TABLES.items():
            self._create(self.names[name], sort, index)

    def delete(self) -> None:
        """All of them."""
        for name in self.names.values():
            self.aws("dynamodb").delete_table(TableName=name)

    def _create(self, name: str, sort: str | None, index: tuple[str, str, str] | None) -> None:
        keys = ("pk", sort) if sort else ("pk",)
        more: dict[str, Any] = {}
        if index is not None:
            more["GlobalSecondaryIndexes"] = [
                {
                    "IndexName": index[0],
                    "KeySchema": _schema(index[1:]),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ]
        attributes = {*keys, *(index[1:] if index else ())}
        self.aws("dynamodb").create_table(
            TableName=name,
            KeySchema=_schema(keys),
            AttributeDefinitions=[
                {"AttributeName": one, "AttributeType": "S"} for one in sorted(attributes)
            ],
            BillingMode="PAY_PER_REQUEST",
            **more,
        )


def _schema(keys: tuple[str, ...]) -> list[dict[str, str]]:
    kinds = ("HASH", "RANGE")
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, kinds, strict=False)]
