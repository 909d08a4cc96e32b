"""The delivery queue on SQS."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.domain.errors import BusyError
from lipwire.domain.webhooks import Delivery


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
                QueueUrl=self._url,
                MessageBody=json.dumps({"delivery_id": delivery.id}),
                DelaySeconds=delay_s,
                # On a standard queue the group makes SQS fair: one account's backlog does not delay another's.
                MessageGroupId=delivery.account_id,
            )
        except (ClientError, BotoCoreError) as exc:
            raise BusyError from exc
