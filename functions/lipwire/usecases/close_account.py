"""An account ends."""

from lipwire.domain.errors import AccountNotFoundError
from lipwire.domain.ids import AccountId
from lipwire.domain.views import ClosedAccount
from lipwire.ports import AccountStore, Clock


def close_account(
    account_id: AccountId, *, by: str | None, accounts: AccountStore, clock: Clock
) -> ClosedAccount:
    """The account may nothing any more, and all it ever left with us is about to be erased; harmless to repeat.

    Repeating it tells again of one that is closed, so that an erasure that was given up is taken up.

    Changes are refused at once, reading within the minute that callers are remembered. `by` is the key that asks, None
    for an operator.

    Raises:
        AccountNotFoundError: unknown, or erased.
        UnauthenticatedError: the key `by` ended since it was looked up.
    """
    if accounts.account(account_id) is None:
        raise AccountNotFoundError
    accounts.close(account_id, by=by, at=clock.now())
    return ClosedAccount(account_id=account_id)
