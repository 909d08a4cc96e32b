"""DynamoDB in memory, so far as our stores use it: conditions, transactions, indexes, and faults on order.

The stores' own adapters run over it, so what is tested is the very code that runs on AWS. That it answers like the
emulator is tested in tests/integration/test_memory_dynamodb.py, one scenario at a time over both.
"""
# ruff: noqa: N803  # the names are AWS's

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, Final

from botocore.exceptions import ClientError, EndpointConnectionError

from tests.support.memory_expressions import Item, condition, refuse_idle_placeholders, update

#: Partition key, sort key.
Keys = tuple[str, str | None]

#: What a partition key and a sort key may hold.
_KEY_BYTES: Final = (2048, 1024)


class Crash(BaseException):
    """The process ends here, whatever it was about to do."""


class Fault(Enum):
    """What becomes of a write."""

    #: The process ends before it.
    CRASH_BEFORE = "before"
    #: It is done, and the process ends.
    CRASH_AFTER = "after"
    #: It is done, and nobody hears of it.
    LOST = "lost"
    #: It is done, its answer is lost, and the SDK sends it again by itself.
    REPEATED = "repeated"


class TransactionCanceledError(ClientError):
    """Its name in botocore is `TransactionCanceledException`."""


class _Exceptions:
    TransactionCanceledException = TransactionCanceledError
    ClientError = ClientError


class MemoryDynamoDB:
    """The client's methods that our adapters call, over dicts."""

    exceptions = _Exceptions

    def __init__(
        self, tables: Mapping[str, Keys], indexes: Mapping[tuple[str, str], Keys] | None = None
    ) -> None:
        self._keys = dict(tables)
        self._indexes = dict(indexes or {})
        self.tables: dict[str, dict[tuple[str, ...], Item]] = {name: {} for name in tables}
        #: What each write that was tried touches, faults or not.
        self.writes: list[str] = []
        #: What becomes of a write, by its number from 0; something callable happens just before it.
        self.faults: dict[int, Fault | Callable[[], object]] = {}
        #: Whether its user may do this, with rows of this partition key: action, table or index, key. None may everything.
        self.rights: Callable[[str, str, str], bool] | None = None
        #: What was refused for want of rights, whether its user noticed or not.
        self.refused: list[tuple[str, str, str]] = []

    def get_item(self, *, TableName: str, Key: Item, **_: Any) -> dict[str, Any]:
        """A consistent read."""
        self._check("GetItem", TableName, Key)
        found = self.tables[TableName].get(self._key(TableName, Key))
        return {} if found is None else {"Item": dict(found)}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """Consistent reads; what is not there is left out."""
        for table, asked in RequestItems.items():
            for key in asked["Keys"]:
                self._check("BatchGetItem", table, key)
        found = {
            table: [self.tables[table].get(self._key(table, key)) for key in asked["Keys"]]
            for table, asked in RequestItems.items()
        }
        return {
            "Responses": {
                table: [dict(one) for one in rows if one] for table, rows in found.items()
            }
        }

    def put_item(self, **put: Any) -> dict[str, Any]:
        """One put."""
        return self._write("put", [{"Put": put}])

    def update_item(self, **update_: Any) -> dict[str, Any]:
        """One update; what is there afterwards, where that is asked for."""
        self._write("update", [{"Update": update_}])
        if update_.get("ReturnValues") != "ALL_NEW":
            return {}
        table, key = self._item_key({"Update": update_})
        return {"Attributes": dict(self.tables[table][key])}

    def delete_item(self, **delete: Any) -> dict[str, Any]:
        """One delete."""
        return self._write("delete", [{"Delete": delete}])

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        """All or none."""
        return self._write("transaction", TransactItems)

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        IndexName: str | None = None,
        ScanIndexForward: bool = True,
        FilterExpression: str | None = None,
        Limit: int | None = None,
        ExclusiveStartKey: Item | None = None,
        **names_and_values: Any,
    ) -> dict[str, Any]:
        """In the order of the sort key."""
        values = names_and_values.get("ExpressionAttributeValues", {})
        names = names_and_values.get("ExpressionAttributeNames", {})
        _, sort = self._indexes[TableName, IndexName] if IndexName else self._keys[TableName]
        place = f"{TableName}/index/{IndexName}" if IndexName else TableName
        (asked,) = re.findall(r"^\S+ = (:\w+)", KeyConditionExpression)
        self._check("Query", place, {"pk": values[asked]})
        wanted = condition(KeyConditionExpression)
        rows = [
            (self._order(TableName, item, sort), item)
            for item in self.tables[TableName].values()
            if (sort is None or sort in item) and wanted(item, names, values)
        ]
        rows.sort(key=lambda row: row[0], reverse=not ScanIndexForward)
        if ExclusiveStartKey is not None:
            begin = self._order(TableName, ExclusiveStartKey, sort)
            rows = [r for r in rows if (r[0] > begin if ScanIndexForward else r[0] < begin)]
        answer: dict[str, Any] = {}
        if Limit is not None and len(rows) > Limit:
            rows = rows[:Limit]
            last = rows[-1][1]
            partition, _ = self._indexes[TableName, IndexName] if IndexName else ("pk", None)
            kept = {partition, sort, *self._keys[TableName]} - {None}
            answer["LastEvaluatedKey"] = {name: last[name] for name in kept}
        found = [dict(item) for _, item in rows]
        if FilterExpression:
            passes = condition(FilterExpression)
            found = [item for item in found if passes(item, names, values)]
        return {**answer, "Items": found}

    def scan(self, *, TableName: str, FilterExpression: str = "", **more: Any) -> dict[str, Any]:
        """Everything that passes."""
        self._check("Scan", TableName, {"pk": {"S": ""}})
        values = more.get("ExpressionAttributeValues", {})
        names = more.get("ExpressionAttributeNames", {})
        items = [dict(item) for item in self.tables[TableName].values()]
        if FilterExpression:
            passes = condition(FilterExpression)
            items = [item for item in items if passes(item, names, values)]
        return {"Items": items}

    def get_paginator(self, operation: str) -> "_Pages":
        """Over `query` or `scan`."""
        return _Pages(getattr(self, operation))

    def _write(self, name: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        for item in items:
            action = next(iter(item))
            table, key = self._item_key(item)
            self._check(f"{action}Item", table, {"pk": {"S": key[0]}})
        labels = sorted({self._label(item) for item in items})
        self.happen(", ".join(labels), lambda: self._apply(name, items))
        return {}

    def happen(self, label: str, act: Callable[[], object]) -> None:
        """Something that stays when the process dies, with its share of faults; not only the tables' own writes."""
        number = len(self.writes)
        self.writes.append(label)
        fault = self.faults.pop(number, None)
        if fault is Fault.CRASH_BEFORE:
            raise Crash
        if callable(fault):
            fault()
        act()
        if fault is Fault.CRASH_AFTER:
            raise Crash
        if fault is Fault.LOST:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        if fault is Fault.REPEATED:
            act()

    def _apply(self, name: str, items: list[dict[str, Any]]) -> None:
        keys = [self._item_key(item) for item in items]
        if len(set(keys)) != len(keys):
            raise ValueError("one transaction names an item twice")
        failed = [not self._passes(*key, item) for key, item in zip(keys, items, strict=True)]
        if any(failed):
            codes = ["ConditionalCheckFailed" if one else "None" for one in failed]
            old = [self.tables[table].get(key, {}) for table, key in keys]
            self._refuse(name, codes, old)
        for (table, key), item in zip(keys, items, strict=True):
            (operation, what), rows = next(iter(item.items())), self.tables[table]
            if operation == "Put":
                rows[key] = dict(what["Item"])
            elif operation == "Delete":
                rows.pop(key, None)
            elif operation == "Update":
                rows[key] = update(what["UpdateExpression"])(
                    {**what["Key"], **rows.get(key, {})},
                    what.get("ExpressionAttributeNames", {}),
                    what.get("ExpressionAttributeValues", {}),
                )

    def _refuse(self, name: str, codes: list[str], old: list[Item]) -> None:
        if name != "transaction":
            error = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
            raise ClientError({**error, "Item": old[0]}, name)  # type: ignore[typeddict-unknown-key]
        error = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
        reasons = [{"Code": code} for code in codes]
        raise TransactionCanceledError({**error, "CancellationReasons": reasons}, name)  # type: ignore[typeddict-unknown-key]

    def _passes(self, table: str, key: tuple[str, ...], item: dict[str, Any]) -> bool:
        what = next(iter(item.values()))
        refuse_idle_placeholders(
            what.get("ConditionExpression"),
            what.get("UpdateExpression"),
            names=what.get("ExpressionAttributeNames", {}),
            values=what.get("ExpressionAttributeValues", {}),
        )
        expression = what.get("ConditionExpression")
        if expression is None:
            return True
        return condition(expression)(
            self.tables[table].get(key, {}),
            what.get("ExpressionAttributeNames", {}),
            what.get("ExpressionAttributeValues", {}),
        )

    def _item_key(self, item: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
        operation, what = next(iter(item.items()))
        holder = what["Item"] if operation == "Put" else what["Key"]
        return what["TableName"], self._key(what["TableName"], holder)

    def _check(self, action: str, place: str, key: Item) -> None:
        told = (action, place, key["pk"]["S"])
        if self.rights is not None and not self.rights(*told):
            self.refused.append(told)
            error = {"Error": {"Code": "AccessDeniedException", "Message": " ".join(told)}}
            raise ClientError(error, action)  # type: ignore[arg-type]

    def _key(self, table: str, holder: Item) -> tuple[str, ...]:
        key = tuple(holder[name]["S"] for name in self._keys[table] if name is not None)
        if not all(
            0 < len(one.encode()) <= most for one, most in zip(key, _KEY_BYTES, strict=False)
        ):
            error = {"Error": {"Code": "ValidationException", "Message": "a key's size"}}
            raise ClientError(error, "any")  # type: ignore[arg-type]
        return key

    def _order(self, table: str, item: Item, sort: str | None) -> tuple[str, ...]:
        return (item[sort]["S"] if sort else "", *self._key(table, item))

    def _label(self, item: dict[str, Any]) -> str:
        table, key = self._item_key(item)
        kind = key[-1].partition("#")[0].partition("_")[0]
        return kind if table in {"ledger", "outbox"} else f"{table} row"


class _Pages:
    """One page at a time, until there are none."""

    def __init__(self, read: Any) -> None:
        self._read = read

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Pages."""
        while True:
            answer = self._read(**arguments)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
