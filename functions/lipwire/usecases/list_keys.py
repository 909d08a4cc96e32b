"""The keys of an account."""

from lipwire.domain.commands_account import ListKeys
from lipwire.domain.ids import AccountId
from lipwire.domain.views import KeyView
from lipwire.ports import AccountStore, LimitStore


def list_keys(
    command: ListKeys, account_id: AccountId, *, accounts: AccountStore, limits: LimitStore
) -> tuple[KeyView, ...]:
    """Every key, oldest first, ended ones too; never a secret."""
    del command
    keys = accounts.keys(account_id)
    used = limits.last_uses(key.public_id for key in keys)
    return tuple(KeyView(key=key, last_used_at=used.get(key.public_id)) for key in keys)
