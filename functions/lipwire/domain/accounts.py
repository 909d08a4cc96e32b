"""Accounts: the paying tenants, each with a plan."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from lipwire.domain.ids import AccountId
from lipwire.domain.plans import PLANS, Plan, PlanChanges


class AccountStatus(StrEnum):
    """Only active accounts may call."""

    ACTIVE = "active"
    CLOSED = "closed"


class Account(BaseModel):
    """The paying tenant."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    id: AccountId
    name: str
    plan: str = "pro"
    #: Limits of its own, in place of the plan's.
    limit_changes: PlanChanges = PlanChanges()
    status: AccountStatus = AccountStatus.ACTIVE
    #: Signs webhooks of jobs that name a `webhook_url` instead of a registered endpoint.
    webhook_secret: str
    created_at: datetime

    @property
    def limits(self) -> Plan:
        """What this account may ask for; a plan that is not known (any more) counts as `free`."""
        return self.limit_changes.applied_to(PLANS.get(self.plan, PLANS["free"]))
