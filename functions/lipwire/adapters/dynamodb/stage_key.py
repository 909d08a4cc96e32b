"""The stage's own key, which nobody outside it knows: made at its first use, the same for every function.

Key layout, in the idempotency table
    pk = stage  sk = key    256 random bits
"""

from typing import Any, Final

from botocore.exceptions import ClientError

from lipwire.adapters.dynamodb.table import from_item, is_condition_failure, to_item
from lipwire.ports import IdSource

_ROW: Final = {"pk": "stage", "sk": "key"}
_BITS: Final = 256


class DynamoStageKey:
    """Reads the key once for each process."""

    def __init__(self, client: Any, *, table: str, ids: IdSource) -> None:
        self._client = client
        self._table = table
        self._ids = ids
        self._key: bytes | None = None

    def key(self) -> bytes:
        """The key; of two processes that make the first one at once, both take what the table then holds."""
        if self._key is None:
            self._key = self._stored() or self._made()
        return self._key

    def _stored(self) -> bytes | None:
        found = self._client.get_item(
            TableName=self._table, Key=to_item(_ROW), ConsistentRead=True
        ).get("Item")
        return bytes(from_item(found)["value"]) if found else None

    def _made(self) -> bytes:
        made = self._ids.secret(_BITS).to_bytes(_BITS // 8)
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item({**_ROW, "value": made}),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as exc:
            if not is_condition_failure(exc):
                raise
        return self._stored() or made
