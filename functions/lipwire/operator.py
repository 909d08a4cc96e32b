"""What operators do, from a shell with the operator's own credentials: `python -m lipwire.operator --help`."""

import argparse
import json
import os
import sys

from lipwire.bootstrap import App
from lipwire.domain.credits import Millicredits
from lipwire.operator_credits import add_credit_commands
from lipwire.usecases.open_account import open_account


def main(arguments: list[str]) -> int:
    """Run one command; prints JSON."""
    parser = argparse.ArgumentParser(prog="lipwire")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create-account", help="open an account with one API key")
    create.add_argument("--name", default="local")
    create.add_argument("--credits", type=int, default=1000, help="whole credits to grant")
    add_credit_commands(commands.add_parser("credits", help="grant, adjust or refund credits"))
    revoke = commands.add_parser("revoke-key", help="revoke an API key by its public id")
    revoke.add_argument("public_id")
    options = parser.parse_args(arguments)
    app = App(os.environ)
    if options.command == "create-account":
        opened = open_account(
            options.name,
            Millicredits(options.credits * 1000),
            accounts=app.accounts,
            ledger=app.ledger,
            clock=app.clock,
            ids=app.ids,
        )
        answer = {"account_id": opened.account.id, "api_key": opened.api_key}
    elif options.command == "credits":
        answer = options.run(app, options)
    else:
        app.accounts.revoke(options.public_id, at=app.clock.now())
        answer = {"revoked": options.public_id}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
