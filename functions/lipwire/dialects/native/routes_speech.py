"""Routes of speech."""

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec_speech as codec


def speech_routes(base: str) -> tuple[Route, ...]:
    """Below `base`, the native API's path."""
    speech = f"{base}/speech"
    return (
        Route(
            "POST",
            speech,
            Operation.CREATE_SPEECH,
            codec.to_create_speech,
            codec.from_new_speech,
        ),
        Route(
            "GET", f"{speech}/{{id}}", Operation.GET_SPEECH, codec.to_get_speech, codec.from_speech
        ),
        Route(
            "GET",
            f"{base}/voices",
            Operation.LIST_VOICES,
            codec.to_list_voices,
            codec.from_voices,
        ),
    )
