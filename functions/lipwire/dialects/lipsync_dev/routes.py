"""The table."""

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
    Route(
        "POST",
        "/api/v1/tts/generate",
        Operation.CREATE_SPEECH,
        codec.to_speech,
        codec.from_new_speech,
    ),
    Route(
        "GET",
        "/api/v1/tts/status/{jobId}",
        Operation.GET_SPEECH,
        codec.to_speech_status,
        codec.from_speech,
    ),
)
