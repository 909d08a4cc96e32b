"""Webhooks on the deployed platform, with IAM enforced and nothing rendered: jobs that are canceled tell it."""

import contextlib
from collections.abc import Iterator

import pytest

from infra.local.client import Client
from infra.local.receiver import Receiver
from tests.support.platform import until

TOLD_S = 60


@pytest.fixture
def client(platform) -> Client:
    """A fresh account."""
    return platform.new_client()


@contextlib.contextmanager
def receiver(*answers: int) -> Iterator[Receiver]:
    """A receiver that answers these first."""
    made = Receiver()
    for status in answers:
        made.answers.put(status)
    with made.running():
        yield made


def canceled_job(client: Client, **fields: object) -> str:
    """A job that was called off before its uploads arrived."""
    upload = {"filename": "a.mp4", "content_type": "video/mp4", "size_bytes": 1000}
    source, speech = (client.call("POST", "/uploads", upload)["asset_id"] for _ in range(2))
    body = {"source": {"asset_id": source}, "speech": {"asset_id": speech}, **fields}
    job_id: str = client.call("POST", "/jobs", body)["id"]
    client.call("POST", f"/jobs/{job_id}/cancel")
    return job_id


def test_endpoint_and_own_url_are_told_and_a_failure_is_tried_again(client):
    """Each signed with its own secret; the second try has the first one's id and a time of its own."""
    with receiver(500) as registered, receiver() as once:
        endpoint = client.call("POST", "/webhook-endpoints", {"url": registered.url})
        registered.trust(endpoint["secret"])
        once.trust(client.call("GET", "/account")["webhook_secret"])
        job_id = canceled_job(client, webhook_url=once.url)
        told = once.wait(TOLD_S)
        first, second = registered.wait(TOLD_S), registered.wait(TOLD_S)
    for one in (told, first, second):
        assert one.verified
        assert one.payload["type"] == "job.canceled"
        assert (one.payload["data"]["id"], one.payload["data"]["status"]) == (job_id, "canceled")
        assert one.headers["webhook-id"] == told.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) >= 4


def test_gone_disables_an_endpoint(platform, client):
    """It says so in the list and on the bus, and is told no more."""
    with receiver(410) as gone:
        endpoint = client.call("POST", "/webhook-endpoints", {"url": gone.url})
        gone.trust(endpoint["secret"])
        canceled_job(client)
        assert gone.wait(TOLD_S).verified
        until(
            lambda: client.call("GET", "/webhook-endpoints")["items"][0]["status"],
            lambda status: status == "disabled",
            timeout_s=60,
        )
        assert platform.count_events("WebhookEndpointDisabled", endpoint["id"]) == 1
        other = client.call("POST", "/webhook-endpoints", {"url": gone.url})
        gone.trust(other["secret"])
        canceled_job(client)
        assert gone.wait(TOLD_S).verified
        assert gone.deliveries.empty()


def test_filters_are_kept_and_a_deleted_endpoint_is_not_told(client):
    """Only what was asked for, only while it is asked for."""
    with receiver() as failures, receiver() as deleted, receiver() as all_of_it:
        wanted = {"url": failures.url, "event_types": ["job.failed"]}
        client.call("POST", "/webhook-endpoints", wanted)
        doomed = client.call("POST", "/webhook-endpoints", {"url": deleted.url})
        client.call("DELETE", f"/webhook-endpoints/{doomed['id']}")
        endpoint = client.call("POST", "/webhook-endpoints", {"url": all_of_it.url})
        all_of_it.trust(endpoint["secret"])
        canceled_job(client)
        assert all_of_it.wait(TOLD_S).verified
        assert failures.deliveries.empty()
        assert deleted.deliveries.empty()


def test_an_endpoint_is_tried_rotated_read_and_replayed(platform, client):
    """Over HTTP: a test event, two signatures after a rotation, the log, a replay, disabled and enabled again."""
    with receiver() as there:
        endpoint = client.call("POST", "/webhook-endpoints", {"url": there.url})
        path = f"/webhook-endpoints/{endpoint['id']}"
        there.trust(endpoint["secret"])
        made = client.call("POST", f"{path}/test")
        tried = there.wait(TOLD_S)
        assert (tried.verified, tried.payload["type"]) == (True, "webhook.test")
        rotated = client.call("POST", f"{path}/rotate-secret", {"overlap_s": 600})
        assert rotated["secret"] != endpoint["secret"]
        job_id = canceled_job(client)
        told = there.wait(TOLD_S)
        assert told.verified
        assert len(told.headers["webhook-signature"].split()) == 2
        there.trust(rotated["secret"])
        (newest, oldest) = until(
            lambda: client.call("GET", f"/webhook-deliveries?endpoint_id={endpoint['id']}")[
                "items"
            ],
            lambda items: [one["status"] for one in items] == ["delivered"] * 2,
            timeout_s=60,
        )
        assert (oldest["id"], newest["job_id"]) == (made["id"], job_id)
        read = client.call("GET", f"/webhook-deliveries/{newest['id']}")
        assert [(one["number"], one["status"]) for one in read["log"]] == [(1, 200)]
        again = client.call("POST", f"/webhook-deliveries/{newest['id']}/replay")
        assert again["replay_of"] == newest["id"]
        repeated = there.wait(TOLD_S)
        assert repeated.verified
        assert repeated.headers["webhook-id"] == told.headers["webhook-id"]
        assert repeated.payload["sequence"] == told.payload["sequence"]
        body = {"since": endpoint["created_at"], "statuses": ["delivered"]}
        assert client.call("POST", f"{path}/replay", body) == {"replayed": 2, "next_cursor": None}
        assert {there.wait(TOLD_S).payload["type"] for _ in range(2)} == {
            "webhook.test",
            "job.canceled",
        }
        disabled = client.call("PATCH", path, {"status": "disabled"})
        assert disabled["disabled_reason"] == "by its owner"
        shown = client.call("GET", path)
        assert (shown["status"], shown["secret"]) == ("disabled", None)
        assert client.call("PATCH", path, {"status": "enabled"})["status"] == "enabled"
