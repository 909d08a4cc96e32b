"""A batch over HTTP: accepted as one, canceled as one, told of once."""

import pytest

from infra.local.client import ApiError
from tests.support.platform import until

UPLOAD = {"filename": "a.png", "content_type": "image/png", "size_bytes": 9}


def test_a_batch_is_held_canceled_and_told_of_as_one(platform):
    """One hold per job; once all have ended nothing is held, and `BatchCompleted` is told once."""
    client = platform.new_client()
    asset = {"asset_id": client.call("POST", "/uploads", UPLOAD)["asset_id"]}
    made = client.call("POST", "/batches", {"source": asset, "speeches": [asset] * 3, "name": "b"})
    path = f"/batches/{made['id']}"
    assert (made["status"], made["counts"]) == ("processing", {"queued": 3})
    # Not what the account holds by now: nothing is ever uploaded, and a job of it may have failed already.
    for job in made["jobs"]:
        entries = platform.ledger_entries(client, job["id"])
        (hold,) = (one for one in entries if one["kind"] == "HOLD")
        assert int(hold["amount_millicredits"]) == job["credits"]["held_millicredits"] > 0
    ended = client.call("POST", f"{path}/cancel")
    assert (ended["status"], sum(ended["counts"].values())) == ("completed", 3)
    until(lambda: client.call("GET", path)["completed_at"], bool, timeout_s=60)
    assert client.call("GET", "/account")["credits"]["held_millicredits"] == 0
    assert platform.count_events("BatchCompleted", made["id"]) == 1
    assert [one["id"] for one in client.call("GET", "/batches")["items"]] == [made["id"]]


def test_a_batch_that_cannot_be_paid_whole_leaves_nothing(platform):
    """No job of it, although each alone could be paid."""
    client = platform.new_client(credits=10)
    asset = {"asset_id": client.call("POST", "/uploads", UPLOAD)["asset_id"]}
    with pytest.raises(ApiError) as refused:
        client.call("POST", "/batches", {"source": asset, "speeches": [asset] * 3})
    assert refused.value.code == "insufficient_credits"
    assert client.call("GET", "/jobs")["items"] == client.call("GET", "/batches")["items"] == []
    assert client.call("GET", "/account")["credits"]["held_millicredits"] == 0
