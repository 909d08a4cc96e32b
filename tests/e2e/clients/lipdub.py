"""LipDub over plain HTTP, in the order of its own guide: reads one JSON object from stdin, prints one.

In: `base_url`, `key`, `video`, `voice` (paths), `video_url`, `callback_url`, `file`, `render_file`.
Imports nothing of the server.
"""

import json
import sys
import time
from pathlib import Path
from urllib.parse import urljoin

import requests

given = json.load(sys.stdin)
ORIGIN = given["base_url"]
headers = {"X-Api-Key": given["key"]}


def call(method, url, **arguments):
    """HTTP status and body; a URL without a host is a path of the origin."""
    url = ORIGIN + url if url.startswith("/") else url
    answer = requests.request(method, url, headers=headers, timeout=60, **arguments)
    return answer.status_code, answer.json()


def data(method, url, **arguments):
    """What stands in the answer's `data`."""
    status, body = call(method, url, **arguments)
    assert status < 300, (method, url, status, body)
    return body["data"]


def send(path, kind, content_type):
    """The answer to an upload whose bytes have been sent."""
    about = {"file_name": Path(path).name, "content_type": content_type}
    about["size_bytes"] = Path(path).stat().st_size
    upload = data("POST", f"/v1/{kind}", json=about)
    put = requests.put(
        upload["upload_url"],
        data=Path(path).read_bytes(),
        headers={"Content-Type": content_type},
        timeout=60,
    )
    put.raise_for_status()
    return upload


def until(path, word, done):
    """Every answer of the path, until its word is one of those."""
    seen = []
    while not seen or seen[-1][word] not in done:
        time.sleep(0.5 if seen else 0)
        seen.append(data("GET", path))
    return seen


# 1) Video: the ways in which clients join success_url to what they were configured with.
video = send(given["video"], "video", "video/mp4")
path = video["success_url"]
joined = {
    "origin and path": data("POST", ORIGIN + path),
    "base with /v1, path without": data("POST", f"{ORIGIN}/v1" + path.removeprefix("/v1")),
    "as a browser would": data("POST", urljoin(f"{ORIGIN}/v1/video", path)),
    "base that ends in a slash": data("POST", f"{ORIGIN}/" + path),
    "base with /v1 and path": data("POST", f"{ORIGIN}/v1" + path),
    # What is left of an absolute URL's join by clients that take it for a path.
    "base with /v1 and a whole URL": data("POST", f"{ORIGIN}/v1{ORIGIN}{path}"),
    "by GET": data("GET", path),
}
shot = joined["origin and path"]["shot_id"]
prepared = until(f"/v1/shots/{shot}/status", "ai_training_status", {"finished", "failed"})
video_status = data("GET", f"/v1/video/status/{video['video_id']}")

# 2) Audio
audio = send(given["voice"], "audio", "audio/wav")
data("POST", audio["success_url"])
audio_status = data("GET", f"/v1/audio/status/{audio['audio_id']}")

# 3) Generate
body = {
    "audio_id": audio["audio_id"],
    "output_filename": "dubbed.mp4",
    "language": "en-US",
    "maintain_expression": False,
    "callback_url": given["callback_url"],
}
made = call("POST", f"/v1/shots/{shot}/generate", json=body)
job = f"/v1/shots/{shot}/generate/{made[1]['generate_id']}"
early = call("GET", f"{job}/download")
states = until(job, "status", {"finished", "failed", "cancelled"})
if states[-1]["status"] == "finished":
    link = data("GET", f"{job}/download")["download_url"]
    Path(given["file"]).write_bytes(requests.get(link, timeout=60).content)

# One call, the video by URL
render = {"output_filename": "rendered.mp4", "video_url": given["video_url"]}
render["audio_id"] = audio["audio_id"]
tracked = call("POST", "/v1/renders", json=render)
track = f"/v1/renders/track/{tracked[1]['data']['tracking_id']}"
tracks = until(track, "status", {"dispatched", "failed"})
number = tracks[-1]["generate_id"]
rendered = until(f"/v1/renders/{number}/status", "status", {"finished", "failed", "cancelled"})
if rendered[-1]["status"] == "finished":
    link = data("GET", f"/v1/renders/{number}/download")["download_url"]
    Path(given["render_file"]).write_bytes(requests.get(link, timeout=60).content)

# An upload that fails
lost = data("POST", "/v1/video", json={"file_name": "a.mp4", "content_type": "video/mp4"})
lost_status = data("POST", lost["failure_url"])

lists = {
    "shots": call("GET", "/v1/shots?page=1&per_page=20")[1],
    "voices": call("GET", "/v1/audio?page=1&page_size=10")[1],
    "renders": call("GET", "/v1/renders?page=1&page_size=1")[1],
}
who = data("GET", "/v1/whoami")

# Fetched in place of being sent: one that is there, one that is not
fetched = []
for url in (given["video_url"], given["video_url"].replace(".mp4", "-none.mp4")):
    body_by_url = {"file_name": "a.mp4", "content_type": "video/mp4", "video_source_url": url}
    upload = data("POST", "/v1/video", json=body_by_url)
    said = data("POST", upload["success_url"])
    ways = until(f"/v1/video/status/{upload['video_id']}", "upload_status", {"completed", "failed"})
    fetched.append({"upload_url": upload["upload_url"], "said": said, "last": ways[-1]})
refused = {
    "unknown shot": call("GET", "/v1/shots/5/status"),
    "unknown voice": call(
        "POST",
        f"/v1/shots/{shot}/generate",
        json=body | {"audio_id": "00000000-0000-7000-8000-000000000000"},
    ),
    "no voice": call("POST", f"/v1/shots/{shot}/generate", json={"output_filename": "x.mp4"}),
    "of another shot": call("GET", job.replace(f"/{shot}/", "/5/")),
}
headers["X-Api-Key"] = "nonsense"
refused["bad key"] = call("GET", "/v1/whoami")
json.dump(
    {
        "video": video,
        "joined": joined,
        "prepared": prepared,
        "video_status": video_status,
        "audio_status": audio_status,
        "made": made,
        "early": early,
        "states": states,
        "tracked": tracked,
        "tracks": tracks,
        "rendered": rendered,
        "lost": lost_status,
        "lists": lists,
        "who": who,
        "fetched": fetched,
        "refused": refused,
    },
    sys.stdout,
)
