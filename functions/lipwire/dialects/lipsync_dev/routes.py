"""The table, and what of the vendor's API is refused or ignored, with the reason."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.lipsync_dev import codec

ROUTES: Final = (
    Route(
        "POST",
        "/api/v1/lipsync/generate",
        Operation.CREATE_JOB,
        codec.to_generate,
        codec.from_generated,
    ),
    Route(
        "GET",
        "/api/v1/lipsync/status/{jobId}",
        Operation.GET_JOB,
        codec.to_status,
        codec.from_status,
    ),
)

UNSUPPORTED: Final = {
    "POST /api/v1/tts/generate": "refused: the vendor has announced, not documented it, and no text is spoken here yet",
}
