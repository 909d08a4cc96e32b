"""An API key is taken back."""

from lipwire.domain.commands_account import RevokeKey
from lipwire.domain.errors import KeyNotFoundError
from lipwire.domain.ids import AccountId
from lipwire.domain.views import Deleted
from lipwire.ports import AccountStore, Clock


def revoke_key(
    command: RevokeKey,
    account_id: AccountId,
    *,
    by: str | None,
    accounts: AccountStore,
    clock: Clock,
) -> Deleted:
    """The key spends nothing any more, and reads nothing after 60 s; revoking it again answers the same.

    Raises:
        KeyNotFoundError: unknown, or another account's.
        UnauthenticatedError: the key `by` ended, or the account was closed.
    """
    key = accounts.key(command.public_id)
    if key is None or key.account_id != account_id:
        raise KeyNotFoundError
    accounts.revoke(command.public_id, at=clock.now(), by=by)
    return Deleted()
