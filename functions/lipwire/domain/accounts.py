"""Accounts: the paying tenants, each with a plan."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from lipwire.domain.ids import AccountId
from lipwire.domain.model import Model
from lipwire.domain.plans import PLANS, Plan, PlanChanges
from lipwire.domain.signing import OldSecret, retired, signing


class AccountStatus(StrEnum):
    """Only active accounts may call."""

    ACTIVE = "active"
    CLOSED = "closed"


class Account(Model):
    """The paying tenant."""

    id: AccountId
    name: str
    plan: str = "pro"
    #: Limits of its own, in place of the plan's.
    limit_changes: PlanChanges = Field(default_factory=PlanChanges)
    status: AccountStatus = AccountStatus.ACTIVE
    #: Signs webhooks of jobs that name a `webhook_url` instead of a registered endpoint.
    webhook_secret: str
    old_webhook_secrets: tuple[OldSecret, ...] = ()
    created_at: datetime

    @property
    def limits(self) -> Plan:
        """What this account may ask for; a plan that is not known (any more) counts as `free`."""
        return self.limit_changes.applied_to(PLANS.get(self.plan, PLANS["free"]))

    def webhook_secrets(self, at: datetime) -> tuple[str, ...]:
        """All that sign at that moment, the current one first."""
        return signing(self.webhook_secret, self.old_webhook_secrets, at=at)

    def rotated(self, secret: str, *, at: datetime, overlap: timedelta) -> "Account":
        """The account with a new webhook secret; those before sign on until their time is over."""
        old = retired(self.webhook_secret, self.old_webhook_secrets, at=at, overlap=overlap)
        return self.model_copy(update={"webhook_secret": secret, "old_webhook_secrets": old})
