"""An account that is closed, and what is left of it: nothing, by listing every bucket and table."""

import os
from contextlib import suppress
from datetime import timedelta

import pytest

from infra.local.client import ApiError
from lipwire.adapters.s3 import S3Objects, S3Work
from lipwire.bootstrap import App
from lipwire.domain.accounts import AccountStatus
from lipwire.domain.errors import AccountOpenError
from lipwire.domain.ids import AccountId
from lipwire.domain.speech import phonemes_key
from lipwire.usecases.close_account import close_account
from lipwire.usecases.erase_account import erase_account
from lipwire.usecases.sweep_retention import Swept, sweep_retention
from tests.support.fakes import FakeClock
from tests.support.leftovers import left_of
from tests.support.platform import until
from tests.support.tenants import ask, owned

UPLOAD = {"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": 9}


class Tenant:
    """An account with one thing of each kind, and the objects that a render would have left."""

    def __init__(self, platform) -> None:
        self.client = platform.new_client()
        self.id = platform.account_of(self.client)
        self.things = owned(self.client)
        # Nobody is told of what follows: an attempt that ends after its account would leave a mark.
        quiet = f"/webhook-endpoints/{self.things['endpoint']}"
        self.client.call("PATCH", quiet, {"status": "disabled"})
        with suppress(ApiError):  # it may have failed first: its source never came
            self.client.call("POST", f"/jobs/{self.things['job']}/cancel")
        key = {"Idempotency_Key": "k-1"}
        ask(self.client, "POST", "/lipwire/v1/uploads", UPLOAD, **key)
        self.client.call("POST", "/keys", {"name": "second", "scopes": ["jobs"]})
        job, asset, s3 = self.things["job"], self.things["asset"], platform.aws("s3")
        for resource, name in (
            ("UPLOADS_BUCKET", f"uploads/{self.id}/{asset}/source"),
            ("UPLOADS_BUCKET", f"uploads/{self.id}/{asset}/source"),
            ("OUTPUTS_BUCKET", f"outputs/{self.id}/{job}/output.mp4"),
            ("WORK_BUCKET", f"analyses/{self.id}/{'a' * 64}/retarget-1.npz"),
            ("WORK_BUCKET", f"plans/{job}.json"),
            ("WORK_BUCKET", f"results/{job}.json"),
            ("WORK_BUCKET", f"parts/{job}/0-1.mp4"),
            ("WORK_BUCKET", f"plans/{asset}.json"),
        ):
            s3.put_object(Bucket=platform.names[resource], Key=name, Body=b"no report")
        s3.create_multipart_upload(
            Bucket=platform.names["UPLOADS_BUCKET"], Key=f"uploads/{self.id}/{asset}/source"
        )
        s3.delete_object(
            Bucket=platform.names["OUTPUTS_BUCKET"], Key=f"outputs/{self.id}/{job}/output.mp4"
        )

    def left(self, platform) -> list[str]:
        """All that bears its name, or that of a thing of its own."""
        return left_of(platform, self.id, *(v for k, v in self.things.items() if k != "key"))


@pytest.fixture
def tenant(platform) -> Tenant:
    """Somebody with something everywhere."""
    return Tenant(platform)


@pytest.fixture
def app(platform) -> App:
    """The use cases' ports, with the operator's clients."""
    made = App({**os.environ, **platform.names})
    s3 = platform.aws("s3")
    made.__dict__.update(dynamodb=platform.aws("dynamodb"), s3=s3)
    for port, resource in (
        ("uploads", "UPLOADS_BUCKET"),
        ("outputs", "OUTPUTS_BUCKET"),
        ("work_objects", "WORK_BUCKET"),
    ):
        made.__dict__[port] = S3Objects(s3, bucket=platform.names[resource])
    made.__dict__["work"] = S3Work(s3, bucket=platform.names["WORK_BUCKET"])
    return made


def test_a_closed_account_leaves_nothing_anywhere(platform, tenant):
    """`DELETE /account` and nothing else: all goes, down to old versions and unfinished uploads."""
    assert len(tenant.left(platform)) > 15
    answer = ask(tenant.client, "DELETE", "/lipwire/v1/account")
    assert (answer.status, answer.json["status"]) == (202, "closed")
    until(lambda: tenant.left(platform), lambda left: not left, timeout_s=120)
    # A signed URL outlives its account; so does whoever still speaks a text for it.
    key = f"uploads/{tenant.id}/{tenant.things['speech']}/source"
    for late in (phonemes_key(key), key):
        bucket = platform.names["UPLOADS_BUCKET"]
        platform.aws("s3").put_object(Bucket=bucket, Key=late, Body=b"late")
    until(lambda: tenant.left(platform), lambda left: not left, timeout_s=60)


def test_an_erasure_that_dies_is_taken_up_again(platform, tenant, app):
    """After any delete of any kind; each time what is left gets less, and in the end it is nothing."""
    account = AccountId(tenant.id)
    with pytest.raises(AccountOpenError):
        erase(app, account)
    app.accounts.close(account, by=None, at=app.clock.now())
    assert app.accounts.account(account).status is AccountStatus.CLOSED
    close_account(account, by=None, accounts=app.accounts, clock=app.clock)
    for allowed in range(1, 200, 5):
        dying = Dying(allowed)
        for client in (app.dynamodb, app.s3):
            client.meta.events.register("before-call", dying)
        try:
            erase(app, account)
            break
        except ConnectionAbortedError:
            continue
        finally:
            for client in (app.dynamodb, app.s3):
                client.meta.events.unregister("before-call", dying)
    assert allowed > 5
    assert tenant.left(platform) == []
    erase(app, account)


class Dying:
    """Lets so many deletes pass, and no more."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed

    def __call__(self, model, **_more):
        if model.name.startswith(("Delete", "Abort")):
            self.allowed -= 1
            if self.allowed < 0:
                raise ConnectionAbortedError


def erase(app: App, account: AccountId) -> None:
    """One try."""
    erase_account(
        account, stores=app, rows=app.account_rows, accounts=app.accounts, clock=app.clock
    )


class AgedOf:
    """The aged rows of one account: the platform is everybody's."""

    def __init__(self, app: App, account_id: str) -> None:
        self.app, self.account_id = app, account_id

    def jobs(self, *, before):
        return (job for job in self.app.aged_rows.jobs(before=before) if self.owns(job))

    def assets(self, *, before):
        return (asset for asset in self.app.aged_rows.assets(before=before) if self.owns(asset))

    def owns(self, thing) -> bool:
        return thing.account_id == self.account_id


def test_what_a_plan_keeps_no_longer_leaves_with_every_byte(platform, tenant, app):
    """By listing; a day earlier all of it is there."""
    days, clock = app.accounts.account(AccountId(tenant.id)).limits.retention_days, FakeClock()
    until(
        lambda: [job.is_final for job in app.account_rows.jobs(AccountId(tenant.id))],
        all,
        timeout_s=60,
    )
    names = [tenant.things["job"], tenant.things["asset"]]

    def kept() -> list[str]:
        found = left_of(platform, *names)
        return [one for one in found if one.startswith(("UP", "OUT", "WORK", "JOBS", "ASSETS"))]

    def sweep() -> Swept:
        aged = AgedOf(app, tenant.id)
        return sweep_retention(aged=aged, accounts=app.accounts, stores=app, clock=clock)

    clock.moment = app.clock.now() + timedelta(days=days - 1)
    assert sweep() == Swept(jobs=0, assets=0)
    assert len(kept()) > 8
    clock.moment += timedelta(days=1, minutes=5)
    jobs = list(app.account_rows.jobs(AccountId(tenant.id)))
    assert sweep().jobs == len(jobs) >= 2
    assert [one for one in kept() if "JOBS_TABLE" not in one or "bat_" not in one] == []


def test_the_sweep_runs_with_its_own_rights(platform):
    """Nothing is old enough here; it must be able to look."""
    answer = platform.aws("lambda").invoke(
        FunctionName=platform.function("schedules.sweep_retention.handler.handler"), Payload=b"{}"
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_a_consent_outlives_its_job_and_leaves_with_its_account(tenant, app):
    """Who, when, which key, which words; written by the job's own transaction."""
    # One that nothing was put to: the tenant's own may have been looked at by now, and refused.
    ref = {"asset_id": tenant.client.call("POST", "/uploads", UPLOAD)["asset_id"]}
    body = {"source": ref, "speech": ref, "consent": {"statement": "Ada agreed."}}
    job = tenant.client.call("POST", "/jobs", body)["id"]
    with suppress(ApiError):
        tenant.client.call("POST", f"/jobs/{job}/cancel")
    tenant.client.call("DELETE", f"/jobs/{job}")
    (row,) = app.consents.of_account(tenant.id)
    assert (row.statement, row.job_ids, row.account_id) == ("Ada agreed.", (job,), tenant.id)
    assert row.key_id == tenant.client.api_key.split("_")[2]
    app.accounts.close(AccountId(tenant.id), by=None, at=app.clock.now())
    erase(app, AccountId(tenant.id))
    assert app.consents.of_account(tenant.id) == ()
