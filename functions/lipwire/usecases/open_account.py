"""An operator opens an account."""

from dataclasses import dataclass

from lipwire.domain.accounts import Account, ApiKey, base62, hash_key, make_key
from lipwire.domain.credits import Millicredits
from lipwire.domain.ids import AccountId
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
    accounts: AccountStore,
    ledger: Ledger,
    clock: Clock,
    ids: IdSource,
) -> OpenedAccount:
    """A new account with one live key and credits granted."""
    now = clock.now()
    account = Account(
        id=AccountId(ids.new("acct")),
        name=name,
        webhook_secret=new_secret(ids.secret(256)),
        created_at=now,
    )
    public_id = base62(ids.secret(64), 10)
    api_key = make_key("live", public_id=public_id, secret=base62(ids.secret(256), 32))
    accounts.add(
        account,
        ApiKey(
            public_id=public_id,
            account_id=account.id,
            name="first key",
            secret_sha256=hash_key(api_key),
            created_at=now,
        ),
    )
    ledger.grant(account.id, credits, grant_id=ids.new("led"), at=now)
    return OpenedAccount(account, api_key)
