"""The outbox table: rows wait here between their transaction and their publication.

Key layout: pk = out_…; the table's stream wakes the publisher, which deletes each row it has published.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from lipwire.adapters.dynamodb.table import from_item, iso, to_item
from lipwire.domain.errors import InternalError
from lipwire.domain.outbox import OutboxId, OutboxKind, OutboxRow

#: A row that could not be published in this long never will be; by then its alarm has been ringing for two weeks.
_KEPT_S: Final = 14 * 24 * 3600


def outbox_item(
    row_id: str, *, kind: str, payload: str, account_id: str, created_at: datetime
) -> dict[str, Any]:
    """The item of a new row; `kind` must be one of `OutboxKind`."""
    return to_item(
        {
            "pk": row_id,
            "kind": OutboxKind(kind).value,
            "account_id": account_id,
            "payload": payload,
            "created_at": iso(created_at),
            "expires_at": int(created_at.timestamp()) + _KEPT_S,
        }
    )


def outbox_row(values: Mapping[str, Any]) -> OutboxRow:
    """A row from its plain attributes, as a read or a stream record has them."""
    return OutboxRow.model_validate({**values, "id": values["pk"]})


class DynamoOutbox:
    """`OutboxStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._client = client
        self._table = table

    def older_than(self, moment: datetime) -> Iterator[OutboxRow]:
        """Every row written before `moment`. A scan: published rows are gone, so the table is all but empty.

        Raises:
            InternalError: after the last of them, where others can't be read.
        """
        unreadable = []
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="created_at < :moment",
            ExpressionAttributeValues=to_item({":moment": iso(moment)}),
            ConsistentRead=True,
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                try:
                    row = outbox_row(item)
                except ValidationError:
                    unreadable.append(str(item["pk"]))
                else:
                    yield row
        if unreadable:
            raise InternalError(rows=unreadable)

    def delete(self, row_id: OutboxId) -> None:
        """Keyed: deleting a row that is gone changes nothing."""
        self._client.delete_item(TableName=self._table, Key=to_item({"pk": row_id}))
