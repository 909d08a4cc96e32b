"""Idempotency keys.

Key layout, in the idempotency table
    pk = acct_…  sk = once#<SHA-256 of route and key>    a claim, later with its answer; leaves 72 h after the claim
"""

from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.adapters.dynamodb.table import (
    Transaction,
    from_item,
    is_condition_failure,
    iso,
    to_item,
)
from lipwire.domain.errors import IdempotencyInProgressError
from lipwire.domain.idempotency import Claim, KeptAnswer, KeyRecord, is_free


class DynamoKeyClaims:
    """`KeyClaims` on DynamoDB."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._client = client
        self._table = table

    def claim(self, claim: Claim, *, at: datetime) -> KeyRecord | None:
        """One conditional put: its failure brings the row that is there."""
        found = self._put(claim, condition="attribute_not_exists(pk)", values={})
        if found is not None and found.claimed_by != claim.claimed_by and is_free(found, at=at):
            # Guarded by whose it was and what was there: of two that take over a dead claim the second finds the first
            # one's, and a claim that came to its answer in the last moment keeps it.
            unchanged = "attribute_not_exists" if found.answer is None else "attribute_exists"
            found = self._put(
                claim,
                condition=f"attribute_not_exists(pk) OR (claimed_by = :before AND {unchanged}(answer))",
                values={":before": found.claimed_by},
            )
        # Our own claim is there when the put's answer was lost and the SDK put it again.
        return None if found is None or found.claimed_by == claim.claimed_by else found

    def keep(self, transaction: Transaction, claim: Claim, answer: KeptAnswer) -> None:
        """Guarded by the claim being ours still."""
        transaction.update(
            self._table,
            _key(claim),
            change="SET answer = :answer",
            condition="claimed_by = :us AND attribute_not_exists(answer)",
            values={":answer": answer.model_dump(), ":us": claim.claimed_by},
            otherwise=IdempotencyInProgressError,
        )

    def give_up(self, claim: Claim) -> None:
        """Guarded like `keep`."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=to_item(_key(claim)),
                ConditionExpression="claimed_by = :us AND attribute_not_exists(answer)",
                ExpressionAttributeValues=to_item({":us": claim.claimed_by}),
            )
        except (ClientError, BotoCoreError):
            return

    def _put(self, claim: Claim, *, condition: str, values: dict[str, str]) -> KeyRecord | None:
        """None when it was put, else the row that is there."""
        item = {
            **_key(claim),
            "fingerprint": claim.fingerprint,
            "claimed_by": claim.claimed_by,
            "leased_until": iso(claim.leased_until),
            "kept_until": iso(claim.kept_until),
            "expires_at": int(claim.kept_until.timestamp()) + 1,
        }
        given = {"ExpressionAttributeValues": to_item(values)} if values else {}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(item),
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **given,
            )
        except ClientError as exc:
            if is_condition_failure(exc):
                return _record(from_item(exc.response["Item"]))
            raise
        return None


def _key(claim: Claim) -> dict[str, str]:
    return {"pk": claim.account_id, "sk": f"once#{claim.id}"}


def _record(row: dict[str, Any]) -> KeyRecord:
    answer = row.get("answer")
    if answer is not None:
        answer = {**answer, "packed": bytes(answer["packed"])}
    return KeyRecord.model_validate(
        {
            **row,
            "account_id": row["pk"],
            "id": row["sk"].removeprefix("once#"),
            "answer": answer,
        }
    )
