"""JoggAI over plain HTTP, in the order of its own runner: reads one JSON object from stdin, prints one.

In: `base_url`, `key`, `video`, `voice` (paths), `webhook_url`, `file`. Imports nothing of the server.
"""

import json
import sys
import time
from pathlib import Path

import requests

given = json.load(sys.stdin)
headers = {"x-api-key": given["key"], "x-api-platform": "openclaw"}


def call(method, path, *, prefix="/v2", **arguments):
    """HTTP status and envelope."""
    url = f"{given['base_url']}{prefix}/{path}"
    answer = requests.request(method, url, headers=headers, timeout=60, **arguments)
    return answer.status_code, answer.json()


def upload(path, content_type):
    """The file's asset_url."""
    body = {"filename": Path(path).name, "content_type": content_type}
    body["file_size"] = Path(path).stat().st_size
    data = call("POST", "upload/asset", json=body)[1]["data"]
    put = requests.put(
        data["sign_url"],
        data=Path(path).read_bytes(),
        headers={"Content-Type": content_type},
        timeout=60,
    )
    put.raise_for_status()
    return data["asset_url"]


events = ["generated_lip_sync_video_success", "generated_lip_sync_video_failed"]
hook = {"url": given["webhook_url"], "events": events, "status": "enabled"}
endpoint = call("POST", "endpoint", json=hook)[1]["data"]

inputs = {
    "video_url": upload(given["video"], "video/mp4"),
    "audio_url": upload(given["voice"], "audio/wav"),
    "playback_type": "normal_reverse_by_audio",
}
before = call("GET", "lip_sync_video", params=inputs)
made = call("POST", "create_lip_sync_video", prefix="/open/v2", json=inputs)[1]["data"]
seen = []
while True:
    task = call("GET", f"lip_sync_video/{made['task_id']}")[1]["data"]
    seen.append(task["status"])
    if task["status"] in {"success", "failed"}:
        break
    time.sleep(0.5)
found = call("GET", "lip_sync_video", params=inputs)[1]["data"]
if task["status"] == "success":
    Path(given["file"]).write_bytes(requests.get(task["data"]["result_url"], timeout=60).content)
listed = call("GET", "endpoints")[1]["data"]["endpoints"]
refused = {
    "unknown": call("GET", "lip_sync_video/00000000-0000-0000-0000-000000000000"),
    "no voice": call("POST", "create_lip_sync_video", json={"video_url": inputs["video_url"]}),
}
headers["x-api-key"] = "nonsense"
refused["bad key"] = call("GET", "endpoints")
json.dump(
    {
        "endpoint": endpoint,
        "made": made,
        "task": task,
        "seen": seen,
        "found": found,
        "listed": listed,
        "refused": {name: [one[0], one[1]["code"]] for name, one in refused.items()},
        "before": [before[0], before[1]["code"]],
    },
    sys.stdout,
)
