"""Nothing is written for an account that is closed, however late the writer comes."""

from lipwire.adapters.dynamodb.table import Transaction
from lipwire.domain.accounts import AccountStatus
from lipwire.domain.errors import AccountNotFoundError, LipwireError
from lipwire.domain.ids import AccountId


class ActiveAccounts:
    """The accounts' share of every transaction that makes something for one.

    An account is closed before it is erased, by a transaction that touches the same row: what is written before that is
    found by the erasure, what comes after it is refused.
    """

    def __init__(self, *, table: str) -> None:
        self._table = table

    def check(
        self,
        transaction: Transaction,
        account_id: AccountId,
        *,
        otherwise: type[LipwireError] = AccountNotFoundError,
    ) -> None:
        """Let a transaction stand only while the account is active; `otherwise` is raised by its commit."""
        transaction.check(
            self._table,
            {"pk": account_id},
            condition="#status = :active",
            names={"#status": "status"},
            values={":active": AccountStatus.ACTIVE.value},
            otherwise=otherwise,
        )
