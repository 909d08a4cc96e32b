"""Who is asking?"""

from lipwire.domain.accounts import AccountStatus, public_id_of
from lipwire.domain.commands import Caller
from lipwire.domain.errors import UnauthenticatedError
from lipwire.ports import AccountStore


def authenticate(key: str | None, *, accounts: AccountStore) -> Caller:
    """The caller a key belongs to; junk is refused by its checksum, before any look-up.

    Raises:
        UnauthenticatedError: missing, malformed, unknown or revoked key, or a closed account.
    """
    public_id = public_id_of(key) if key else None
    if key is None or public_id is None:
        raise UnauthenticatedError
    stored = accounts.key(public_id)
    if stored is None or not stored.opens_with(key):
        raise UnauthenticatedError
    account = accounts.account(stored.account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise UnauthenticatedError
    return Caller(account=account, key_id=public_id)
