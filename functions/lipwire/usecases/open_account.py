"""An operator opens an account."""

from dataclasses import dataclass

from lipwire.domain.accounts import Account
from lipwire.domain.credits import Millicredits
from lipwire.domain.ids import AccountId
from lipwire.domain.keys import KeyMode, Scope, mint_key
from lipwire.domain.signing import new_secret
from lipwire.ports import AccountStore, Clock, IdSource, Ledger


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """The account, and its key: shown this once."""

    account: Account
    api_key: str


def open_account(
    name: str,
    credits: Millicredits,
    *,
    plan: str,
    accounts: AccountStore,
    ledger: Ledger,
    clock: Clock,
    ids: IdSource,
) -> OpenedAccount:
    """A new account with credits granted, and one live key that may do everything."""
    now = clock.now()
    account = Account(
        id=AccountId(ids.new("acct")),
        name=name,
        plan=plan,
        webhook_secret=new_secret(ids.secret(256)),
        created_at=now,
    )
    minted = mint_key(
        account.id,
        name="first key",
        mode=KeyMode.LIVE,
        scopes=tuple(Scope),
        at=now,
        secret=ids.secret,
    )
    accounts.add(account, minted.record)
    ledger.grant(account.id, credits, grant_id=ids.new("led"), at=now)
    return OpenedAccount(account, minted.text)
