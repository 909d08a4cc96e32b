"""An account's deliveries as it reads them: pages of its list, and the rows they name."""

from typing import Any, Final

from lipwire.adapters.dynamodb.delivery_rows import DELIVERY, sortable
from lipwire.adapters.dynamodb.table import from_item, to_item
from lipwire.domain.errors import BusyError
from lipwire.domain.ids import AccountId
from lipwire.domain.views import Page
from lipwire.domain.webhooks import Delivery, DeliveryFilter

#: Rows that one page of a filtered list may look through: ten times a hundred.
_LIST_QUERIES: Final = 10
_LIST_ROWS: Final = 100
#: How often rows are asked for that DynamoDB did not give at once.
_TRIES: Final = 5


class DeliveryLog:
    """What can be listed of deliveries."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._client = client
        self._table = table

    def log(
        self, account_id: AccountId, wanted: DeliveryFilter, *, limit: int, cursor: str | None
    ) -> Page[Delivery]:
        """Lines of the account's list, then the rows they name; at most a thousand lines are looked through."""
        rows: list[Delivery] = []
        last = cursor
        for _ in range(_LIST_QUERIES):
            lines, following = self._lines(account_id, wanted, after=last)
            found = self._rows([line["delivery_id"] for line in lines])
            for line in lines:
                last = line["sk"]
                row = found.get(line["delivery_id"])
                if row is not None and wanted.takes(row):
                    rows.append(row)
                    if len(rows) == limit:
                        return Page(tuple(rows), last)
            if following is None:
                return Page(tuple(rows), None)
            last = following
        return Page(tuple(rows), last)

    def _lines(
        self, account_id: AccountId, wanted: DeliveryFilter, *, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Lines of the list after that one, newest first, and the last key where there are more."""
        query: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :account AND sk BETWEEN :since AND :until",
            "ScanIndexForward": False,
            "Limit": _LIST_ROWS,
        }
        values = {
            ":account": account_id,
            ":since": f"log#{sortable(wanted.since) if wanted.since else ''}",
            ":until": f"log#{sortable(wanted.until) if wanted.until else '~'}",
        }
        if wanted.endpoint_id is not None:
            query["FilterExpression"] = "endpoint_id = :endpoint"
            values[":endpoint"] = wanted.endpoint_id
        if after is not None:
            query["ExclusiveStartKey"] = to_item({"pk": account_id, "sk": after})
        found = self._client.query(**query, ExpressionAttributeValues=to_item(values))
        more = found.get("LastEvaluatedKey")
        lines = [from_item(item) for item in found["Items"]]
        return lines, str(from_item(more)["sk"]) if more else None

    def _rows(self, ids: list[str]) -> dict[str, Delivery]:
        rows: dict[str, Delivery] = {}
        keys = [to_item({"pk": one, "sk": DELIVERY}) for one in ids]
        for _ in range(_TRIES if keys else 0):
            answer = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            for item in answer["Responses"].get(self._table, []):
                row = Delivery.model_validate(from_item(item))
                rows[row.id] = row
            keys = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not keys:
                break
        if keys:
            raise BusyError
        return rows
