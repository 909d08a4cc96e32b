"""The caller's account."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_account import GetAccount
from lipwire.domain.keys import Scope
from lipwire.domain.views import AccountView
from lipwire.ports import EngineCatalog, Ledger, LimitStore


def get_account(
    command: GetAccount,
    caller: Caller,
    *,
    ledger: Ledger,
    engines: EngineCatalog,
    limits: LimitStore,
) -> AccountView:
    """The account with its balance, its active jobs and the engines it may name."""
    del command
    return AccountView(
        account=caller.account,
        balance=ledger.balance(caller.account.id),
        engines=engines.selectable(),
        active_jobs=len(limits.active(caller.account.id)),
        shows_secret=Scope.WEBHOOKS in caller.scopes,
    )
