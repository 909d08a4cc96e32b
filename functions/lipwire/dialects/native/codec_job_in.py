"""A job as it comes in: native JSON to a command's fields."""

from typing import Any

from lipwire.dialects.native import wire
from lipwire.dialects.native.wire_base import MediaRef, ScriptIn, VoiceRef
from lipwire.dialects.native.wire_options import to_options
from lipwire.domain.ids import AssetId
from lipwire.domain.speech import Script


def job_fields(body: wire.JobIn) -> dict[str, Any]:
    """A job as commands name its parts."""
    second = body.options.second_speech
    return {
        "source_id": _asset_id(body.source),
        "source_url": body.source.url,
        "speech_id": _asset_id(body.speech),
        "speech_url": body.speech.url,
        "script": script_of(body.speech),
        "options": to_options(body.options),
        "mask_url": body.options.mask and body.options.mask.url,
        "second_speech_url": second and second.url,
        "second_script": second and script_of(second),
        "consent": body.consent and body.consent.statement,
        "name": body.name,
        "webhook_url": body.webhook_url,
        "metadata": body.metadata,
    }


def _asset_id(media: MediaRef | VoiceRef) -> AssetId | None:
    return None if media.asset_id is None else AssetId(media.asset_id)


def script_of(spoken: VoiceRef | ScriptIn) -> Script | None:
    """What is to be said, where it is a text."""
    if spoken.text is None:
        return None
    return Script(
        text=spoken.text,
        voice=spoken.voice,
        language=spoken.language,
        rate_percent=_percent(spoken.rate),
        pitch_percent=_percent(spoken.pitch),
    )


def _percent(factor: float | None) -> int:
    return 100 if factor is None else round(100 * factor)
