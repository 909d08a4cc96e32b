"""LipSync.dev's own sample with another base URL, key and media: reads one JSON object from stdin, prints one.

In: `base_url` (with `/api/v1`, as in the sample), `key`, `video_url`, `audio_url`, `webhook_url`, `file`.
Imports nothing of the server.
"""

import json
import sys
import time

import requests

given = json.load(sys.stdin)
BASE_URL = given["base_url"]

headers = {"X-API-Key": given["key"], "Content-Type": "application/json"}


def submit(body):
    """The answer to one request to generate."""
    return requests.post(f"{BASE_URL}/lipsync/generate", headers=headers, json=body, timeout=60)


# The text that the vendor has announced; it is spoken while the job runs
spoken = requests.post(
    f"{BASE_URL}/tts/generate",
    headers=headers,
    json={"text": "Hello, my moon.", "language": "en-US"},
    timeout=60,
).json()

# Submit job
response = submit(
    {
        "audioUrl": given["audio_url"],
        "videoUrl": given["video_url"],
        "settings": {"resolution": "480p", "fps": 25},
        "webhookUrl": given["webhook_url"],
    }
)
submitted = response.json()
job_id = submitted["data"]["jobId"]

# Check status
seen = []
while True:
    status = requests.get(f"{BASE_URL}/lipsync/status/{job_id}", headers=headers, timeout=60).json()
    seen.append(status["data"]["status"])
    if status["data"]["status"] in {"completed", "failed"}:
        break
    time.sleep(0.5)

if status["data"]["status"] == "completed":
    video = requests.get(status["data"]["outputUrl"], timeout=60)
    with open(given["file"], "wb") as file:
        file.write(video.content)

while True:
    tts_url = f"{BASE_URL}/tts/status/{spoken['data']['jobId']}"
    speech = requests.get(tts_url, headers=headers, timeout=60).json()
    if speech["data"]["status"] in {"completed", "failed"}:
        break
    time.sleep(0.5)
sound = b""
if speech["data"]["status"] == "completed":
    sound = requests.get(speech["data"]["audioUrl"], timeout=60).content

both = {"audioUrl": given["audio_url"], "videoUrl": "https://a.test", "imageUrl": "https://a.test"}
refused = {"both": submit(both)}
refused["unknown"] = requests.get(f"{BASE_URL}/lipsync/status/x", headers=headers, timeout=60)
headers["X-API-Key"] = "nonsense"
refused["bad key"] = submit(both)
json.dump(
    {
        "submitted": submitted,
        "status": status,
        "seen": seen,
        "speech": speech,
        "sound": [len(sound), sound[:4].decode()],
        "refused": {name: [one.status_code, one.json()] for name, one in refused.items()},
    },
    sys.stdout,
)
