"""The outbox: what must follow from a transaction, written inside it and published after it."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

from lipwire.domain.ids import AccountId
from lipwire.domain.model import Model

OutboxId = NewType("OutboxId", str)


class OutboxKind(StrEnum):
    """What publishing a row means."""

    #: `payload` is an event's envelope: it goes to the bus.
    EVENT = "event"
    #: `payload` is `{"job_id"}`: the job's workflow is started, or stopped.
    START_JOB = "start_job"
    STOP_JOB = "stop_job"
    #: `payload` is `{"asset_id"}`: the asset's analysis is started. With `"fetch": "url"`, once its bytes are fetched.
    START_ANALYSIS = "start_analysis"


class OutboxRow(Model):
    """One thing to publish at least once; whoever receives it must not mind a repeat."""

    id: OutboxId
    kind: OutboxKind
    account_id: AccountId
    payload: str
    created_at: datetime
