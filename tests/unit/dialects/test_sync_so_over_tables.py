"""sync.so's routes through the whole frame, over tables in memory."""

import json
from typing import Any

import pytest

from lipwire.dialects.base import WireResponse
from lipwire.domain.assets import AssetStatus
from lipwire.domain.batches import Stop
from lipwire.domain.events import BatchCompleted, envelope
from lipwire.domain.webhooks import Answer, DeliveryStatus, delivery_id
from lipwire.usecases.fan_out_webhook import fan_out_webhook
from lipwire.usecases.fill_batches import fill_batches
from tests.support.goldens import BOUNDARY, a_form
from tests.support.memory_app import MemoryApp

TAKE = {
    "model": "lipsync-2",
    "input": [
        {"type": "video", "url": "https://media.test/v.mp4"},
        {"type": "audio", "url": "https://media.test/a.wav"},
    ],
}
FORM = {
    "model": "lipsync-2",
    "video": {"filename": "v.mp4", "content_type": "video/mp4", "text": "moving"},
    "audio": {"filename": "a.wav", "content_type": "audio/wav", "text": "spoken"},
}


class Sender:
    """A receiver that takes everything."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str], bytes]] = []

    def post(self, url: str, *, headers: dict[str, str], body: bytes) -> Answer:
        self.sent.append((url, headers, body))
        return Answer(status=200)


@pytest.fixture(scope="module")
def app() -> MemoryApp:
    """One account and its key."""
    return MemoryApp()


def post(app: MemoryApp, path: str, body: object, *, key: str | None = None) -> WireResponse:
    """The answer to JSON."""
    headers = {"content-type": "application/json"} | ({"idempotency-key": key} if key else {})
    return app.ask("POST", path, body=json.dumps(body).encode(), headers=headers)


def send(
    app: MemoryApp, path: str, form: dict[str, Any], *, key: str | None = None, boundary: str = "b"
) -> WireResponse:
    """The answer to a form."""
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    headers |= {"idempotency-key": key} if key else {}
    body = a_form(form).replace(BOUNDARY.encode(), boundary.encode())
    return app.ask("POST", path, body=body, headers=headers)


def got(app: MemoryApp, path: str, **query: str) -> Any:
    """The JSON there."""
    return json.loads(app.ask("GET", path, query=query).body)


def test_a_key_makes_one_generation_of_json_and_one_of_a_form(app):
    """Sent again under another boundary too; another body under the key is refused in the vendor's words."""
    first, again = (post(app, "/v2/generate", TAKE, key="take") for _ in range(2))
    assert (first.status, first.body) == (201, again.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    sent = [send(app, "/v2/generate", FORM, key="form", boundary=one) for one in ("b1", "b2")]
    assert sent[0].status == 201
    assert sent[0].body == sent[1].body
    other = post(app, "/v2/generate", TAKE | {"model": "sync-3"}, key="take")
    refused = json.loads(other.body)
    assert (other.status, refused["errorCode"]) == (400, "IDEMPOTENCY_KEY_REUSED")
    made = {json.loads(one.body)["id"] for one in (first, sent[0])}
    assert made <= {one["id"] for one in got(app, "/v2/generations", status="PENDING")}
    assert {one["id"] for one in got(app, "/v2/generations", ids=",".join(made))} == made


def test_an_estimate_is_what_is_held(app):
    """In dollars, of files that nobody has opened: five seconds at 60."""
    (cost,) = json.loads(post(app, "/v2/analyze/cost", TAKE).body)
    before = app.ledger.balance(app.account_id).held
    assert post(app, "/v2/generate", TAKE).status == 201
    held = app.ledger.balance(app.account_id).held - before
    assert cost == {"estimatedFrameCount": 300, "estimatedGenerationCost": 0.6}
    assert held == 0.6 * 20_000


def test_a_batch_is_rehearsed_made_listed_and_opened_by_its_token(app):
    """A rehearsal holds nothing, under a key neither; its results need no key, but the token."""
    line = json.dumps({"request_id": "one", "endpoint": "/v2/generate", "payload": TAKE})
    file = {"filename": "a.jsonl", "content_type": "application/jsonl", "text": line}
    before = app.ledger.balance(app.account_id).held
    for _ in range(2):
        rehearsed = send(app, "/v2/batch", {"input": file, "dry_run": "true"}, key="rehearsal")
        assert json.loads(rehearsed.body) == {"status": "VALIDATED"}
    assert app.ledger.balance(app.account_id).held == before
    assert got(app, "/v2/batch") == []
    made = send(app, "/v2/batch", {"input": file, "webhook_url": "https://hooks.test/b"})
    batch = json.loads(made.body)
    assert (made.status, batch["webhookUrl"]) == (201, "https://hooks.test/b")
    assert batch["status"] == "PENDING"
    assert got(app, "/v2/batch", status="PENDING") == [batch]
    assert got(app, "/v2/batch", status="PROCESSING") == []
    assert got(app, f"/v2/batch/{batch['id']}") == batch
    path, _, token = batch["outputUrl"].removeprefix("https://api.test").partition("?token=")
    app.key, kept = "", app.key
    opened = app.ask("GET", path, query={"token": token})
    closed = app.ask("GET", path, query={"token": token[:-1]})
    app.key = kept
    assert (opened.status, opened.body) == (200, "")
    assert (closed.status, json.loads(closed.body)["errorCode"]) == (404, "batch_not_found")


def test_a_large_batch_is_accepted_and_its_jobs_are_made_by_and_by(app):
    """Under a key once; shown with all its lines from the beginning; what is held follows the jobs that are made."""
    lines = "\n".join(
        json.dumps({"request_id": str(n), "endpoint": "/v2/generate", "payload": TAKE})
        for n in range(30)
    )
    file = {"filename": "a.jsonl", "content_type": "application/jsonl", "text": lines}
    before = app.ledger.balance(app.account_id).held
    first, again = (send(app, "/v2/batch", {"input": file}, key="large") for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    batch = json.loads(first.body)
    waits = {"total_generations": 30, "success_count": 0, "failed_count": 0, "pending_count": 30}
    assert (first.status, batch["status"], batch["metrics"]) == (201, "PENDING", waits)
    assert got(app, f"/v2/batch/{batch['id']}") == batch
    assert app.ledger.balance(app.account_id).held == before
    assert fill_batches(app.account_id, stores=app) == 30
    assert fill_batches(app.account_id, stores=app) == 0
    shown = got(app, f"/v2/batch/{batch['id']}")
    assert shown == batch | {"status": "JOBS_CREATED"}
    assert shown in got(app, "/v2/batch", status="JOBS_CREATED")
    jobs = app.batches.jobs(app.batches.get(batch["id"]))
    assert len({job.source_id for job in jobs}) == 1
    held = sum(job.held_millicredits for job in jobs)
    assert app.ledger.balance(app.account_id).held == before + held


@pytest.mark.parametrize("more", ['"request_id": "b"', '"other": NaN', '"payload": Infinity'])
def test_lines_are_read_as_strictly_as_bodies(app, more):
    """A field that is given twice, and numbers that JSON has not."""
    line = json.dumps({"request_id": "a", "endpoint": "/v2/generate", "payload": TAKE})
    file = {"filename": "a.jsonl", "content_type": "application/jsonl"}
    whole = file | {"text": line}
    assert send(app, "/v2/batch", {"input": whole, "dry_run": "true"}).status == 200
    spoiled = file | {"text": f"{line[:-1]}, {more}}}"}
    answer = send(app, "/v2/batch", {"input": spoiled, "dry_run": "true"})
    assert answer.status == 400
    assert "line 1 is not valid JSON" in answer.body


def test_lines_that_are_never_made_are_told_with_their_names_and_why():
    """In the batch's output as in the native view; what was made stands there as ever."""
    app = MemoryApp()
    lines = "\n".join(
        json.dumps({"request_id": f"n{n}", "endpoint": "/v2/generate", "payload": TAKE})
        for n in range(21)
    )
    file = {"filename": "a.jsonl", "content_type": "application/jsonl", "text": lines}
    batch = json.loads(send(app, "/v2/batch", {"input": file}).body)
    native = f"/lipwire/v1/batches/{batch['id']}"
    assert got(app, native).get("stopped") is None
    app.batches.stop(app.batches.get(batch["id"]), Stop.EXPIRED)
    path, _, token = batch["outputUrl"].removeprefix("https://api.test").partition("?token=")
    told = app.ask("GET", path, query={"token": token}).body.splitlines()
    found = [json.loads(line) for line in told]
    assert [one["request_id"] for one in found] == [f"n{n}" for n in range(21)]
    assert {(one["response"]["status"], one["response"]["error_code"]) for one in found} == {
        ("FAILED", "generation_expired")
    }
    assert [one["response"]["id"] for one in found] == got(app, native)["job_ids"]
    assert got(app, native)["stopped"] == "expired"


def test_an_upload_is_an_input_by_its_address(app):
    """Asked for, registered once it is there, and named by the address it was given."""
    upload = {"fileName": "v.mp4", "contentType": "video/mp4", "size": 1000}
    asked = json.loads(post(app, "/v2/assets/upload", upload).body)
    asset_id = asked["url"].split("/")[-2]
    row = app.assets.get(asset_id)
    assert row.status is AssetStatus.AWAITING_UPLOAD
    assert asset_id not in {one["id"] for one in got(app, "/v2/assets")["items"]}
    asset = json.loads(post(app, "/v2/assets", {"url": asked["url"], "type": "VIDEO"}).body)
    assert asset_id in {one["id"] for one in got(app, "/v2/assets")["items"]}
    assert asset["name"] == "v.mp4"
    inputs = [{"type": "video", "url": asked["url"]}, TAKE["input"][1]]
    made = json.loads(post(app, "/v2/generate", TAKE | {"input": inputs}).body)
    job = app.jobs.get(made["id"])
    assert job.source_id == asset["id"]
    assert made["input"][0]["url"] == asked["url"]


def test_segments_of_a_recorded_and_a_spoken_voice_are_accepted(app):
    """Two voices for one face; what is wrong with them is named."""
    inputs = [
        {"type": "video", "url": "https://media.test/v.mp4"},
        {"type": "audio", "url": "https://media.test/a.wav", "refId": "her"},
        {
            "type": "text",
            "provider": {"name": "elevenlabs", "voiceId": "x", "script": "Hello."},
            "refId": "him",
        },
    ]
    segments = [
        {"startTime": 0, "endTime": 1, "audioInput": {"refId": "her"}},
        {"startTime": 1, "endTime": 2, "audioInput": {"refId": "him"}},
    ]
    made = post(app, "/v2/generate", TAKE | {"input": inputs, "segments": segments})
    assert made.status == 201, made.body
    assert json.loads(made.body)["segments"] == segments
    wrong = post(app, "/v2/generate", TAKE | {"input": inputs, "segments": segments[::-1]})
    assert wrong.status == 400
    assert "segments" in json.loads(wrong.body)["message"]


def test_the_end_of_a_batch_reaches_its_own_url(app):
    """From the event to the request: one delivery, in the vendor's words, with both signatures."""
    line = json.dumps({"request_id": "one", "endpoint": "/v2/generate", "payload": TAKE})
    file = {"filename": "a.jsonl", "content_type": "application/jsonl", "text": line}
    form = {"input": file, "webhook_url": "https://hooks.test/b"}
    batch = json.loads(send(app, "/v2/batch", form).body)
    event = envelope(
        BatchCompleted(batch_id=batch["id"], succeeded=0, failed=0, canceled=1),
        event_id=app.ids.new("evt"),
        account_id=app.account_id,
        occurred_at=app.clock.now(),
        correlation_id=batch["id"],
    )
    targets = fan_out_webhook(
        event,
        jobs=app.jobs,
        batches=app.batches,
        endpoints=app.endpoints,
        deliveries=app.deliveries,
        queue=app.delivery_queue,
        clock=app.clock,
    )
    assert targets == 1
    sender = Sender()
    delivered = app.deliver(delivery_id(event.metadata.id, "batch"), sender)
    assert delivered.status is DeliveryStatus.DELIVERED
    ((url, headers, body),) = sender.sent
    assert url == "https://hooks.test/b"
    assert json.loads(body) == batch
    assert {"sync-signature", "webhook-signature"} <= set(headers)
