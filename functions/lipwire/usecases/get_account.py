"""The caller's account."""

from lipwire.domain.commands import Caller, GetAccount
from lipwire.domain.views import AccountView
from lipwire.ports import EngineCatalog, Ledger


def get_account(
    command: GetAccount, caller: Caller, *, ledger: Ledger, engines: EngineCatalog
) -> AccountView:
    """The account with its balance and the engines it may name."""
    del command
    return AccountView(
        account=caller.account,
        balance=ledger.balance(caller.account.id),
        engines=engines.selectable(),
    )
