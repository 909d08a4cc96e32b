"""Two accounts on the deployed platform, and raw answers: what one sees of the other."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.local.client import Client
from lipwire.dialects.base import Operation

#: Which kind of thing the `{id}` of an operation's path names.
KIND_OF: dict[Operation, str] = {
    Operation.COMPLETE_UPLOAD: "asset",
    Operation.GIVE_UP_UPLOAD: "asset",
    Operation.GET_ASSET: "asset",
    Operation.DELETE_ASSET: "asset",
    Operation.GET_SPEECH: "asset",
    # A job is made below the shot that it is of.
    Operation.CREATE_JOB: "asset",
    Operation.GET_JOB: "job",
    Operation.CANCEL_JOB: "job",
    Operation.DELETE_JOB: "job",
    Operation.GET_BATCH: "batch",
    Operation.CANCEL_BATCH: "batch",
    Operation.READ_BATCH_OUTPUT: "batch",
    Operation.GET_ENDPOINT: "endpoint",
    Operation.UPDATE_ENDPOINT: "endpoint",
    Operation.DELETE_ENDPOINT: "endpoint",
    Operation.ROTATE_SECRET: "endpoint",
    Operation.SEND_TEST_EVENT: "endpoint",
    Operation.REPLAY_DELIVERIES: "endpoint",
    Operation.GET_DELIVERY: "delivery",
    Operation.REPLAY_DELIVERY: "delivery",
    Operation.ROTATE_KEY: "key",
    Operation.REVOKE_KEY: "key",
}
#: What a request must say to come as far as its id.
BODY_OF: dict[Operation, object] = {
    Operation.UPDATE_ENDPOINT: {"description": "mine now"},
    Operation.ROTATE_SECRET: {},
    Operation.ROTATE_KEY: {},
    Operation.REPLAY_DELIVERIES: {"since": "2026-01-01T00:00:00Z"},
    Operation.CREATE_JOB: {"audio_id": str(UUID(int=0)), "output_filename": "mine.mp4"},
}
UNKNOWN = {
    "asset": f"ast_{'0' * 26}",
    "job": f"job_{'0' * 26}",
    "batch": f"bat_{'0' * 26}",
    "endpoint": f"whe_{'0' * 26}",
    "delivery": f"dlv_{'0' * 26}",
    "key": "0" * 10,
}


@dataclass(frozen=True)
class Raw:
    """An answer as it came."""

    status: int
    body: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)

    def without_request_id(self) -> tuple[int, str, str]:
        """All that two answers to the same question have in common."""
        said = self.body.replace(self.headers.get("x-request-id", "\0"), "-")
        return self.status, said, self.headers.get("content-type", "")


def ask(client: Client, method: str, path: str, body: object = None, **headers: str) -> Raw:
    """The answer to one request on any path of the origin."""
    request = urllib.request.Request(
        f"{client.base_url}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {client.api_key}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return _raw(answer.status, answer)
    except urllib.error.HTTPError as exc:
        return _raw(exc.code, exc)


def owned(client: Client) -> dict[str, str]:
    """One thing of each kind, by kind."""
    upload = {"filename": "a.png", "content_type": "image/png", "size_bytes": 9}
    asset = client.call("POST", "/uploads", upload)["asset_id"]
    job = client.create_job(asset, asset)["id"]
    endpoint = client.call("POST", "/webhook-endpoints", {"url": "https://example.com/hook"})["id"]
    delivery = client.call("POST", f"/webhook-endpoints/{endpoint}/test")["id"]
    ref = {"asset_id": asset}
    batch = client.call("POST", "/batches", {"source": ref, "speeches": [ref]})["id"]
    client.call("POST", f"/batches/{batch}/cancel")
    spoken = client.call("POST", "/speech", {"text": "Hello."})["asset_id"]
    key = client.call("GET", "/keys")["items"][0]["id"]
    shot = {"file_name": "a.mp4", "content_type": "video/mp4"}
    video = ask(client, "POST", "/v1/video", shot).json["data"]
    voice = {"file_name": "a.mp3", "content_type": "audio/mpeg", "size_bytes": 9}
    audio = ask(client, "POST", "/v1/audio", voice).json["data"]["audio_id"]
    number = video["actor_id"]
    render = {"output_filename": "a.mp4", "video_id": number, "audio_id": audio}
    made = ask(client, "POST", "/v1/renders", render).json["data"]
    return {
        # As LipDub's clients know them.
        "video_id": video["video_id"],
        "audio_id": audio,
        "shot_id": str(number),
        "generate_id": str(made["generate_id"]),
        "asset": asset,
        "job": job,
        "speech": spoken,
        "endpoint": endpoint,
        "delivery": delivery,
        "key": key,
        "batch": batch,
    }


def _raw(status: int, answer: Any) -> Raw:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Raw(status, answer.read().decode(), headers)
