"""The secret of webhooks to a job's own URL gets a successor."""

from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from lipwire.adapters.system import RandomIds
from lipwire.domain.commands import Caller
from lipwire.domain.commands_webhooks import RotateAccountSecret
from lipwire.domain.errors import ConcurrentChangeError
from lipwire.domain.webhooks import Answer
from lipwire.usecases.rotate_account_secret import rotate_account_secret
from tests.support.builders import a_caller
from tests.support.delivery_desk import Desk, owed
from tests.support.fakes import FakeAccounts


@pytest.mark.fault(99)
def test_the_accounts_secret_is_rotated_with_deliveries_in_flight():
    """For the overlap a job's own URL is told with a signature of each; afterwards with the new one's alone."""
    desk = Desk(
        *[Answer(status=500)] * 3,
        delivery=owed(endpoint_id=None, url="https://once.example.com/"),
    )
    caller = a_caller()
    desk.secrets = accounts = FakeAccounts(caller.account)
    desk.deliver()
    command = RotateAccountSecret(overlap=timedelta(minutes=10))
    made = {"accounts": accounts, "clock": desk.clock, "ids": RandomIds()}
    rotated = rotate_account_secret(command, caller, **made)
    with pytest.raises(ConcurrentChangeError):
        rotate_account_secret(command, caller, **made)
    old, new = caller.account.webhook_secret, rotated.webhook_secret
    assert new != old
    for signing in ((new, old), (new, old), (new,)):
        desk.clock.moment = desk.row.next_attempt_at
        desk.deliver()
        _, headers, body = desk.sender.sent[-1]
        expected = [
            Webhook(one).sign(headers["webhook-id"], desk.clock.now(), body.decode())
            for one in signing
        ]
        assert headers["webhook-signature"].split() == expected
    # At once, where it has leaked: what is old signs nothing more.
    leaked = Caller(account=rotated, key_id=caller.key_id)
    last = rotate_account_secret(RotateAccountSecret(overlap=timedelta(0)), leaked, **made)
    assert last.webhook_secrets(desk.clock.now()) == (last.webhook_secret,)
