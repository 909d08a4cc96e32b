"""sync.so's texts that are spoken: its JSON to commands, speeches to its JSON."""

from typing import Any, Final

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.dialects.jsonbody import read_json
from lipwire.dialects.sync_so import wire
from lipwire.dialects.sync_so.codec import answer, iso, number, script_of
from lipwire.domain import commands
from lipwire.domain.assets import AssetStatus
from lipwire.domain.ids import AssetId
from lipwire.domain.views import SpeechView

_STATUS: Final = {
    AssetStatus.AWAITING_UPLOAD: "PENDING",
    AssetStatus.UPLOADED: "PROCESSING",
    AssetStatus.READY: "SUCCESS",
    AssetStatus.REJECTED: "FAILED",
}


def to_create(request: WireRequest) -> commands.CreateSpeech:
    """POST /v2/tts/jobs."""
    return commands.CreateSpeech(script=script_of(read_json(request, wire.TtsIn)))


def to_get(request: WireRequest) -> commands.GetSpeech:
    """GET /v2/tts/jobs/{id}."""
    return commands.GetSpeech(asset_id=AssetId(request.path_params["id"]))


def from_created(view: SpeechView) -> WireResponse:
    """A text that was accepted, and where it is asked for."""
    return _answer(view, status=202, headers={"Location": f"/v2/tts/jobs/{view.asset.id}"})


def from_speech(view: SpeechView) -> WireResponse:
    """One text; while it is worked on, when to ask again."""
    waits = view.asset.status in {AssetStatus.AWAITING_UPLOAD, AssetStatus.UPLOADED}
    return _answer(view, status=200, headers={"Retry-After": "3"} if waits else {})


def _answer(view: SpeechView, *, status: int, headers: dict[str, str]) -> WireResponse:
    said = answer(_out(view), status=status)
    return WireResponse(status=status, body=said.body, headers=headers)


def _out(view: SpeechView) -> dict[str, Any]:
    asset, media = view.asset, view.asset.media
    problem = asset.problem
    return {
        "id": asset.id,
        "status": _STATUS[asset.status],
        "url": view.audio_url,
        "duration": number(media.duration_ms / 1000) if media else None,
        "error": {"code": problem.code, "message": problem.message} if problem else None,
        "createdAt": iso(asset.created_at),
        "startedAt": None,
        "finishedAt": None,
    }
