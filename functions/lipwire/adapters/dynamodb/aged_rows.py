"""Jobs and assets by age. Scans: a million jobs cost a few cents, four times a day."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lipwire.adapters.dynamodb.table import from_item, iso, to_item
from lipwire.domain.assets import Asset
from lipwire.domain.errors import InternalError
from lipwire.domain.jobs import Job

_Entity = TypeVar("_Entity", bound=BaseModel)


class DynamoAgedRows:
    """`AgedRows` on DynamoDB."""

    def __init__(self, client: Any, *, jobs_table: str, assets_table: str) -> None:
        self._client = client
        self._jobs_table = jobs_table
        self._assets_table = assets_table

    def jobs(self, *, before: datetime) -> Iterator[Job]:
        """Whole rows, since what they name leaves with them."""
        return self._older(self._jobs_table, "job_", Job, before)

    def assets(self, *, before: datetime) -> Iterator[Asset]:
        """Whole rows."""
        return self._older(self._assets_table, "ast_", Asset, before)

    def _older(
        self, table: str, prefix: str, kind: type[_Entity], before: datetime
    ) -> Iterator[_Entity]:
        unreadable = []
        pages = self._client.get_paginator("scan").paginate(
            TableName=table,
            FilterExpression="begins_with(pk, :prefix) AND created_at < :before",
            ExpressionAttributeValues=to_item({":prefix": prefix, ":before": iso(before)}),
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                try:
                    row = kind.model_validate(item)
                except ValidationError:
                    unreadable.append(str(item["pk"]))
                else:
                    yield row
        if unreadable:
            raise InternalError(rows=unreadable)
