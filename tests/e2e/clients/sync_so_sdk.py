"""The vendor's own SDK from PyPI, unmodified, in its own environment: reads one JSON object from stdin, prints one.

In: `base_url`, `key`, `poor_key` (of an account that can pay for next to nothing), `video`, `voice` (paths), `video_url`,
`voice_url`, `webhook_url`, `file` (where the result goes). Imports nothing of the server.
"""

import json
import sys
import time
from pathlib import Path

import httpx
from sync import Sync
from sync.common import ActiveSpeaker, Audio, GenerationOptions, Video
from sync.core.api_error import ApiError

given = json.load(sys.stdin)
client = Sync(api_key=given["key"], base_url=given["base_url"])
generations = client.generations
inputs = [Video(url=given["video_url"]), Audio(url=given["voice_url"])]
UNFINISHED = {"PENDING", "PROCESSING"}


def plain(model):
    """What the SDK understood, under the vendor's names."""
    return json.loads(model.json(by_alias=True))


def refused(call, **arguments):
    """Status and body of the error that the call ends in."""
    try:
        call(**arguments)
    except ApiError as error:
        body = error.body if isinstance(error.body, dict) else plain(error.body)
        return [error.status_code, body]
    return None


def ended(read, name):
    """What is read once it works no longer, and every status that was seen."""
    seen, until = [], time.monotonic() + 500
    while time.monotonic() < until:
        found = read(name)
        if found.status not in seen:
            seen.append(found.status)
        if found.status not in UNFINISHED:
            break
        time.sleep(0.5)
    if found.status != "COMPLETED":
        sys.exit(f"not completed: {found!r}")
    return found, seen


cost = generations.estimate_cost(model="lipsync-2", input=inputs)
once = {"additional_headers": {"Idempotency-Key": "one-take"}}
wanted = {
    "model": "lipsync-2",
    "input": inputs,
    "options": GenerationOptions(
        sync_mode="loop",
        temperature=0.7,
        active_speaker_detection=ActiveSpeaker(frame_number=3, coordinates=[225, 115]),
    ),
    "webhook_url": given["webhook_url"],
    "output_file_name": "my_take-1",
    "request_options": once,
}
created = generations.create(**wanted)
again = generations.create(**wanted)
lines = [
    {
        "request_id": name,
        "endpoint": "/v2/generate",
        "payload": {
            "model": "lipsync-1.9.0-beta",
            "input": [
                {"type": "video", "url": given["video_url"]},
                {"type": "audio", "url": given["voice_url"], "refId": "her"},
            ],
            "segments": [
                {"startTime": 0.6, "endTime": 1.4, "audioInput": {"refId": "her"}},
            ],
        },
    }
    for name in ("one",)
]
form = ("input.jsonl", "\n".join(map(json.dumps, lines)).encode(), "application/jsonl")
rehearsed = client.batch.create(input=form, dry_run=True)
batch = client.batch.create(input=form, webhook_url=given["webhook_url"])
files = {
    name: (Path(given[path]).name, Path(given[path]).read_bytes(), kind)
    for name, path, kind in (("video", "video", "video/mp4"), ("audio", "voice", "audio/wav"))
}
sent = generations.create_with_files(model="lipsync-2-pro", **files)
made, seen = ended(generations.get, created.id)
sent, _ = ended(generations.get, sent.id)
batch, _ = ended(client.batch.get, batch.id)
results = httpx.get(batch.output_url, timeout=60).raise_for_status().text.splitlines()
Path(given["file"]).write_bytes(httpx.get(made.output_url, timeout=60).raise_for_status().content)
library = client.assets.list(limit=50, types=["VIDEO", "AUDIO"])
poor = Sync(api_key=given["poor_key"], base_url=given["base_url"])
stranger = Sync(api_key="sk-of_somebody_else", base_url=given["base_url"])
json.dump(
    {
        "cost": [plain(one) for one in cost],
        "created": plain(created),
        "again": again.id,
        "seen": seen,
        "made": plain(made),
        "sent": plain(sent),
        "rehearsed": plain(rehearsed),
        "batch": plain(batch),
        "results": [json.loads(line) for line in results],
        "batches": [one.id for one in client.batch.list(status="COMPLETED")],
        "listed": [one.id for one in generations.list(status=["COMPLETED", "FAILED"])],
        "picked": [one.id for one in generations.list(ids=[made.id, sent.id])],
        "models": [one.id for one in client.models.list()],
        "library": plain(library),
        "asset": plain(client.assets.get(library.items[0].id)),
        "errors": {
            "a stranger's key": refused(stranger.models.list),
            "too dear": refused(poor.generations.create, model="sync-3", input=inputs),
            "unknown": refused(generations.get, id="job_" + "0" * 26),
            "no voice": refused(generations.create, model="lipsync-2", input=inputs[:1]),
        },
    },
    sys.stdout,
)
