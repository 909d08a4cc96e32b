"""Consent: who says, with which key, that the person in the source agrees, and in which words."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from lipwire.domain.ids import AccountId, AssetId, JobId


class Consent(BaseModel):
    """A row of the audit: it outlives its jobs, and leaves with its account."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    account_id: AccountId
    #: Who: the key that sent it.
    key_id: str
    #: What, word for word.
    statement: str
    given_at: datetime
    job_ids: tuple[JobId, ...]
    source_ids: tuple[AssetId, ...]
