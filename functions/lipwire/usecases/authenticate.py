"""Who is asking?"""

from lipwire.domain.accounts import AccountStatus
from lipwire.domain.commands import Caller
from lipwire.domain.errors import UnauthenticatedError
from lipwire.domain.keys import public_id_of
from lipwire.ports import AccountStore, Clock, LimitStore


def authenticate(
    key: str | None, *, accounts: AccountStore, limits: LimitStore, clock: Clock
) -> Caller:
    """The caller a key belongs to; junk is refused by its checksum, before any look-up.

    That the key was used is noted, once a minute at most.

    Raises:
        UnauthenticatedError: missing, malformed, unknown, expired or revoked key, or a closed account.
    """
    public_id = public_id_of(key) if key else None
    if key is None or public_id is None:
        raise UnauthenticatedError
    stored = accounts.key(public_id)
    now = clock.now()
    if stored is None or not stored.opens_with(key, at=now):
        raise UnauthenticatedError
    account = accounts.account(stored.account_id)
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise UnauthenticatedError
    limits.note_use(public_id, at=now)
    return Caller(
        account=account,
        key_id=public_id,
        scopes=stored.scopes,
        mode=stored.mode,
        requests_per_minute=stored.requests_per_minute,
        valid_until=stored.valid_until,
    )
