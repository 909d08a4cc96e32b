"""An API key is replaced."""

from lipwire.domain.commands_account import RotateKey
from lipwire.domain.errors import KeyEndedError, KeyNotFoundError
from lipwire.domain.idempotency import Once
from lipwire.domain.ids import AccountId
from lipwire.domain.keys import mint_key
from lipwire.domain.views import KeyView
from lipwire.ports import AccountStore, Clock, IdSource


def rotate_key(
    command: RotateKey,
    account_id: AccountId,
    *,
    by: str | None,
    accounts: AccountStore,
    clock: Clock,
    ids: IdSource,
    once: Once | None = None,
) -> KeyView:
    """A new key like the old one, its text shown this once; the old one works until the grace is over.

    Raises:
        KeyNotFoundError: unknown, or another account's.
        KeyEndedError: rotated or revoked before, or expired.
        UnauthenticatedError: the key `by` ended, or the account was closed.
    """
    now = clock.now()
    old = accounts.key(command.public_id)
    if old is None or old.account_id != account_id:
        raise KeyNotFoundError
    if old.replaced_by is not None or not old.works(now):
        raise KeyEndedError
    minted = mint_key(
        account_id,
        name=old.name,
        mode=old.mode,
        scopes=old.scopes,
        at=now,
        secret=ids.secret,
        valid_until=old.valid_until,
        requests_per_minute=old.requests_per_minute,
    )
    view = KeyView(key=minted.record, text=minted.text)
    accounts.rotate_key(
        old,
        minted.record,
        until=old.end_by(now + command.grace),
        by=by,
        also=once.also(view) if once else None,
    )
    return view
