"""Consent: who says, with which key, that the person in the source agrees, and in which words."""

from datetime import datetime

from lipwire.domain.ids import AccountId, AssetId, JobId
from lipwire.domain.model import Model


class Consent(Model):
    """A row of the audit: it outlives its jobs, and leaves with its account."""

    account_id: AccountId
    #: Who: the key that sent it.
    key_id: str
    #: What, word for word.
    statement: str
    given_at: datetime
    job_ids: tuple[JobId, ...]
    source_ids: tuple[AssetId, ...]
