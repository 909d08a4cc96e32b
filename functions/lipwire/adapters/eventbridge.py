"""The event bus on EventBridge."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lipwire.domain.errors import BusyError
from lipwire.domain.events import Envelope


class EventBridgeBus:
    """`EventBus` on one bus."""

    def __init__(self, client: Any, *, bus: str) -> None:
        self._client = client
        self._bus = bus

    def publish(self, event: Envelope) -> None:
        """The event is on the bus, perhaps not for the first time.

        Raises:
            BusyError: EventBridge would not take it now.
        """
        entry = {
            "EventBusName": self._bus,
            "Source": event.source,
            "DetailType": event.metadata.type,
            "Time": event.metadata.occurred_at,
            "Detail": event.to_json(),
        }
        try:
            answer = self._client.put_events(Entries=[entry])
        except (ClientError, BotoCoreError) as exc:
            raise BusyError from exc
        # A refused entry is answered with 200.
        if answer["FailedEntryCount"]:
            raise BusyError(reason=answer["Entries"][0].get("ErrorCode"))
