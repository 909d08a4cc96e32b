"""The account in the native API's JSON, field by field."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from lipwire.dialects.native.wire_base import Out


class EngineOut(Out):
    """An engine that this deployment can run."""

    name: str
    version: str
    summary: str
    modes: list[str]
    device: str
    licence: str
    millicredits_per_second: int


class BalanceOut(Out):
    """In milli-credits: `available` + `held` = `balance`."""

    balance_millicredits: int
    held_millicredits: int
    available_millicredits: int


class EntryOut(Out):
    """One movement of credits; it never changes."""

    key: str
    kind: Literal["GRANT", "HOLD", "RELEASE", "SETTLE", "CHARGE", "REFUND", "ADJUST"]
    amount_millicredits: int = Field(description="Negative only for an ADJUST that takes away.")
    held_millicredits: int | None = Field(
        default=None, description="Of a SETTLE or RELEASE: the whole hold that it ends."
    )
    job_id: str | None = None
    asset_id: str | None = Field(
        default=None, description="Of a CHARGE for speech, and its REFUND."
    )
    price_list: str | None = Field(
        default=None, description="Of a HOLD or CHARGE: name and version."
    )
    note: str | None = None
    created_at: datetime


class EntryPage(Out):
    """Some entries of the ledger, newest first."""

    items: list[EntryOut]
    next_cursor: str | None


class LimitsOut(Out):
    """What the plan allows, with the account's own changes."""

    requests_per_minute: int = Field(description="Of requests that make something.")
    burst: int = Field(description="So many of them at once.")
    reads_per_minute: int = Field(description="Of all other requests; about.")
    max_active_jobs: int
    max_fetches: int = Field(description="Uploads that are fetched from URLs at once.")
    max_duration_ms: int
    max_upload_bytes: int
    max_pixels: int
    retention_days: int
    max_speech_characters: int = Field(description="Of one text.")


class AccountOut(Out):
    """The account behind the key."""

    id: str
    name: str
    plan: str
    limits: LimitsOut
    active_jobs: int = Field(description="Jobs that have not ended.")
    credits: BalanceOut
    engines: list[EngineOut]
    webhook_secret: str | None = Field(
        description="Signs webhooks of jobs that name a `webhook_url`; for keys with the scope `webhooks`."
    )


class ClosedOut(Out):
    """An account that is closed; all it left is erased within minutes, and later where it had jobs running."""

    id: str
    status: Literal["closed"]
