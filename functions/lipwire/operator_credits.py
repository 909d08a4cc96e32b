"""`lipwire credits …`: what operators do with an account's credits.

Each command takes a key of the operator's choice, such as an invoice's number: repeating the command does nothing, and using
the key for another amount is refused.
"""

import argparse
from fractions import Fraction
from typing import Any

from lipwire.bootstrap import App
from lipwire.domain.credits import Millicredits
from lipwire.domain.ids import AccountId, JobId
from lipwire.domain.ledger import totals
from lipwire.usecases.reconcile import reconcile


def add_credit_commands(parser: argparse.ArgumentParser) -> None:
    """`credits grant`, `credits adjust` and `credits refund`; each sets `run`."""
    commands = parser.add_subparsers(required=True)
    grant = commands.add_parser("grant", help="add credits")
    grant.add_argument("account_id")
    grant.add_argument("credits", type=_positive)
    grant.set_defaults(run=_grant)
    adjust = commands.add_parser("adjust", help="correct the balance; a negative amount takes away")
    adjust.add_argument("account_id")
    adjust.add_argument("credits", type=_amount)
    adjust.set_defaults(run=_adjust)
    refund = commands.add_parser("refund", help="give back some or all of what a job was charged")
    refund.add_argument("account_id")
    refund.add_argument("job_id")
    refund.add_argument("credits", type=_positive)
    refund.set_defaults(run=_refund)
    for command in (adjust, refund):
        command.add_argument("--note", required=True, help="why; the account's owner reads it")
    for command in (grant, adjust, refund):
        command.add_argument("--key", required=True, help="unique; the same key counts once")


def run_reconcile(app: App, options: argparse.Namespace) -> dict[str, Any]:
    """`reconcile`: all accounts, or one; with `--rebuild` its balance is made what its entries add up to."""
    if options.account and options.rebuild:
        account_id = AccountId(options.account)
        seen = app.ledger.totals(account_id)
        app.ledger.rebuild(account_id, seen=seen, true=totals(app.ledger.entries(account_id)))
        app.ledger.list_anew(account_id)
    found = reconcile(
        [AccountId(options.account)] if options.account else app.accounts.ids(),
        ledger=app.ledger,
        jobs=app.jobs,
        assets=app.assets,
        clock=app.clock,
        is_deep=True,
    )
    return {
        "accounts": found.accounts,
        "busy": list(found.busy),
        "repaired": [*found.repaired, *found.paid_back],
        "findings": [str(finding) for finding in found.findings],
        "failed": {one: type(error).__name__ for one, error in found.failures.items()},
    }


def _grant(app: App, options: argparse.Namespace) -> dict[str, Any]:
    account_id = AccountId(options.account_id)
    app.ledger.grant(account_id, options.credits, grant_id=options.key, at=app.clock.now())
    return _balance(app, account_id)


def _adjust(app: App, options: argparse.Namespace) -> dict[str, Any]:
    account_id = AccountId(options.account_id)
    app.ledger.adjust(
        account_id,
        options.credits,
        adjust_id=options.key,
        note=options.note,
        at=app.clock.now(),
    )
    return _balance(app, account_id)


def _refund(app: App, options: argparse.Namespace) -> dict[str, Any]:
    account_id = AccountId(options.account_id)
    app.ledger.refund(
        account_id,
        JobId(options.job_id),
        options.credits,
        refund_id=options.key,
        note=options.note,
        at=app.clock.now(),
    )
    return _balance(app, account_id)


def _balance(app: App, account_id: AccountId) -> dict[str, Any]:
    balance = app.ledger.balance(account_id)
    return {
        "account_id": account_id,
        "balance_millicredits": balance.balance,
        "held_millicredits": balance.held,
    }


def _amount(text: str) -> Millicredits:
    """Credits with up to three decimals, exactly."""
    amount = Fraction(text) * 1000
    if amount.denominator != 1:
        raise argparse.ArgumentTypeError("a credit has three decimals")
    return Millicredits(amount.numerator)


def _positive(text: str) -> Millicredits:
    amount = _amount(text)
    if amount <= 0:
        raise argparse.ArgumentTypeError("give more than 0")
    return amount
