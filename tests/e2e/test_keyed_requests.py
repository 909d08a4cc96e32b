"""`Idempotency-Key` over HTTP, on every route that makes something."""

import pytest

from lipwire import dialects
from lipwire.dialects.base import CREATES, Operation
from tests.support.tenants import ask

NATIVE = {
    route.operation: route.path
    for route in dialects.load("native").routes
    if route.operation in CREATES
}
UPLOAD = {"filename": "a.png", "content_type": "image/png", "size_bytes": 9}


@pytest.fixture(scope="module")
def client(platform):
    """An account with credits."""
    return platform.new_client()


@pytest.fixture(scope="module")
def bodies(client):
    """Something to make by each operation, and something else."""
    asset = {"asset_id": client.call("POST", "/uploads", UPLOAD)["asset_id"]}
    job = {"source": asset, "speech": asset}
    hook = {"url": "https://example.com/hook"}
    return {
        Operation.CREATE_UPLOAD: (UPLOAD, UPLOAD | {"size_bytes": 8}),
        Operation.CREATE_JOB: (job, job | {"name": "another"}),
        Operation.CREATE_KEY: (
            {"name": "a", "scopes": ["jobs"]},
            {"name": "b", "scopes": ["jobs"]},
        ),
        Operation.CREATE_BATCH: ({"jobs": [job]}, {"jobs": [job], "name": "another"}),
        Operation.CREATE_SPEECH: ({"text": "One."}, {"text": "Two."}),
        Operation.CREATE_ENDPOINT: (hook, hook | {"description": "another"}),
    }


def test_every_route_that_makes_something_takes_a_key():
    """Natively at least; a vendor's own follow the operation."""
    assert set(NATIVE) == CREATES - {Operation.CREATE_UPLOADS}


@pytest.mark.fault(1, 2)
@pytest.mark.parametrize(
    "operation", ["create_upload", "create_job", "create_key", "create_batch", "create_endpoint"]
)
def test_a_repeat_is_a_replay_byte_for_byte(client, bodies, operation):
    """Status, body and headers; another body is refused, another key makes another."""
    path, (body, other) = NATIVE[operation], bodies[operation]
    key = {"Idempotency_Key": f"{operation}-1"}
    first = ask(client, "POST", path, body, **key)
    again = ask(client, "POST", path, dict(reversed(body.items())), **key)
    assert first.status in {201, 202}
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    refused = ask(client, "POST", path, other, **key)
    assert (refused.status, refused.json["code"]) == (422, "idempotency_key_reused")
    fresh = ask(client, "POST", path, body, Idempotency_Key=f"{operation}-2")
    assert fresh.body != first.body


def test_a_rotation_under_a_key_is_replayed(client):
    """With the new key's text: a key can be rotated once only, so whoever missed the answer would have lost it."""
    made = client.call("POST", "/keys", {"name": "to rotate", "scopes": ["jobs"]})
    path = NATIVE[Operation.ROTATE_KEY].replace("{id}", made["id"])
    first, again = (ask(client, "POST", path, {}, Idempotency_Key="rotate-1") for _ in range(2))
    assert first.status == 201
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "body"),
    [("rotate-secret", {}), ("test", {}), ("replay", {"since": "2026-01-01T00:00:00Z"})],
)
def test_what_is_asked_of_an_endpoint_under_a_key_is_done_once(client, path, body):
    """The secret that was shown first is the one that signs; nothing is sent twice."""
    made = client.call("POST", "/webhook-endpoints", {"url": "https://example.com/hook"})["id"]
    path, key = f"/lipwire/v1/webhook-endpoints/{made}/{path}", {"Idempotency_Key": f"{path}-1"}
    first, again = (ask(client, "POST", path, body, **key) for _ in range(2))
    assert first.status in {200, 201, 202}, first.body
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["idempotent-replayed"] == "true"


def test_several_uploads_under_a_key_are_one_answer(client):
    """In the words of a vendor who asks for them so."""
    body = {"items": [{"type": "video", "extension": "mp4"}] * 2}
    first, again = (
        ask(client, "POST", "/v1/files/upload-urls", body, Idempotency_Key="urls-1")
        for _ in range(2)
    )
    assert (again.status, again.body) == (first.status, first.body) == (200, first.body)
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.fault(4)
@pytest.mark.parametrize("key", ["", "a" * 129, "a b", "one,two"])
def test_what_is_no_key_is_refused(client, key):
    """Before anything is made."""
    refused = ask(client, "POST", NATIVE[Operation.CREATE_UPLOAD], UPLOAD, Idempotency_Key=key)
    assert (refused.status, refused.json["code"]) == (400, "invalid_idempotency_key")
