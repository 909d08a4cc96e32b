"""Outbox rows as part of other stores' transactions."""

import json
from collections.abc import Mapping
from datetime import datetime

from lipwire.adapters.dynamodb.outbox import outbox_item
from lipwire.adapters.dynamodb.table import Transaction
from lipwire.domain.errors import ConcurrentChangeError
from lipwire.domain.events import EventData, envelope
from lipwire.domain.ids import AccountId, EventId
from lipwire.ports import IdSource


class OutboxRows:
    """Writes what must follow from a transaction beside it: published by the table's stream, or by the sweeper."""

    def __init__(self, *, table: str, ids: IdSource) -> None:
        self._table = table
        self._ids = ids

    def event(
        self,
        transaction: Transaction,
        data: EventData,
        *,
        account_id: AccountId,
        correlation_id: str,
        at: datetime,
    ) -> None:
        """The fact is told once the transaction stands."""
        event = envelope(
            data,
            event_id=EventId(self._ids.new("evt")),
            account_id=account_id,
            occurred_at=at,
            correlation_id=correlation_id,
        )
        self._row(transaction, "event", event.to_json(), account_id=account_id, at=at)

    def command(
        self,
        transaction: Transaction,
        kind: str,
        payload: Mapping[str, str],
        *,
        account_id: AccountId,
        at: datetime,
    ) -> None:
        """The workflow is started or stopped once the transaction stands."""
        self._row(transaction, kind, json.dumps(dict(payload)), account_id=account_id, at=at)

    def _row(
        self,
        transaction: Transaction,
        kind: str,
        payload: str,
        *,
        account_id: AccountId,
        at: datetime,
    ) -> None:
        item = outbox_item(
            self._ids.new("out"), kind=kind, payload=payload, account_id=account_id, created_at=at
        )
        transaction.put_new(self._table, item, otherwise=ConcurrentChangeError)
