"""The same for many accounts, of which none holds up the others."""

from collections.abc import Callable, Iterable

from lipwire.domain.ids import AccountId


def each_account(
    account_ids: Iterable[AccountId], act: Callable[[AccountId], None]
) -> dict[AccountId, Exception]:
    """Accounts for which `act` failed, with what was in the way."""
    failures: dict[AccountId, Exception] = {}
    for account_id in account_ids:
        try:
            act(account_id)
        except Exception as error:  # noqa: BLE001  # whatever it is, the next account is not to suffer from it
            failures[account_id] = error
    return failures
