"""The deployment's parts by logical name, which is also the name of the environment variable that a function finds.

What each function needs of them stands in `function_specs.py`, which no function imports when it runs.
"""

from enum import StrEnum
from typing import Final


class Resource(StrEnum):
    """Every table, bucket, queue, bus and state machine; the value is its environment variable."""

    ACCOUNTS_TABLE = "ACCOUNTS_TABLE"
    ASSETS_TABLE = "ASSETS_TABLE"
    JOBS_TABLE = "JOBS_TABLE"
    LEDGER_TABLE = "LEDGER_TABLE"
    WEBHOOKS_TABLE = "WEBHOOKS_TABLE"
    OUTBOX_TABLE = "OUTBOX_TABLE"
    IDEMPOTENCY_TABLE = "IDEMPOTENCY_TABLE"
    LIMITS_TABLE = "LIMITS_TABLE"
    UPLOADS_BUCKET = "UPLOADS_BUCKET"
    WORK_BUCKET = "WORK_BUCKET"
    OUTPUTS_BUCKET = "OUTPUTS_BUCKET"
    EVENT_BUS = "EVENT_BUS"
    DELIVERY_QUEUE = "DELIVERY_QUEUE"
    PROBE_FUNCTION = "PROBE_FUNCTION"
    PAGES_FUNCTION = "PAGES_FUNCTION"
    SPEAK_FUNCTION = "SPEAK_FUNCTION"
    JOB_STATE_MACHINE = "JOB_STATE_MACHINE"
    ANALYSIS_STATE_MACHINE = "ANALYSIS_STATE_MACHINE"


class LedgerMetric(StrEnum):
    """Names of the metric that an alarm watches; the stage is its second dimension."""

    NAMESPACE = "Lipwire"
    SERVICE = "ledger"
    FINDINGS = "LedgerFindings"


#: Every table that knows accounts; outbox rows pass through theirs within a minute.
ACCOUNT_TABLES: Final = (
    Resource.ACCOUNTS_TABLE,
    Resource.ASSETS_TABLE,
    Resource.JOBS_TABLE,
    Resource.LEDGER_TABLE,
    Resource.WEBHOOKS_TABLE,
    Resource.IDEMPOTENCY_TABLE,
    Resource.LIMITS_TABLE,
)
