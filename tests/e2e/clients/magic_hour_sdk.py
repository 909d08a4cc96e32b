"""The vendor's own SDK from PyPI, unmodified, in its own environment: reads one JSON object from stdin, prints one.

In: `base_url`, `key`, `poor_key` (of an account that can pay for one second), `folder`, `video`, `voice`, `image` (paths),
`video_url`, `voice_url`. Imports nothing of the server.
"""

import json
import os
import sys
from pathlib import Path

from magic_hour import Client
from make_api_request import ApiError

given = json.load(sys.stdin)
os.environ["MAGIC_HOUR_POLL_INTERVAL"] = "0.3"
client = Client(token=given["key"], base_url=given["base_url"])
projects, lip_sync = client.v1.video_projects, client.v1.lip_sync
window = {"start_seconds": 0.0, "end_seconds": 1.0}
by_url = {
    "audio_file_path": given["voice_url"],
    "video_file_path": given["video_url"],
    "video_source": "file",
}


def refused(call, **arguments):
    """Status and body of the error that the call ends in."""
    try:
        call(**arguments)
    except ApiError as error:
        return [error.status_code, error.body]
    return None


before = client.v1.account.list()
created = lip_sync.create(assets=by_url, style={"generation_mode": "pro"}, **window)
assets = {
    "audio_file_path": given["voice"],
    "video_file_path": given["video"],
    "video_source": "file",
}
made = lip_sync.generate(
    assets=assets,
    max_fps_limit=12.0,
    name="My Lip Sync video",
    style={"generation_mode": "lite"},
    download_directory=given["folder"],
    **window,
)
photo = client.v1.ai_talking_photo.generate(
    assets={"image_file_path": given["image"], "audio_file_path": given["voice"]},
    start_seconds=0.2,
    end_seconds=0.8,
    download_outputs=False,
)
fetched = projects.check_result(id=created.id, wait_for_completion=True, download_outputs=False)
after = client.v1.account.list()
projects.delete(id=photo.id)
poor = Client(token=given["poor_key"], base_url=given["base_url"])
stranger = Client(token="mhk_live_of_somebody_else", base_url=given["base_url"])
json.dump(
    {
        "before": before.model_dump(),
        "after": after.model_dump(),
        "created": created.model_dump(),
        "fetched": fetched.model_dump(by_alias=True),
        "made": made.model_dump(by_alias=True),
        "photo": photo.model_dump(by_alias=True),
        "file": str(Path(made.downloaded_paths[0])),
        "assets": assets,
        "errors": {
            "a stranger's key": refused(stranger.v1.account.list),
            "too dear": refused(
                poor.v1.lip_sync.create, assets=by_url, start_seconds=0.0, end_seconds=1.1
            ),
            "deleted": refused(projects.get, id=photo.id),
            "out of order": refused(
                lip_sync.create, assets=by_url, start_seconds=2.0, end_seconds=1.0
            ),
            "never uploaded": refused(
                lip_sync.create, assets={**by_url, "video_file_path": "v.mp4"}, **window
            ),
        },
    },
    sys.stdout,
)
