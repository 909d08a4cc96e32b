"""A table that has no time just now: the SDK asks again, and what was asked three times happens once."""

import io
import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from botocore.awsrequest import AWSResponse

from lipwire.bootstrap import App
from tests.integration.test_stores import Stores
from tests.support.bare_tables import BareTables
from tests.support.builders import NOW


class Body(io.BytesIO):
    """The bytes of an answer, as botocore reads them."""

    def stream(self) -> Iterator[bytes]:
        """All at once."""
        yield self.read()


@pytest.mark.fault(18)
def test_two_throttles_cost_a_moment_and_nothing_else(platform, monkeypatch):
    """By the client that every function has: one job, one hold, one token; it waits three seconds at the longest."""
    for name, value in platform.emulator.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    client = App({"LIPWIRE_STAGE": "local"}).dynamodb
    tables = BareTables(platform)
    stores = Stores(SimpleNamespace(aws=lambda _: client, names=tables.names))
    stores.ledger.grant(stores.account_id, 10_000, grant_id="first", at=NOW)
    errors = ["ThrottlingException", "ProvisionedThroughputExceededException"]
    tokens, naps = [], []

    def throttled(request, **_):
        tokens.append(json.loads(request.body)["ClientRequestToken"])
        if not errors:
            return None
        body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{errors.pop()}"})
        headers = {"Content-Type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 400, headers, Body(body.encode()))

    monkeypatch.setattr("botocore.endpoint.time.sleep", naps.append)
    client.meta.events.register("before-send.dynamodb.TransactWriteItems", throttled)
    job = stores.job()
    stores.jobs.create(job, key_id=stores.key_id, most_active=9)
    client.meta.events.unregister("before-send.dynamodb.TransactWriteItems", throttled)
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert len(naps) == 2
    assert sum(naps) <= 3
    stored = stores.jobs.get(job.id)
    assert stored is not None
    assert stored.status is job.status
    assert stores.ledger.balance(stores.account_id).held == 6_000
    tables.delete()
