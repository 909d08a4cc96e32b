"""All that the tables hold of one account: what is to be erased with it, and the only place that knows every table."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lipwire.adapters.dynamodb.table import from_item, to_item
from lipwire.domain.assets import Asset
from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.domain.jobs import Job
from lipwire.resources import Resource

#: Tables whose partition is the account itself.
_OWN_PARTITION: Final = (
    Resource.WEBHOOKS_TABLE,
    Resource.LEDGER_TABLE,
    Resource.IDEMPOTENCY_TABLE,
)
_LIMIT_ROWS: Final = ("rate", "active")


class DynamoAccountRows:
    """`AccountRows` on DynamoDB; every delete is keyed, so repeating any of it changes nothing."""

    def __init__(self, client: Any, *, tables: Mapping[Resource, str]) -> None:
        self._client = client
        self._tables = tables

    def jobs(self, account_id: AccountId) -> Iterator[Job]:
        """From the index, which lags a moment."""
        for row in self._indexed(Resource.JOBS_TABLE, account_id):
            if row["pk"].startswith("job_"):
                yield Job.model_validate(row)

    def assets(self, account_id: AccountId) -> Iterator[Asset]:
        """From the index, which lags a moment."""
        for row in self._indexed(Resource.ASSETS_TABLE, account_id):
            yield Asset.model_validate(row)

    def erase_job(self, job_id: JobId) -> None:
        """The job's row is gone, whether it was there or not."""
        self._delete(Resource.JOBS_TABLE, {"pk": job_id})

    def erase_asset(self, asset_id: AssetId) -> None:
        """The asset's row is gone, whether it was there or not."""
        self._delete(Resource.ASSETS_TABLE, {"pk": asset_id})

    def erase(self, account_id: AccountId) -> None:
        """Deliveries before the list that names them, uses of keys before the keys; the account's own row stays."""
        for line in self._partition(Resource.WEBHOOKS_TABLE, account_id):
            if "delivery_id" in line:
                self._delete_partition(Resource.WEBHOOKS_TABLE, line["delivery_id"])
        for table in _OWN_PARTITION:
            self._delete_partition(table, account_id)
        for table in (Resource.JOBS_TABLE, Resource.ASSETS_TABLE):
            for row in self._indexed(table, account_id):
                self._delete(table, {"pk": row["pk"]})
        keys = list(self._indexed(Resource.ACCOUNTS_TABLE, account_id))
        for name in _LIMIT_ROWS:
            self._delete(Resource.LIMITS_TABLE, {"pk": f"{name}#{account_id}"})
        for key in keys:
            self._delete(Resource.LIMITS_TABLE, {"pk": f"used#{key['public_id']}"})
            self._delete(Resource.ACCOUNTS_TABLE, {"pk": key["pk"]})
        # A delivery that was under way may have left its mark meanwhile.
        self._delete_partition(Resource.WEBHOOKS_TABLE, account_id)

    def erase_own(self, account_id: AccountId) -> None:
        """The account's row is gone: nothing leads to what is left, so nothing may be."""
        self._delete(Resource.ACCOUNTS_TABLE, {"pk": account_id})

    def _indexed(self, table: Resource, account_id: str) -> Iterator[dict[str, Any]]:
        yield from self._query(
            table,
            IndexName="by_account",
            KeyConditionExpression="account_id = :id",
            ExpressionAttributeValues=to_item({":id": account_id}),
        )

    def _partition(self, table: Resource, pk: str) -> Iterator[dict[str, Any]]:
        yield from self._query(
            table,
            KeyConditionExpression="pk = :id",
            ExpressionAttributeValues=to_item({":id": pk}),
            ConsistentRead=True,
        )

    def _query(self, table: Resource, **query: Any) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(TableName=self._tables[table], **query)
        for page in pages:
            for item in page["Items"]:
                yield from_item(item)

    def _delete_partition(self, table: Resource, pk: str) -> None:
        for row in self._partition(table, pk):
            self._delete(table, {"pk": row["pk"], "sk": row["sk"]})

    def _delete(self, table: Resource, key: Mapping[str, str]) -> None:
        self._client.delete_item(TableName=self._tables[table], Key=to_item(key))
