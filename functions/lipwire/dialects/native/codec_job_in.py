"""A job as it comes in: native JSON to a command's fields."""

from typing import Any

from lipwire.dialects.native import wire
from lipwire.dialects.native.wire_base import MediaRef
from lipwire.dialects.native.wire_options import to_options
from lipwire.domain.ids import AssetId


def job_fields(body: wire.JobIn) -> dict[str, Any]:
    """A job as commands name its parts."""
    return {
        "source_id": _asset_id(body.source),
        "source_url": body.source.url,
        "speech_id": _asset_id(body.speech),
        "speech_url": body.speech.url,
        "options": to_options(body.options),
        "mask_url": body.options.mask and body.options.mask.url,
        "second_speech_url": body.options.second_speech and body.options.second_speech.url,
        "consent": body.consent and body.consent.statement,
        "name": body.name,
        "webhook_url": body.webhook_url,
        "metadata": body.metadata,
    }


def _asset_id(media: MediaRef) -> AssetId | None:
    return None if media.asset_id is None else AssetId(media.asset_id)
