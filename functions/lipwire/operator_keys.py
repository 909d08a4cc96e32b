"""`lipwire keys …`: what operators do with tenants' API keys."""

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lipwire.domain.commands_account import CreateKey, ListKeys, RevokeKey, RotateKey
from lipwire.domain.errors import KeyNotFoundError
from lipwire.domain.ids import AccountId
from lipwire.domain.keys import DEFAULT_GRACE, KeyMode, Scope
from lipwire.domain.views import KeyView
from lipwire.usecases.create_key import create_key
from lipwire.usecases.list_keys import list_keys
from lipwire.usecases.revoke_key import revoke_key
from lipwire.usecases.rotate_key import rotate_key

if TYPE_CHECKING:
    from lipwire.bootstrap import App

_NOT_SHOWN = {"secret_sha256"}


def add_keys_parser(commands: Any) -> None:
    """The sub-commands of `lipwire keys`."""
    keys = commands.add_parser("keys", help="create, list, rotate and revoke API keys")
    actions = keys.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="make a key; it is printed this once")
    create.add_argument("account_id")
    create.add_argument("--name", default="operator's key")
    create.add_argument("--scopes", type=_scopes, default=tuple(Scope), help="jobs,uploads,…")
    create.add_argument("--test", action="store_true", help="a key whose jobs cost nothing")
    create.add_argument("--expires-in-days", type=_count)
    create.add_argument("--requests-per-minute", type=_count)
    listed = actions.add_parser("list", help="an account's keys, never a secret")
    listed.add_argument("account_id")
    rotate = actions.add_parser("rotate", help="make a key that replaces another")
    rotate.add_argument("public_id")
    rotate.add_argument(
        "--grace-seconds",
        type=int,
        default=int(DEFAULT_GRACE.total_seconds()),
        help="how long the one before works too",
    )
    revoke = actions.add_parser("revoke", help="take a key back")
    revoke.add_argument("public_id")


def run_keys(options: argparse.Namespace, app: "App") -> dict[str, Any]:
    """Do it; what is to be printed.

    Raises:
        LipwireError: as the use cases of keys do.
    """
    if options.action == "create":
        return _shown(_create(options, app))
    if options.action == "list":
        views = list_keys(
            ListKeys(), AccountId(options.account_id), accounts=app.accounts, limits=app.limits
        )
        return {"keys": [_shown(view) for view in views]}
    found = app.accounts.key(options.public_id)
    if found is None:
        raise KeyNotFoundError
    if options.action == "rotate":
        return _shown(
            rotate_key(
                RotateKey(
                    public_id=options.public_id, grace=timedelta(seconds=options.grace_seconds)
                ),
                found.account_id,
                by=None,
                accounts=app.accounts,
                clock=app.clock,
                ids=app.ids,
            )
        )
    revoke_key(
        RevokeKey(public_id=options.public_id),
        found.account_id,
        by=None,
        accounts=app.accounts,
        clock=app.clock,
    )
    return {"revoked": options.public_id}


def _create(options: argparse.Namespace, app: "App") -> KeyView:
    days = options.expires_in_days
    command = CreateKey(
        name=options.name,
        # A test key that could manage keys would not stay one.
        scopes=tuple(one for one in options.scopes if not (options.test and one is Scope.ADMIN)),
        mode=KeyMode.TEST if options.test else KeyMode.LIVE,
        valid_until=None if days is None else app.clock.now() + timedelta(days=days),
        requests_per_minute=options.requests_per_minute,
    )
    return create_key(
        command,
        AccountId(options.account_id),
        by=None,
        accounts=app.accounts,
        clock=app.clock,
        ids=app.ids,
    )


def _count(text: str) -> int:
    """One or more."""
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("give 1 or more")
    return count


def _scopes(text: str) -> tuple[Scope, ...]:
    return tuple(Scope(word) for word in text.split(","))


def _shown(view: KeyView) -> dict[str, Any]:
    known = view.key.model_dump(mode="json", exclude_none=True, exclude=_NOT_SHOWN)
    if view.last_used_at is not None:
        known["last_used_at"] = view.last_used_at.isoformat()
    return known if view.text is None else {**known, "api_key": view.text}
