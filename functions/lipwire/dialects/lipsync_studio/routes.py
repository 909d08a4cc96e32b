"""The table; nothing of what the vendor's page shows is refused or ignored."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.lipsync_studio import codec

ROUTES: Final = (
    Route(
        "POST",
        "/api/v1/lipsync-video",
        Operation.CREATE_JOB,
        codec.to_video,
        codec.from_accepted,
    ),
    Route(
        "POST",
        "/api/v1/lipsync-image",
        Operation.CREATE_JOB,
        codec.to_image,
        codec.from_accepted,
    ),
    Route(
        "POST",
        "/api/v1/lipsync-image-multi",
        Operation.CREATE_JOB,
        codec.to_image_multi,
        codec.from_accepted,
    ),
    Route("GET", "/api/v1/jobs/{requestId}", Operation.GET_JOB, codec.to_get_job, codec.from_job),
)

UNSUPPORTED: Final[dict[str, str]] = {}
