"""What operators do, from a shell with the operator's own credentials: `python -m lipwire.operator --help`."""

import argparse
import json
import os
import sys
from typing import Any

from lipwire.bootstrap import App
from lipwire.domain.credits import Millicredits
from lipwire.domain.errors import LipwireError
from lipwire.domain.ids import AccountId
from lipwire.domain.plans import PLANS, PlanChanges
from lipwire.operator_credits import add_credit_commands, run_reconcile
from lipwire.operator_keys import add_keys_parser, run_keys
from lipwire.usecases.close_account import close_account
from lipwire.usecases.open_account import open_account


def main(arguments: list[str], app: App | None = None) -> int:
    """Run one command; prints JSON. 1 where it is refused, with the reason on standard error, or where a part failed."""
    options = _parser().parse_args(arguments)
    try:
        answer = _run(options, app or App(os.environ))
    except LipwireError as error:
        sys.stderr.write(f"{error.code}: {error.message}\n")
        return 1
    sys.stdout.write(json.dumps(answer) + "\n")
    return 1 if answer.get("failed") else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lipwire")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create-account", help="open an account with one API key")
    create.add_argument("--name", default="local")
    create.add_argument("--plan", choices=tuple(PLANS), default="pro")
    create.add_argument("--credits", type=int, default=1000, help="whole credits to grant")
    add_credit_commands(commands.add_parser("credits", help="grant, adjust or refund credits"))
    reconcile = commands.add_parser("reconcile", help="compare credits, entries and jobs")
    reconcile.add_argument("--account", help="this one alone")
    reconcile.add_argument(
        "--rebuild",
        action="store_true",
        help="make the account's balance what its entries add up to; only with --account",
    )
    plan = commands.add_parser("set-plan", help="change an account's plan and its own limits")
    plan.add_argument("account_id")
    plan.add_argument("plan", choices=tuple(PLANS))
    for limit in PlanChanges.model_fields:
        plan.add_argument(f"--{limit.replace('_', '-')}", type=int, help="in place of the plan's")
    close = commands.add_parser("close-account", help="end an account; all it left is erased")
    close.add_argument("account_id")
    consents = commands.add_parser("consents", help="list an account's consents")
    consents.add_argument("account_id")
    add_keys_parser(commands)
    return parser


def _run(options: argparse.Namespace, app: App) -> dict[str, Any]:
    if options.command == "create-account":
        opened = open_account(
            options.name,
            Millicredits(options.credits * 1000),
            plan=options.plan,
            accounts=app.accounts,
            ledger=app.ledger,
            clock=app.clock,
            ids=app.ids,
        )
        return {"account_id": opened.account.id, "api_key": opened.api_key}
    if options.command == "credits":
        answer: dict[str, Any] = options.run(app, options)
        return answer
    if options.command == "reconcile":
        return run_reconcile(app, options)
    if options.command in {"set-plan", "close-account", "consents"}:
        return _of_account(AccountId(options.account_id), options, app)
    return run_keys(options, app)


def _of_account(account_id: AccountId, options: argparse.Namespace, app: App) -> dict[str, Any]:
    if options.command == "close-account":
        close_account(account_id, by=None, accounts=app.accounts, clock=app.clock)
        return {"account_id": account_id, "status": "closed"}
    if options.command == "consents":
        found = app.consents.of_account(account_id)
        return {"consents": [one.model_dump(mode="json") for one in found]}
    changes = PlanChanges(**{name: getattr(options, name) for name in PlanChanges.model_fields})
    app.accounts.set_plan(account_id, options.plan, changes)
    return {"plan": options.plan, "changes": changes.model_dump(exclude_none=True)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
