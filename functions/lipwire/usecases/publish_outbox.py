"""One outbox row is published."""

import json
from collections.abc import Callable

from lipwire.domain.errors import InternalError
from lipwire.domain.events import parse
from lipwire.domain.ids import AssetId, JobId
from lipwire.domain.outbox import OutboxKind, OutboxRow
from lipwire.ports.webhooks import EventBus, OutboxStore, Workflows


def publish_outbox(
    row: OutboxRow, *, events: EventBus, workflows: Workflows, outbox: OutboxStore
) -> None:
    """What the row says was done at least once, then the row deleted.

    A crash between the two publishes it again, which is harmless: consumers are conditional, executions are named.

    Raises:
        InternalError: the row holds something that can't be published; it stays.
    """
    publish: dict[OutboxKind, Callable[[dict[str, str]], None]] = {
        OutboxKind.EVENT: lambda payload: events.publish(parse(payload)),
        OutboxKind.START_JOB: lambda payload: workflows.start_job(JobId(payload["job_id"])),
        OutboxKind.STOP_JOB: lambda payload: workflows.stop_job(JobId(payload["job_id"])),
        OutboxKind.START_ANALYSIS: lambda payload: workflows.start_analysis(
            AssetId(payload["asset_id"]), is_fetched="fetch" in payload
        ),
    }
    try:
        publish[row.kind](json.loads(row.payload))
    except (ValueError, KeyError, TypeError) as exc:
        raise InternalError("An outbox row can't be published.", row_id=row.id) from exc
    outbox.delete(row.id)
