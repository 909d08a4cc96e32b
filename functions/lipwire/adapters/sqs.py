"""The delivery queue on SQS."""

import json
from collections.abc import Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.domain.errors import BusyError
from lipwire.domain.webhooks import Delivery
from lipwire.observability import logger

#: SQS takes no more in one call.
_AT_ONCE: Final = 10


class SqsDeliveryQueue:
    """`DeliveryQueue` on a standard queue."""

    def __init__(self, client: Any, *, url: str) -> None:
        self._client = client
        self._url = url

    def wake(self, delivery: Delivery, *, delay_s: int = 0) -> None:
        """A worker looks at the delivery in `delay_s` seconds (at most 900), perhaps twice.

        Raises:
            BusyError: SQS would not take the message now.
        """
        try:
            self._client.send_message(
                QueueUrl=self._url, DelaySeconds=delay_s, **_message(delivery)
            )
        except (ClientError, BotoCoreError) as exc:
            raise BusyError from exc

    def wake_all(self, deliveries: Sequence[Delivery]) -> None:
        """Workers look at all of them now, perhaps twice.

        Raises:
            BusyError: SQS would not take some of the messages now.
        """
        failed = 0
        for start in range(0, len(deliveries), _AT_ONCE):
            entries = [
                {"Id": str(number), **_message(delivery)}
                for number, delivery in enumerate(deliveries[start : start + _AT_ONCE])
            ]
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except (ClientError, BotoCoreError) as exc:
                logger.warning("messages not taken", count=len(entries), exc_info=exc)
                raise BusyError from exc
            failed += len(answer.get("Failed", []))
        if failed:
            raise BusyError


def _message(delivery: Delivery) -> dict[str, str]:
    return {
        "MessageBody": json.dumps({"delivery_id": delivery.id}),
        # On a standard queue the group makes SQS fair: one account's backlog does not delay another's.
        "MessageGroupId": delivery.account_id,
    }
