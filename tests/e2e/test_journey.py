"""What a user does, over HTTP, on the deployed platform with IAM enforced."""

import json
import time
import urllib.error
import urllib.request
import wave
from pathlib import Path

import pytest

from infra.local.client import ApiError, Client, download
from infra.local.receiver import Receiver
from lipwire.domain.jobs import TEST_MARK

DONE_S = 120


@pytest.fixture
def client(platform) -> Client:
    """A fresh account with 1,000 credits."""
    return platform.new_client(credits=1000)


def credits_of(client: Client) -> dict[str, int]:
    """The balance of the client's account."""
    return client.call("GET", "/account")["credits"]


def test_a_portrait_speaks(platform, client, portrait, voice, tmp_path):
    """Upload, job, progress, signed webhook, output, settled credits: the whole story."""
    receiver = Receiver()
    with receiver.running():
        endpoint = client.call("POST", "/webhook-endpoints", {"url": receiver.url})
        receiver.trust(endpoint["secret"])
        before = credits_of(client)
        source, speech = client.upload(portrait, "image/png"), client.upload(voice, "audio/wav")
        made = client.create_job(source, speech, name="hello", metadata={"scene": "7"})
        assert made["status"] == "queued"
        assert made["credits"]["held_millicredits"] > 0
        seen = set()
        job = client.finish(made["id"], timeout_s=DONE_S, told=lambda j: seen.add(j["progress"]))
        assert job["status"] == "succeeded", job["error"]
        assert len(seen) > 1
        assert job["metadata"] == {"scene": "7"}
        output = job["output"]
        assert (output["width"], output["height"], output["fps"]) == (512, 512, "25")
        with wave.open(str(voice)) as file:
            voice_ms = file.getnframes() * 1000 / file.getframerate()
        assert abs(output["duration_ms"] - voice_ms) <= 41
        result = tmp_path / "out.mp4"
        download(output["url"], result)
        assert result.stat().st_size == output["size_bytes"]
        download(output["cover_url"], tmp_path / "cover.jpg")
        assert (tmp_path / "cover.jpg").read_bytes()[:2] == b"\xff\xd8"

        told = receiver.wait(30)
        assert told.verified
        assert told.payload["type"] == "job.succeeded"
        assert told.payload["data"]["id"] == job["id"]
        download(told.payload["data"]["output"]["url"], tmp_path / "again.mp4")

        after = credits_of(client)
        charged = job["credits"]["charged_millicredits"]
        assert after["balance_millicredits"] == before["balance_millicredits"] - charged
        assert after["held_millicredits"] == 0
        assert charged == -(-output["frames"] * 1000 // 25)
    assert platform.count_events("JobSucceeded", job["id"]) == 1


def test_a_test_key_makes_a_free_marked_output_and_its_own_url_is_told(
    client, portrait, voice, tmp_path
):
    """Signed with the account's secret; a receiver that fails first is tried again."""
    asked = {"name": "trying out", "mode": "test", "scopes": ["jobs", "uploads"]}
    owner, client = client, Client(client.base_url, client.call("POST", "/keys", asked)["key"])
    before = credits_of(owner)
    receiver = Receiver()
    with receiver.running():
        receiver.trust(owner.call("GET", "/account")["webhook_secret"])
        assert client.call("GET", "/account")["webhook_secret"] is None
        receiver.answers.put(500)
        job = client.create_job(
            client.upload(portrait, "image/png"),
            client.upload(voice, "audio/wav"),
            webhook_url=receiver.url,
        )
        first, second = receiver.wait(DONE_S), receiver.wait(30)
        assert first.verified
        assert second.verified
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        told = second.payload["data"]
        assert (told["id"], told["test"]) == (job["id"], True)
        assert told["credits"]["charged_millicredits"] == 0
        download(told["output"]["url"], tmp_path / "marked.mp4")
        assert TEST_MARK.encode() in (tmp_path / "marked.mp4").read_bytes()
    assert credits_of(owner) == before


def test_an_asset_shows_what_was_found(client, portrait, voice):
    """The probe, then the face analysis."""
    source, speech = client.upload(portrait, "image/png"), client.upload(voice, "audio/wav")
    asset = eventually(
        lambda: client.call("GET", f"/assets/{source}"),
        lambda asset: asset["analysis"]["status"] == "done",
    )
    assert asset["media"]["kind"] == "image"
    assert asset["analysis"]["faces"] == 1
    sound = eventually(
        lambda: client.call("GET", f"/assets/{speech}"), lambda asset: asset["status"] == "ready"
    )
    assert sound["media"]["kind"] == "audio"
    listed = client.call("GET", "/assets?limit=1")
    assert [item["id"] for item in listed["items"]] == [speech]
    rest = client.call("GET", f"/assets?limit=1&cursor={listed['next_cursor']}")
    assert [item["id"] for item in rest["items"]] == [source]
    assert rest["next_cursor"] is None
    client.call("DELETE", f"/assets/{source}")
    with pytest.raises(ApiError) as caught:
        client.call("GET", f"/assets/{source}")
    assert caught.value.code == "asset_not_found"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/jobs/job_00000000000000000000000000", None, 404, "job_not_found"),
        ("GET", "/jobs/nonsense", None, 404, "job_not_found"),
        ("GET", "/assets/ast_00000000000000000000000000", None, 404, "asset_not_found"),
        ("GET", "/nowhere", None, 404, "route_not_found"),
        ("GET", "/jobs?limit=0", None, 422, "invalid_request"),
        ("GET", "/jobs?cursor=rubbish", None, 400, "invalid_cursor"),
        ("GET", "/jobs?status=sleeping", None, 422, "invalid_request"),
        ("POST", "/jobs", {"source": {}}, 422, "invalid_request"),
        ("POST", "/jobs", {"surprise": 1}, 422, "invalid_request"),
        (
            "POST",
            "/uploads",
            {"filename": "a", "content_type": "x", "size_bytes": 1},
            422,
            "invalid_request",
        ),
        (
            "POST",
            "/uploads",
            {"filename": "a", "content_type": "video/mp4", "size_bytes": 10**12},
            422,
            "media_too_large",
        ),
        ("POST", "/webhook-endpoints", {"url": "http://example.com/"}, 422, "invalid_webhook_url"),
        ("POST", "/webhook-endpoints", {"url": "https://10.0.0.1/"}, 422, "invalid_webhook_url"),
    ],
)
def test_bad_input_is_named(client, method, path, body, status, code):
    """A stable code, a sentence that helps, a request id."""
    with pytest.raises(ApiError) as caught:
        client.call(method, path, body)
    problem = caught.value.problem
    assert (caught.value.status, problem["code"]) == (status, code)
    assert problem["detail"]
    assert problem["request_id"]


@pytest.mark.parametrize("key", ["", "lw_live_0123456789_nonsense", "Bearer"])
def test_a_bad_key_is_refused(platform, key):
    """Missing, junk, malformed: 401 and the way to mend it."""
    with pytest.raises(ApiError) as caught:
        Client(platform.base_url, key).call("GET", "/account")
    assert (caught.value.status, caught.value.code) == (401, "unauthenticated")


def test_either_key_header_works(platform, client):
    """`X-Api-Key` as well as `Authorization`."""
    request = urllib.request.Request(
        f"{platform.base_url}/lipwire/v1/account", headers={"X-Api-Key": client.api_key}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


def test_the_documents_need_no_key(platform):
    """OpenAPI and the page people read."""
    with urllib.request.urlopen(f"{platform.base_url}/openapi.json") as answer:
        document = json.load(answer)
    assert document["openapi"].startswith("3.1")
    with urllib.request.urlopen(f"{platform.base_url}/docs") as answer:
        assert b"/lipwire/v1/jobs" in answer.read()


@pytest.mark.fault(20)
def test_an_upload_takes_exactly_its_bytes(client, voice):
    """The URL is signed for the size that was promised."""
    made = client.call(
        "POST", "/uploads", {"filename": "a.wav", "content_type": "audio/wav", "size_bytes": 10}
    )
    put = urllib.request.Request(made["upload"]["url"], method="PUT", data=voice.read_bytes())
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(put)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("never uploaded", "upload_incomplete"),
        ("empty text", "unsupported_media"),
        ("silence", "silent_speech"),
        ("no face", "no_face"),
        ("sound as source", "wrong_asset_kind"),
    ],
)
@pytest.mark.fault(28, 38)
def test_what_cannot_be_rendered_fails_unpaid(
    platform, client, portrait, voice, tmp_path, what, code
):
    """A stable code, the hold released, a webhook, and no Batch attempt where the probe can know it."""
    source = {"sound as source": voice}.get(what, portrait)
    if what == "no face":
        source = _picture_without_face(tmp_path / "wall.png")
    speech = voice
    if what == "silence":
        speech = _wav(tmp_path / "silence.wav", b"\0\0" * 16000)
    if what == "empty text":
        speech = tmp_path / "speech.wav"
        speech.write_text("hello")
    before = platform.count_batch_jobs("render-")
    receiver = Receiver()
    with receiver.running():
        receiver.trust(client.call("GET", "/account")["webhook_secret"])
        source_id = client.upload(source, "application/octet-stream")
        if what == "never uploaded":
            body = {"filename": "a", "content_type": "audio/wav", "size_bytes": 5}
            speech_id = client.call("POST", "/uploads", body)["asset_id"]
        else:
            speech_id = client.upload(speech, "audio/wav")
        refused: ApiError | None = None
        try:
            job = client.create_job(source_id, speech_id, webhook_url=receiver.url)
        except ApiError as error:
            refused = error
        if refused is None:
            ended = client.finish(job["id"], timeout_s=DONE_S)
            assert ended["status"] == "failed"
            assert ended["error"]["code"] == code
            assert ended["error"]["message"]
            told = receiver.wait(30)
            assert told.verified
            assert told.payload["type"] == "job.failed"
            assert told.payload["data"]["error"]["code"] == code
        else:
            # The probe was faster than this test: what it knows is refused before there is a job.
            assert what in {"empty text", "sound as source"}
            assert refused.status == 422
            assert code in json.dumps(refused.problem)
    balance = credits_of(client)
    assert balance["held_millicredits"] == 0
    assert balance["available_millicredits"] == 1_000_000
    if what != "no face":
        assert platform.count_batch_jobs("render-") == before


def test_a_job_that_cannot_be_paid_is_refused(platform, portrait, voice):
    """402 before anything is written."""
    poor = platform.new_client(credits=1)
    source, speech = poor.upload(portrait, "image/png"), poor.upload(voice, "audio/wav")
    with pytest.raises(ApiError) as caught:
        poor.create_job(source, speech)
    assert (caught.value.status, caught.value.code) == (402, "insufficient_credits")
    assert poor.call("GET", "/jobs")["items"] == []


def test_another_accounts_things_answer_like_unknown_ones(platform, client, portrait):
    """404, word for word."""
    asset = client.upload(portrait, "image/png")
    stranger = platform.new_client(credits=1)
    answers = []
    for path in (f"/assets/{asset}", "/assets/ast_00000000000000000000000000"):
        with pytest.raises(ApiError) as caught:
            stranger.call("GET", path)
        problem = dict(caught.value.problem)
        problem.pop("request_id")
        answers.append((caught.value.status, problem))
    assert answers[0] == answers[1]


def eventually(look, holds, *, timeout_s: float = 60):
    """What `look` gives once `holds` is true of it."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = look()
        if holds(found):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.3)


def _wav(path: Path, samples: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples)
    return path


def _picture_without_face(path: Path) -> Path:
    from PIL import Image

    Image.linear_gradient("L").resize((400, 400)).convert("RGB").save(path)
    return path
