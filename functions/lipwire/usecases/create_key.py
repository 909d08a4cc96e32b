"""An account gets another API key."""

from lipwire.domain.commands_account import CreateKey
from lipwire.domain.errors import InvalidRequestError, TooManyKeysError
from lipwire.domain.idempotency import Once
from lipwire.domain.ids import AccountId
from lipwire.domain.keys import MOST_KEYS, KeyMode, Scope, mint_key
from lipwire.domain.views import KeyView
from lipwire.ports import AccountStore, Clock, IdSource


def create_key(
    command: CreateKey,
    account_id: AccountId,
    *,
    by: str | None,
    accounts: AccountStore,
    clock: Clock,
    ids: IdSource,
    once: Once | None = None,
) -> KeyView:
    """A new key, its text shown this once; made with the key `by`, or, where that is None, by an operator.

    Raises:
        InvalidRequestError: a test key that would manage keys, or an end that is past.
        TooManyKeysError: the account has `MOST_KEYS` that work.
        UnauthenticatedError: the key `by` ended, or the account was closed.
    """
    now = clock.now()
    if command.mode is KeyMode.TEST and Scope.ADMIN in command.scopes:
        # It could make itself a live one.
        raise InvalidRequestError(
            "A test key can't have the scope `admin`.",
            errors=[{"field": "scopes", "message": "not `admin`, since `mode` is `test`"}],
        )
    if command.valid_until is not None and command.valid_until <= now:
        raise InvalidRequestError(
            "`expires_at` is past.", errors=[{"field": "expires_at", "message": "is past"}]
        )
    if sum(key.works(now) for key in accounts.keys(account_id)) >= MOST_KEYS:
        raise TooManyKeysError(limit=MOST_KEYS)
    minted = mint_key(
        account_id,
        name=command.name,
        mode=command.mode,
        scopes=command.scopes,
        at=now,
        secret=ids.secret,
        valid_until=command.valid_until,
        requests_per_minute=command.requests_per_minute,
    )
    view = KeyView(key=minted.record, text=minted.text)
    accounts.add_key(minted.record, by=by, also=once.also(view) if once else None)
    return view
