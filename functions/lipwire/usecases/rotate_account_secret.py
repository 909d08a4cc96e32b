"""An account gets a new secret for the webhooks of jobs with a URL of their own."""

from lipwire.domain.accounts import Account
from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import RotateAccountSecret
from lipwire.domain.signing import new_secret
from lipwire.ports import AccountStore, Clock, IdSource


def rotate_account_secret(
    command: RotateAccountSecret,
    caller: Caller,
    *,
    accounts: AccountStore,
    clock: Clock,
    ids: IdSource,
) -> Account:
    """The account with a new secret; for the overlap every attempt carries a signature of each.

    Raises:
        ConcurrentChangeError: somebody else rotated it at the same time; no secret was lost.
    """
    secret = new_secret(ids.secret(256))
    rotated = caller.account.rotated(secret, at=clock.now(), overlap=command.overlap)
    before = caller.account.webhook_secret
    accounts.replace_webhook_secret(rotated, before=before, also=caller.also(rotated))
    return rotated
