"""Lists by account, newest first."""

from collections.abc import Mapping
from typing import Any

from lipwire.adapters.dynamodb.table import from_item, to_item


def page_by_account(
    client: Any,
    *,
    table: str,
    account_id: str,
    limit: int,
    cursor: str | None,
    prefix: str = "",
    equals: Mapping[str, str] | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Up to `limit` rows of the account, and the next position.

    Their ids begin with `prefix`, their attributes equal `equals`.
    """
    start = None
    if cursor is not None:
        start = to_item({"account_id": account_id, "pk": cursor})
    query: dict[str, Any] = {
        "TableName": table,
        "IndexName": "by_account",
        "KeyConditionExpression": "account_id = :account",
        "ExpressionAttributeValues": to_item({":account": account_id}),
        "ScanIndexForward": False,
    }
    if prefix:
        query["KeyConditionExpression"] += " AND begins_with(pk, :prefix)"
        query["ExpressionAttributeValues"] |= to_item({":prefix": prefix})
    if equals:
        query["FilterExpression"] = " AND ".join(f"#{name} = :{name}" for name in equals)
        query["ExpressionAttributeNames"] = {f"#{name}": name for name in equals}
        query["ExpressionAttributeValues"] |= to_item({f":{k}": v for k, v in equals.items()})
    rows: list[dict[str, Any]] = []
    while True:
        answer = client.query(
            **query, Limit=limit + 1, **({"ExclusiveStartKey": start} if start else {})
        )
        rows += [from_item(item) for item in answer["Items"]]
        start = answer.get("LastEvaluatedKey")
        if len(rows) > limit or start is None:
            break
    has_more = len(rows) > limit
    rows = rows[:limit]
    return rows, rows[-1]["pk"] if has_more else None
