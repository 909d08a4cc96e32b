"""The vendor's own SDK from PyPI, unmodified, in its own environment: `magic_hour_sdk.py BASE_URL KEY FOLDER VIDEO VOICE IMAGE`.

Prints one JSON object of what it met. Imports nothing of the server.
"""

import json
import os
import sys
from pathlib import Path

from magic_hour import Client
from make_api_request import ApiError

base_url, key, folder, video, voice, image = sys.argv[1:]
os.environ["MAGIC_HOUR_POLL_INTERVAL"] = "0.3"


def refused(call, **arguments):
    """Status and body of the error that the call ends in."""
    try:
        call(**arguments)
    except ApiError as error:
        return [error.status_code, error.body]
    return None


client = Client(token=key, base_url=base_url)
before = client.v1.account.list()
assets = {"audio_file_path": voice, "video_file_path": video, "video_source": "file"}
made = client.v1.lip_sync.generate(
    assets=assets,
    start_seconds=0.0,
    end_seconds=1.0,
    max_fps_limit=12.0,
    name="My Lip Sync video",
    style={"generation_mode": "lite"},
    download_directory=folder,
)
photo = client.v1.ai_talking_photo.generate(
    assets={"image_file_path": image, "audio_file_path": voice},
    start_seconds=0.2,
    end_seconds=0.8,
    style={"generation_mode": "realistic"},
    wait_for_completion=True,
    download_outputs=False,
)
after = client.v1.account.list()
client.v1.video_projects.delete(id=photo.id)
lip_sync = client.v1.lip_sync.create
window = {"start_seconds": 0.0, "end_seconds": 1.0}
stranger = Client(token="mhk_live_of_somebody_else", base_url=base_url)
print(
    json.dumps(
        {
            "before": before.model_dump(),
            "after": after.model_dump(),
            "lip_sync": made.model_dump(by_alias=True),
            "bytes": Path(made.downloaded_paths[0]).stat().st_size,
            "photo": photo.model_dump(by_alias=True),
            "uploaded": assets,
            "errors": {
                "unauthorized": refused(stranger.v1.account.list),
                "deleted": refused(client.v1.video_projects.get, id=photo.id),
                "too dear": refused(
                    lip_sync, assets=assets, start_seconds=0.0, end_seconds=80_000.0
                ),
                "out of order": refused(
                    lip_sync, assets=assets, start_seconds=2.0, end_seconds=1.0
                ),
                "never uploaded": refused(
                    lip_sync, assets={**assets, "video_file_path": "v.mp4"}, **window
                ),
            },
        }
    )
)
