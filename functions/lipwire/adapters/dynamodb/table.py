"""Items and transactions.

Key layout
    accounts   pk = acct_…                       the account
               pk = key#<public id>              an API key; by_account(account_id, pk)
    limits                                       see `limits.py`
    assets     pk = ast_…                        by_account(account_id, pk)
    jobs       pk = job_…                        by_account(account_id, pk)
    ledger     pk = acct_…  sk = BALANCE         cache of the entries: balance, held, available
               pk = acct_…  sk = HOLD#job_…#1    entries, see `lipwire.domain.ledger`; by_time(pk, listed_at)
    outbox     pk = out_…                        see `outbox.py`
    webhooks                                     see `webhooks.py`
    idempotency                                  see `idempotency.py`
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from lipwire.adapters.dynamodb.attributes import from_attribute, to_attribute
from lipwire.domain.errors import BusyError, LipwireError
from lipwire.observability import logger

_Entity = TypeVar("_Entity", bound=BaseModel)

#: TransactionConflict is met by waiting a little and trying again, at most this often.
_CONFLICT_TRIES: Final = 8
_CONFLICT_PAUSE_S: Final = 0.025


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values as DynamoDB attributes; None is left out."""
    return {name: to_attribute(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB attributes as plain values; a number without a fraction is an int."""
    return {name: from_attribute(value) for name, value in item.items()}


def entity_item(entity: BaseModel, **keys: object) -> dict[str, Any]:
    """An entity as an item, with its keys."""
    return to_item({**_without_none(entity.model_dump(mode="json")), **keys})


class Transaction:
    """Several conditional writes, all or none; the first failed condition names the error.

    Every write carries a condition, or a key that can exist only once, or takes an element out of a set: a repeat after
    a lost answer changes nothing.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._items: list[dict[str, Any]] = []
        self._errors: list[Callable[[], LipwireError]] = []

    def put_new(
        self, table: str, item: Mapping[str, Any], *, otherwise: Callable[[], LipwireError]
    ) -> None:
        """Put an item whose key must not exist."""
        self._add(
            {
                "Put": {
                    "TableName": table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            },
            otherwise,
        )

    def put(
        self,
        table: str,
        item: Mapping[str, Any],
        *,
        condition: str,
        values: Mapping[str, Any],
        otherwise: Callable[[], LipwireError],
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Replace an item under a condition."""
        put = {"TableName": table, "Item": item, "ConditionExpression": condition}
        put |= {"ExpressionAttributeValues": to_item(values)}
        if names:
            put["ExpressionAttributeNames"] = dict(names)
        self._add({"Put": put}, otherwise)

    def update(
        self,
        table: str,
        key: Mapping[str, str],
        *,
        change: str,
        values: Mapping[str, Any],
        condition: str | None = None,
        otherwise: Callable[[], LipwireError] = BusyError,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Change an item under a condition; only a change that may be repeated has none."""
        update = {
            "TableName": table,
            "Key": to_item(key),
            "UpdateExpression": change,
            "ExpressionAttributeValues": to_item(values),
        }
        if condition:
            update["ConditionExpression"] = condition
        if names:
            update["ExpressionAttributeNames"] = dict(names)
        self._add({"Update": update}, otherwise)

    def check(
        self,
        table: str,
        key: Mapping[str, str],
        *,
        condition: str,
        otherwise: Callable[[], LipwireError],
        values: Mapping[str, Any] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Write only while this holds of an item that stays as it is."""
        check = {"TableName": table, "Key": to_item(key), "ConditionExpression": condition}
        if values:
            check["ExpressionAttributeValues"] = to_item(values)
        if names:
            check["ExpressionAttributeNames"] = dict(names)
        self._add({"ConditionCheck": check}, otherwise)

    def delete(
        self, table: str, key: Mapping[str, str], *, otherwise: Callable[[], LipwireError]
    ) -> None:
        """Delete an item that must exist."""
        self._add(
            {
                "Delete": {
                    "TableName": table,
                    "Key": to_item(key),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
            otherwise,
        )

    def commit(self) -> None:
        """Write all.

        Raises:
            LipwireError: what `otherwise` of the first failed condition says; nothing was written.
            BusyError: others kept changing the same items, or the tables are throttled.
        """
        for attempt in range(_CONFLICT_TRIES):
            try:
                self._client.transact_write_items(TransactItems=self._items)
            except self._client.exceptions.TransactionCanceledException as exc:
                reasons = [reason.get("Code") for reason in exc.response["CancellationReasons"]]
                for reason, otherwise in zip(reasons, self._errors, strict=True):
                    if reason == "ConditionalCheckFailed":
                        raise otherwise() from exc
                if not {"TransactionConflict", "ThrottlingError"} & set(reasons):
                    raise
                time.sleep(_CONFLICT_PAUSE_S * (1 + attempt) * random.uniform(0.5, 1.5))  # noqa: S311
            else:
                return
        raise BusyError

    def create(self, was_written: Callable[[], bool]) -> None:
        """Write all of a new thing; harmless where a try whose answer was lost has written it: it may have come further since.

        Raises:
            LipwireError: what `commit` raises, and nothing of it is there.
        """
        try:
            self.commit()
        except LipwireError:
            if not was_written():
                raise

    def commits(self, *refusals: type[LipwireError]) -> bool:
        """Whether all was written; what is none of these refusals is raised."""
        try:
            self.commit()
        except refusals:
            return False
        return True

    def _add(self, item: dict[str, Any], otherwise: Callable[[], LipwireError]) -> None:
        self._items.append(item)
        self._errors.append(otherwise)


def readable(rows: Iterable[Mapping[str, Any]], kind: type[_Entity]) -> Iterator[_Entity]:
    """The entities of these rows; one that can't be read is told in our log and holds up none of the others."""
    for row in rows:
        try:
            yield kind.model_validate(row)
        except ValidationError as exc:
            # Its values may be secrets: names of fields alone.
            fields = [".".join(map(str, error["loc"])) for error in exc.errors()]
            logger.error("row can't be read", pk=row.get("pk"), sk=row.get("sk"), fields=fields)


def is_condition_failure(exc: ClientError) -> bool:
    """Whether a single write was refused by its condition."""
    return bool(exc.response["Error"]["Code"] == "ConditionalCheckFailedException")


def iso(moment: datetime) -> str:
    """A moment as pydantic writes it in JSON."""
    return moment.isoformat().replace("+00:00", "Z")


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(inner) for name, inner in value.items() if inner is not None}
    return value
