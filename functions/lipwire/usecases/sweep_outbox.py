"""Outbox rows that the table's stream left behind."""

from datetime import timedelta
from typing import Final

from lipwire.domain.errors import InternalError, LipwireError
from lipwire.domain.outbox import OutboxId
from lipwire.ports import Clock
from lipwire.ports.webhooks import EventBus, OutboxStore, Workflows
from lipwire.usecases.publish_outbox import publish_outbox

#: Younger rows are the stream's to publish.
PATIENCE: Final = timedelta(seconds=30)


def sweep_outbox(
    *, outbox: OutboxStore, events: EventBus, workflows: Workflows, clock: Clock
) -> dict[OutboxId, LipwireError]:
    """Every row older than 30 s was published, but for those given back with what was in their way."""
    failures: dict[OutboxId, LipwireError] = {}
    try:
        for row in outbox.older_than(clock.now() - PATIENCE):
            try:
                publish_outbox(row, events=events, workflows=workflows, outbox=outbox)
            except LipwireError as error:
                failures[row.id] = error
    except InternalError as error:
        failures |= {OutboxId(row_id): error for row_id in _row_ids(error)}
    return failures


def _row_ids(error: InternalError) -> list[str]:
    rows = error.fields.get("rows")
    return [str(row_id) for row_id in rows] if isinstance(rows, list) else ["unknown"]
