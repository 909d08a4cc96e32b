"""Accounts, keys and limits in memory. The stores' own promises are tested on the emulator."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from lipwire.adapters.memory_limits import MemoryLimits
from lipwire.domain.accounts import Account, AccountStatus
from lipwire.domain.errors import KeyEndedError, KeyNotFoundError, UnauthenticatedError
from lipwire.domain.idempotency import Also
from lipwire.domain.ids import AccountId, JobId
from lipwire.domain.keys import ApiKey, KeyMode, MintedKey, Scope, mint_key
from lipwire.domain.limits import Allowance, Rate
from lipwire.domain.plans import PlanChanges
from tests.support.builders import NOW
from tests.support.fakes import FakeIds


class FakeKeyring:
    """`AccountStore` that counts how often it was asked."""

    def __init__(self, *accounts: Account) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.rows: dict[str, ApiKey] = {}
        self.looked_up = 0
        self._ids = FakeIds()

    def holding(self, account: Account, **changes: object) -> MintedKey:
        """A key that the account has."""
        values: dict[str, object] = {
            "name": "k",
            "mode": KeyMode.LIVE,
            "scopes": tuple(Scope),
            "at": NOW,
        }
        minted = mint_key(account.id, secret=self._ids.secret, **(values | changes))  # type: ignore[arg-type]
        self.accounts.setdefault(account.id, account)
        self.rows[minted.record.public_id] = minted.record
        return minted

    def account(self, account_id: AccountId) -> Account | None:
        self.looked_up += 1
        return self.accounts.get(account_id)

    def key(self, public_id: str) -> ApiKey | None:
        self.looked_up += 1
        return self.rows.get(public_id)

    def keys(self, account_id: AccountId) -> list[ApiKey]:
        return [key for key in self.rows.values() if key.account_id == account_id]

    def add(self, account: Account, key: ApiKey) -> None:
        self.accounts[account.id] = account
        self.rows[key.public_id] = key

    def add_key(self, key: ApiKey, *, by: str | None, also: Also | None = None) -> None:
        if also is not None:
            also(self)
        self._check(key.account_id, by, at=key.created_at)
        self.rows[key.public_id] = key

    def rotate_key(
        self,
        old: ApiKey,
        new: ApiKey,
        *,
        until: datetime,
        by: str | None,
        also: Also | None = None,
    ) -> None:
        self._check(old.account_id, by, at=new.created_at)
        if self.rows[old.public_id].replaced_by is not None:
            raise KeyEndedError
        ended = {"replaced_by": new.public_id, "valid_until": until}
        self.rows[old.public_id] = self.rows[old.public_id].model_copy(update=ended)
        self.rows[new.public_id] = new

    def revoke(self, public_id: str, *, at: datetime, by: str | None = None) -> None:
        if public_id not in self.rows:
            raise KeyNotFoundError
        self._check(self.rows[public_id].account_id, by, at=at)
        first = {"revoked_at": self.rows[public_id].revoked_at or at}
        self.rows[public_id] = self.rows[public_id].model_copy(update=first)

    def set_plan(self, account_id: AccountId, plan: str, changes: PlanChanges) -> None:
        changed = {"plan": plan, "limit_changes": changes}
        self.accounts[account_id] = self.accounts[account_id].model_copy(update=changed)

    def close(self, account_id: AccountId) -> None:
        """The account may not call any more."""
        closed = {"status": AccountStatus.CLOSED}
        self.accounts[account_id] = self.accounts[account_id].model_copy(update=closed)

    def _check(self, account_id: AccountId, by: str | None, *, at: datetime) -> None:
        if self.accounts[account_id].status is not AccountStatus.ACTIVE:
            raise UnauthenticatedError
        if by is not None and not self.rows[by].works(at):
            raise UnauthenticatedError


class FakeLimits:
    """`LimitStore` whose counts are those of one process."""

    def __init__(self) -> None:
        self.used: dict[str, datetime] = {}
        self.jobs: set[JobId] = set()
        self._memory = MemoryLimits()

    def take(self, account_id: AccountId, rates: Mapping[str, Rate], *, at: datetime) -> Allowance:
        return self._memory.take(account_id, rates, at=at)

    def active(self, account_id: AccountId) -> frozenset[JobId]:
        return frozenset(self.jobs)

    def note_use(self, public_id: str, *, at: datetime) -> None:
        if at - self.used.get(public_id, NOW - timedelta(days=1)) >= timedelta(minutes=1):
            self.used[public_id] = at

    def last_uses(self, public_ids: Iterable[str]) -> dict[str, datetime]:
        return {one: self.used[one] for one in public_ids if one in self.used}
