"""The DynamoDB in memory answers what the emulator's does, request by request."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lipwire.adapters.dynamodb.table import to_item
from lipwire.adapters.system import RandomIds
from tests.support.memory_dynamodb import MemoryDynamoDB

ACCOUNT = RandomIds().new("acct")


def value(**values: object) -> dict[str, Any]:
    """Placeholders."""
    return {"ExpressionAttributeValues": to_item({f":{name}": one for name, one in values.items()})}


def row(sk: str, **more: object) -> dict[str, Any]:
    """An item of the ledger's table."""
    return to_item({"pk": ACCOUNT, "sk": sk, **more})


def key(sk: str) -> dict[str, Any]:
    """Its key."""
    return {"Key": row(sk)}


#: One write after the other; each sees what the ones before it left.
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("put", {"Item": row("a", n=1, s="x", m={"in": 1}), "ConditionExpression": "attribute_not_exists(pk)"}),
    ("put", {"Item": row("a", n=2), "ConditionExpression": "attribute_not_exists(pk)"}),
    ("update", {**key("a"), "UpdateExpression": "ADD n :d, fresh :d REMOVE s", **value(d=-3)}),
    ("update", {**key("new"), "UpdateExpression": "ADD n :d", "ConditionExpression": "attribute_not_exists(closed)", **value(d=5)}),
    ("update", {**key("none"), "UpdateExpression": "ADD n :d", "ConditionExpression": "n >= :d", **value(d=5)}),
    ("update", {**key("new"), "UpdateExpression": "SET n = n + :d, was = n, kept = if_not_exists(n, :d)", "ConditionExpression": "n >= :d AND n <= :d", **value(d=5)}),
    ("update", {**key("new"), "UpdateExpression": "SET x = :d", "ConditionExpression": "n BETWEEN :d AND :e", **value(d=11, e=12)}),
    ("update", {**key("a"), "UpdateExpression": "SET m.#i = :d", "ConditionExpression": "#n IN (:d, :e) OR NOT attribute_exists(m.#o)", "ExpressionAttributeNames": {"#i": "other", "#n": "n", "#o": "other"}, **value(d=7, e=8)}),
    ("update", {**key("a"), "UpdateExpression": "SET y = :d", "ConditionExpression": "(m.#o = :d OR m.#o > :d) AND n <> :d", "ExpressionAttributeNames": {"#o": "other"}, **value(d=7)}),
    ("update", {**key("a"), "UpdateExpression": "SET y = :d", "ConditionExpression": "n < :text", **value(d=7, text="t")}),
    ("update", {**key("set"), "UpdateExpression": "ADD jobs :j", "ConditionExpression": "size(jobs) <= :r OR attribute_not_exists(jobs)", **value(j={"p", "q"}, r=1)}),
    ("update", {**key("set"), "UpdateExpression": "ADD jobs :j", "ConditionExpression": "size(jobs) <= :r OR attribute_not_exists(jobs)", **value(j={"r"}, r=1)}),
    ("update", {**key("set"), "UpdateExpression": "DELETE jobs :j", **value(j={"p", "zz"})}),
    ("update", {**key("set"), "UpdateExpression": "DELETE jobs :j", **value(j={"q"})}),
    ("update", {**key("set"), "UpdateExpression": "ADD jobs :j, untold :k", **value(j={"p"}, k={"p", "q"})}),
    ("update", {**key("set"), "UpdateExpression": "DELETE jobs :j, untold :j", **value(j={"p"})}),
    ("delete", {**key("gone"), "ConditionExpression": "attribute_exists(pk)"}),
    ("put", {"Item": row("gone")}),
    ("delete", {**key("gone"), "ConditionExpression": "begins_with(sk, :p)", **value(p="go")}),
]  # fmt: skip

#: Each all or none.
TRANSACTIONS: list[list[tuple[str, dict[str, Any]]]] = [
    [
        ("Put", {"Item": row("t1", listed_at="2026-01 t1"), "ConditionExpression": "attribute_not_exists(pk)"}),
        ("Update", {**key("new"), "UpdateExpression": "ADD n :d", "ConditionExpression": "n >= :d", **value(d=1)}),
        ("ConditionCheck", {**key("a"), "ConditionExpression": "attribute_exists(pk)"}),
    ],
    [
        ("Put", {"Item": row("t1"), "ConditionExpression": "attribute_not_exists(pk)"}),
        ("Update", {**key("new"), "UpdateExpression": "ADD n :d", "ConditionExpression": "n >= :d", **value(d=1000)}),
        ("Put", {"Item": row("t2", listed_at="2026-02 t2")}),
    ],
    [
        ("Put", {"Item": row("t2", listed_at="2026-02 t2")}),
        ("Put", {"Item": row("t3", listed_at="2026-03 t3")}),
        ("Delete", {**key("t1"), "ConditionExpression": "attribute_exists(listed_at)"}),
        ("ConditionCheck", {**key("nobody"), "ConditionExpression": "attribute_not_exists(pk)"}),
    ],
]  # fmt: skip

QUERIES: list[dict[str, Any]] = [
    {"KeyConditionExpression": "pk = :p", "ConsistentRead": True, **value(p=ACCOUNT)},
    {"KeyConditionExpression": "pk = :p AND begins_with(sk, :s)", **value(p=ACCOUNT, s="t")},
    {"KeyConditionExpression": "pk = :p", "Limit": 2, "ScanIndexForward": False, **value(p=ACCOUNT)},
    {"KeyConditionExpression": "pk = :p", "ExclusiveStartKey": row("new"), **value(p=ACCOUNT)},
    {"KeyConditionExpression": "pk = :p", "IndexName": "by_time", "ScanIndexForward": False, **value(p=ACCOUNT)},
    {"KeyConditionExpression": "pk = :p", "IndexName": "by_time", "Limit": 1, **value(p=ACCOUNT)},
    {"KeyConditionExpression": "pk = :p", "FilterExpression": "attribute_exists(n)", **value(p=ACCOUNT)},
]  # fmt: skip


def transcript(client: Any, table: str) -> list[Any]:
    """Every answer, and what is there in the end."""
    told: list[Any] = []
    for name, request in WRITES:
        told.append(_outcome(getattr(client, f"{name}_item"), TableName=table, **request))
    for items in TRANSACTIONS:
        whole = [{name: {"TableName": table, **request}} for name, request in items]
        told.append(_outcome(client.transact_write_items, TransactItems=whole))
    for query in QUERIES:
        answer = client.query(TableName=table, **query)
        told.append([answer["Items"], answer.get("LastEvaluatedKey")])
    told.append(client.get_item(TableName=table, **key("a"), ConsistentRead=True).get("Item"))
    told.append(client.get_item(TableName=table, **key("nobody")).get("Item"))
    return told


def _outcome(act: Any, **request: Any) -> Any:
    try:
        act(**request)
    except ClientError as exc:
        reasons = exc.response.get("CancellationReasons", ())
        return exc.response["Error"]["Code"], [one.get("Code") for one in reasons]
    return "done"


def test_memory_and_emulator_tell_the_same(platform):
    """Conditions, updates, sets, transactions and their reasons, queries, pages and indexes."""
    memory = MemoryDynamoDB({"ledger": ("pk", "sk")}, {("ledger", "by_time"): ("pk", "listed_at")})
    emulated = transcript(platform.aws("dynamodb"), platform.names["LEDGER_TABLE"])
    remembered = transcript(memory, "ledger")
    names = [*(w[0] for w in WRITES), *TRANSACTIONS, *QUERIES, "get a", "get nobody"]
    assert len(names) == len(emulated) == len(remembered)
    for name, ours, theirs in zip(names, remembered, emulated, strict=True):
        assert ours == theirs, name


def test_a_placeholder_that_is_not_used_is_refused():
    """As DynamoDB does, and the emulator does not."""
    memory = MemoryDynamoDB({"ledger": ("pk", "sk")})
    with pytest.raises(ValueError, match="placeholders"):
        memory.update_item(
            TableName="ledger", **key("a"), UpdateExpression="ADD n :d", **value(d=1, idle=2)
        )
