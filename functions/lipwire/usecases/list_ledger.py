"""How the credits of an account moved."""

from lipwire.domain.commands import Caller
from lipwire.domain.commands_account import ListLedger
from lipwire.domain.ledger import Entry
from lipwire.domain.views import Page
from lipwire.ports import Ledger


def list_ledger(command: ListLedger, caller: Caller, *, ledger: Ledger) -> Page[Entry]:
    """One page of the caller's entries, newest first."""
    return ledger.list(caller.account.id, limit=command.limit, cursor=command.cursor)
