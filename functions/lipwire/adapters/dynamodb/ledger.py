"""The ledger: append-only entries, and the balance as a cache of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from lipwire.adapters.dynamodb.active_accounts import ActiveAccounts
from lipwire.adapters.dynamodb.ledger_rows import BALANCE, EntryExistsError, LedgerRows
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.table import Transaction, iso
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import (
    BusyError,
    ConcurrentChangeError,
    InsufficientCreditsError,
    LedgerConflictError,
    RefundTooLargeError,
)
from lipwire.domain.events import BalanceLow
from lipwire.domain.ids import AccountId, JobId
from lipwire.domain.jobs import Job
from lipwire.domain.ledger import (
    Entry,
    EntryKind,
    Totals,
    adjust_key,
    end_key,
    grant_key,
    hold_key,
    refund_key,
)

#: Refunds of one job that are written at the same moment take turns, at most this often.
_TURNS: Final = 8


class DynamoLedger(LedgerRows):
    """`Ledger` on DynamoDB, and the ledger's share of other stores' transactions."""

    def __init__(
        self, client: Any, *, table: str, accounts: ActiveAccounts, outbox: OutboxRows
    ) -> None:
        super().__init__(client, table=table)
        self._accounts = accounts
        self._outbox = outbox

    def grant(
        self, account_id: AccountId, amount: Millicredits, *, grant_id: str, at: datetime
    ) -> None:
        """Idempotent: the same `grant_id` counts once.

        Raises:
            LedgerConflictError: it stands for another amount.
            AccountNotFoundError: the account is closed, or never was.
        """
        entry = Entry(
            account_id=account_id,
            key=grant_key(grant_id),
            kind=EntryKind.GRANT,
            amount_millicredits=amount,
            created_at=at,
        )
        self._move(entry)

    def adjust(
        self,
        account_id: AccountId,
        amount: Millicredits,
        *,
        adjust_id: str,
        note: str,
        at: datetime,
    ) -> None:
        """Idempotent: the same `adjust_id` counts once.

        Raises:
            LedgerConflictError: it stands for another amount.
            AccountNotFoundError: the account is closed, or never was.
            InsufficientCreditsError: so much is not available to be taken away.
        """
        entry = Entry(
            account_id=account_id,
            key=adjust_key(adjust_id),
            kind=EntryKind.ADJUST,
            amount_millicredits=amount,
            note=note,
            created_at=at,
        )
        self._move(entry)

    def refund(
        self,
        account_id: AccountId,
        job_id: JobId,
        amount: Millicredits,
        *,
        refund_id: str,
        note: str,
        at: datetime,
    ) -> None:
        """Idempotent: the same `refund_id` counts once for a job. Its refunds are numbered, so they take turns.

        Raises:
            LedgerConflictError: it stands for another amount.
            AccountNotFoundError: the account is closed, or never was.
            RefundTooLargeError: less than that of the job's charge is left.
            BusyError: others refund the same job.
        """
        for _ in range(_TURNS):
            money = self.of_job(account_id, job_id)
            for before in money.refunds:
                if before.refund_key == refund_id:
                    if before.amount_millicredits != amount:
                        raise LedgerConflictError
                    return
            if money.refunded + amount > money.charged:
                raise RefundTooLargeError(left_millicredits=money.charged - money.refunded)
            entry = Entry(
                account_id=account_id,
                key=refund_key(job_id, len(money.refunds) + 1),
                kind=EntryKind.REFUND,
                amount_millicredits=amount,
                job_id=job_id,
                refund_key=refund_id,
                note=note,
                created_at=at,
            )
            try:
                self._movement(entry).commit()
            except EntryExistsError:
                continue
            return
        raise BusyError

    def rebuild(self, account_id: AccountId, *, seen: Totals, true: Totals) -> bool:
        """The account's row says what its entries add up to; False when credits moved since it was seen."""
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": account_id, "sk": BALANCE},
            change="SET balance = :balance, held = :held, available = :available ADD version :one",
            condition="version = :seen",
            values={
                ":balance": true.balance,
                ":held": true.held,
                ":available": true.available,
                ":seen": seen.version,
                ":one": 1,
            },
            otherwise=ConcurrentChangeError,
        )
        return transaction.commits(ConcurrentChangeError)

    def tell_if_low(self, account_id: AccountId, *, threshold: Millicredits, at: datetime) -> bool:
        """`BalanceLow`, where less than `threshold` is left; once until credits are granted again."""
        balance = self.balance(account_id).balance
        if balance >= threshold:
            return False
        transaction = Transaction(self._client)
        transaction.update(
            self._table,
            {"pk": account_id, "sk": BALANCE},
            change="SET told_low_at = :at",
            condition="balance < :threshold AND attribute_not_exists(told_low_at)",
            values={":at": iso(at), ":threshold": threshold},
            otherwise=ConcurrentChangeError,
        )
        self._outbox.event(
            transaction,
            BalanceLow(balance_millicredits=balance, threshold_millicredits=threshold),
            account_id=account_id,
            correlation_id=account_id,
            at=at,
        )
        return transaction.commits(ConcurrentChangeError)

    def hold(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_id: JobId,
        amount: Millicredits,
        *,
        number: int,
        price_list: str,
        at: datetime,
    ) -> None:
        """Guarded by the entry's key and by `available`."""
        entry = Entry(
            account_id=account_id,
            key=hold_key(job_id, number),
            kind=EntryKind.HOLD,
            amount_millicredits=amount,
            job_id=job_id,
            price_list=price_list,
            created_at=at,
        )
        self.put(transaction, entry)
        self._set_aside(transaction, account_id, amount)

    def hold_all(
        self, transaction: Transaction, account_id: AccountId, jobs: Sequence[Job], *, at: datetime
    ) -> None:
        """A first HOLD for each of these new jobs; the balance is touched once, and must cover all of them."""
        for job in jobs:
            entry = Entry(
                account_id=account_id,
                key=hold_key(job.id, 1),
                kind=EntryKind.HOLD,
                amount_millicredits=Millicredits(job.held_millicredits),
                job_id=job.id,
                price_list=str(job.terms),
                created_at=at,
            )
            self.put(transaction, entry)
        total = sum(job.held_millicredits for job in jobs)
        self._set_aside(transaction, account_id, Millicredits(total))

    def settle(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_id: JobId,
        *,
        charge: Millicredits,
        held: Millicredits,
        at: datetime,
    ) -> None:
        """Guarded by the one END entry a job can have: the hold ends, `charge` of it is spent."""
        self._end(transaction, account_id, job_id, EntryKind.SETTLE, charge, held, at)

    def release(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_id: JobId,
        *,
        held: Millicredits,
        at: datetime,
    ) -> None:
        """Guarded by the one END entry a job can have: the hold ends, nothing is spent."""
        self._end(transaction, account_id, job_id, EntryKind.RELEASE, Millicredits(0), held, at)

    def _set_aside(
        self, transaction: Transaction, account_id: AccountId, amount: Millicredits
    ) -> None:
        transaction.update(
            self._table,
            {"pk": account_id, "sk": BALANCE},
            change="ADD available :minus, held :amount, version :one",
            condition="available >= :amount",
            values={":amount": amount, ":minus": -amount, ":one": 1},
            otherwise=InsufficientCreditsError,
        )

    def _end(
        self,
        transaction: Transaction,
        account_id: AccountId,
        job_id: JobId,
        kind: EntryKind,
        charge: Millicredits,
        held: Millicredits,
        at: datetime,
    ) -> None:
        if not 0 <= charge <= held:
            raise LedgerConflictError(f"A charge of {charge} does not fit a hold of {held}.")
        entry = Entry(
            account_id=account_id,
            key=end_key(job_id),
            kind=kind,
            amount_millicredits=charge if kind is EntryKind.SETTLE else held,
            held_millicredits=held,
            job_id=job_id,
            created_at=at,
        )
        self.put(transaction, entry)
        transaction.update(
            self._table,
            {"pk": account_id, "sk": BALANCE},
            change="ADD balance :spent, held :unheld, available :returned, version :one",
            condition="held >= :held",
            values={
                ":spent": -charge,
                ":unheld": -held,
                ":held": held,
                ":returned": held - charge,
                ":one": 1,
            },
            otherwise=EntryExistsError,
        )

    def _move(self, entry: Entry) -> None:
        """Once: a repetition that says the same has happened, one that says something else is refused."""
        try:
            self._movement(entry).commit()
        except EntryExistsError as exc:
            before = self.entry_at(entry.account_id, entry.key)
            if before is None or before.amount_millicredits != entry.amount_millicredits:
                raise LedgerConflictError from exc

    def _movement(self, entry: Entry) -> Transaction:
        """Into the account, or, where the amount is negative, out of what is available."""
        amount = entry.amount_millicredits
        transaction = Transaction(self._client)
        self.put(transaction, entry)
        self._accounts.check(transaction, entry.account_id)
        transaction.update(
            self._table,
            {"pk": entry.account_id, "sk": BALANCE},
            change="ADD balance :amount, available :amount, held :zero, version :one "
            "REMOVE told_low_at",
            condition=None if amount >= 0 else "available >= :needed",
            values={":amount": amount, ":zero": 0, ":one": 1}
            | ({} if amount >= 0 else {":needed": -amount}),
            otherwise=InsufficientCreditsError,
        )
        return transaction
