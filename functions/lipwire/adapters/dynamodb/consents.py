"""Consents.

Key layout, in the jobs table
    pk = consent#job_…    named after its first job; in by_account, and so erased with its account
"""

from typing import Any

from lipwire.adapters.dynamodb.table import Transaction, entity_item, from_item, to_item
from lipwire.domain.consent import Consent
from lipwire.domain.errors import ConcurrentChangeError
from lipwire.domain.idempotency import Also


class DynamoConsents:
    """`ConsentStore` on DynamoDB."""

    def __init__(self, client: Any, *, table: str) -> None:
        self._client = client
        self._table = table

    def note(self, consent: Consent) -> Also:
        """Guarded by its key: written once, with its jobs or not at all."""

        def write(transaction: Transaction) -> None:
            item = entity_item(consent, pk=f"consent#{consent.job_ids[0]}")
            transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)

        return write

    def of_account(self, account_id: str) -> tuple[Consent, ...]:
        """From the index, which lags a moment."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_account",
            KeyConditionExpression="account_id = :account AND begins_with(pk, :prefix)",
            ExpressionAttributeValues=to_item({":account": account_id, ":prefix": "consent#"}),
        )
        return tuple(
            Consent.model_validate(from_item(item)) for page in pages for item in page["Items"]
        )
