"""Jobs and assets by age. Scans: a million jobs cost a few cents, four times a day."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lipwire.adapters.dynamodb.table import from_item, iso, to_item
from lipwire.domain.assets import Asset
from lipwire.domain.jobs import Job


class DynamoAgedRows:
    """`AgedRows` on DynamoDB."""

    def __init__(self, client: Any, *, jobs_table: str, assets_table: str) -> None:
        self._client = client
        self._jobs_table = jobs_table
        self._assets_table = assets_table

    def jobs(self, *, before: datetime) -> Iterator[Job]:
        """Whole rows, since what they name leaves with them."""
        for row in self._older(self._jobs_table, "job_", before):
            yield Job.model_validate(row)

    def assets(self, *, before: datetime) -> Iterator[Asset]:
        """Whole rows."""
        for row in self._older(self._assets_table, "ast_", before):
            yield Asset.model_validate(row)

    def _older(self, table: str, prefix: str, before: datetime) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=table,
            FilterExpression="begins_with(pk, :prefix) AND created_at < :before",
            ExpressionAttributeValues=to_item({":prefix": prefix, ":before": iso(before)}),
        )
        for page in pages:
            for item in page["Items"]:
                yield from_item(item)
