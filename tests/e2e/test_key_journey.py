"""Keys over HTTP, from the first to the last."""

import json
import os
import subprocess
import urllib.request

import pytest

from infra.local.client import ApiError, Client
from infra.local.platform import REPOSITORY
from tests.support.platform import until


@pytest.fixture
def client(platform) -> Client:
    """A fresh account."""
    return platform.new_client()


def refused(call) -> ApiError:
    """The error it is answered with."""
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value


def operator(platform, *arguments: str) -> dict:
    """What `bin/lipwire` prints."""
    environment = {
        **platform.emulator.environment(),
        **platform.names,
        "LIPWIRE_STAGE": "local",
        "PYTHONPATH": f"{REPOSITORY}/build/layers/api-local/python",
        "PATH": os.environ["PATH"],
    }
    command = [str(REPOSITORY / "bin" / "lipwire"), "keys", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_tenant_manages_keys_and_each_does_what_it_may(platform, client):
    """Made, used within its scopes, rotated, revoked; its secret is shown once."""
    made = client.call("POST", "/keys", {"name": "reader", "scopes": ["jobs"]})
    reader = Client(client.base_url, made["key"])
    assert reader.call("GET", "/jobs")["items"] == []
    for method, path in (("GET", "/assets"), ("GET", "/keys"), ("GET", "/webhook-endpoints")):
        error = refused(lambda method=method, path=path: reader.call(method, path))
        assert (error.status, error.code) == (403, "missing_scope")
    rotated = client.call("POST", f"/keys/{made['id']}/rotate", {"grace_s": 3600})
    assert rotated["scopes"] == ["jobs"]
    listed = {one["id"]: one for one in client.call("GET", "/keys")["items"]}
    assert listed[made["id"]]["replaced_by"] == rotated["id"]
    assert listed[made["id"]]["last_used_at"] is not None
    assert listed[rotated["id"]]["last_used_at"] is None
    assert all(one["key"] is None for one in listed.values())
    for path in (made["id"], rotated["id"]):
        client.call("DELETE", f"/keys/{path}")
    # This function has not seen it before, so nothing is remembered.
    assert (
        refused(lambda: Client(client.base_url, rotated["key"]).call("GET", "/jobs")).status == 401
    )
    assert refused(lambda: client.call("DELETE", "/keys/0000000000")).code == "key_not_found"
    until(
        lambda: platform.count_events("ApiKeyRevoked", made["id"]),
        lambda count: count == 1,
        timeout_s=60,
    )


def test_answers_say_how_the_limit_stands(platform, client):
    """And a key that is spent is told when to come back; others of its account go on."""
    slow = client.call(
        "POST", "/keys", {"name": "slow", "scopes": ["jobs"], "requests_per_minute": 1}
    )
    request = urllib.request.Request(
        f"{client.base_url}/lipwire/v1/account", headers={"X-Api-Key": slow["key"]}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["RateLimit-Policy"] == '"account";q=6000;w=60'
    spent = Client(client.base_url, slow["key"])
    assert refused(lambda: spent.call("POST", "/jobs", {})).code == "invalid_request"
    error = refused(lambda: spent.call("POST", "/jobs", {}))
    assert (error.status, error.code) == (429, "rate_limited")
    assert (error.problem["limited_by"], error.problem["limit"]) == ("key", 1)
    assert refused(lambda: client.call("POST", "/jobs", {})).code == "invalid_request"


def test_operators_manage_keys_from_a_shell(platform, client):
    """`lipwire keys`, with the operator's own credentials."""
    account_id = platform.account_of(client)
    made = operator(platform, "create", account_id, "--test", "--expires-in-days", "1")
    assert made["api_key"].startswith("lw_test_")
    assert made["scopes"] == ["jobs", "uploads", "webhooks"]
    rotated = operator(platform, "rotate", made["public_id"], "--grace-seconds", "0")
    assert operator(platform, "revoke", rotated["public_id"]) == {"revoked": rotated["public_id"]}
    listed = {one["public_id"]: one for one in operator(platform, "list", account_id)["keys"]}
    assert listed[made["public_id"]]["replaced_by"] == rotated["public_id"]
    assert "revoked_at" in listed[rotated["public_id"]]
    assert not any("secret_sha256" in one or "api_key" in one for one in listed.values())
