"""What every port is made of: settings, clock, ids, and the clients of AWS, each made at its first use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lipwire.adapters.system import RandomIds, SystemClock
from lipwire.resources import Resource
from lipwire.settings import Settings

if TYPE_CHECKING:
    from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
    from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
    from lipwire.adapters.dynamodb.limits import DynamoLimits
    from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
    from lipwire.adapters.s3_batches import S3BatchLines


class Wiring:
    """The ground that `lipwire.bootstrap` builds on."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.settings = Settings(environment)
        self.clock: SystemClock = SystemClock()
        self.ids: RandomIds = RandomIds()

    @cached_property
    def dynamodb(self) -> Any:
        """The DynamoDB client: short timeouts, since every call is one row or one transaction."""
        return self.client(
            "dynamodb",
            connect_timeout=2,
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 4},
        )

    @cached_property
    def s3(self) -> Any:
        """The S3 client."""
        return self._s3()

    def _s3(self, **config: Any) -> Any:
        # `s3v4`, or presigned uploads would sign Content-Type.
        return self.client(
            "s3", signature_version="s3v4", s3={"addressing_style": "path"}, **config
        )

    def client(self, service: str, **config: Any) -> Any:
        """A new client of a service."""
        from botocore.config import Config

        return self._session.create_client(service, config=Config(**config))

    @cached_property
    def _session(self) -> Any:
        # Not boto3's: what it adds to this one, no function needs, and every cold start would load.
        from botocore.session import get_session

        return get_session()

    @cached_property
    def outbox_rows(self) -> OutboxRows:
        """Outbox rows of other stores' transactions."""
        from lipwire.adapters.dynamodb.outbox_rows import OutboxRows

        return OutboxRows(table=self._name(Resource.OUTBOX_TABLE), ids=self.ids)

    @cached_property
    def batch_lines(self) -> S3BatchLines:
        """What large batches are made of."""
        from lipwire.adapters.s3_batches import S3BatchLines

        return S3BatchLines(self._s3(), bucket=self._name(Resource.WORK_BUCKET))

    def _outbox_if_declared(self) -> OutboxRows:
        from lipwire.adapters.dynamodb.outbox_rows import OutboxRows

        return OutboxRows(
            table=self.settings.environment.get(Resource.OUTBOX_TABLE, ""), ids=self.ids
        )

    def _active_accounts(self) -> ActiveAccounts:
        """Of a function that makes nothing for accounts, they have no table."""
        from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts

        return ActiveAccounts(table=self.settings.environment.get(Resource.ACCOUNTS_TABLE, ""))

    def _charges_if_declared(self) -> LedgerCharges:
        """Of a function that pays nothing back, they have no table."""
        from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges

        return LedgerCharges(
            self.dynamodb, table=self.settings.environment.get(Resource.LEDGER_TABLE, "")
        )

    def _limits_if_declared(self) -> DynamoLimits:
        """Of a function that counts nothing, they have no table."""
        from lipwire.adapters.dynamodb.limits import DynamoLimits

        return DynamoLimits(
            self.dynamodb, table=self.settings.environment.get(Resource.LIMITS_TABLE, "")
        )

    def _name(self, resource: Resource) -> str:
        return self.settings.name_of(resource)
