"""The table, and what of the vendor's API is refused or ignored, with the reason."""

from typing import Final, Literal

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.lipdub import codec, uploads

_SHOT: Final = "/v1/shots/{shot_id}"
_GENERATION: Final = f"{_SHOT}/generate/{{generate_id}}"
#: The vendor's page says to call these, not how.
_CALLS: Final[tuple[Literal["GET", "POST"], ...]] = ("POST", "GET")


def _ends(kind: str) -> tuple[Route, ...]:
    """How a client tells that an upload went well, or didn't."""
    done = uploads.from_new_shot if kind == "video" else uploads.from_audio_status
    state = uploads.from_video_status if kind == "video" else uploads.from_audio_status
    base, own = f"/v1/{kind}", f"{{{kind}_id}}"
    return (
        *(
            Route(
                call,
                f"{base}/success/{own}",
                Operation.COMPLETE_UPLOAD,
                uploads.to_succeeded,
                done,
            )
            for call in _CALLS
        ),
        *(
            Route(call, f"{base}/failure/{own}", Operation.GIVE_UP_UPLOAD, uploads.to_failed, state)
            for call in _CALLS
        ),
        Route("GET", f"{base}/status/{own}", Operation.GET_ASSET, uploads.to_upload_status, state),
    )


ROUTES: Final = (
    Route("POST", "/v1/video", Operation.CREATE_UPLOAD, uploads.to_video, uploads.from_video),
    *_ends("video"),
    Route("POST", "/v1/audio", Operation.CREATE_UPLOAD, uploads.to_audio, uploads.from_audio),
    *_ends("audio"),
    Route(
        "GET",
        "/v1/audio",
        Operation.LIST_ASSET_PAGES,
        uploads.to_audio_list,
        uploads.from_audio_list,
    ),
    Route(
        "GET",
        "/v1/shots",
        Operation.LIST_ASSET_PAGES,
        uploads.to_shot_list,
        uploads.from_shot_list,
    ),
    Route("GET", f"{_SHOT}/status", Operation.GET_ASSET, uploads.to_shot_status, uploads.from_shot),
    Route("GET", f"{_SHOT}/actors", Operation.GET_ASSET, uploads.to_actors, uploads.from_actors),
    Route(
        "POST",
        f"{_SHOT}/generate",
        Operation.CREATE_JOB,
        codec.to_generate,
        codec.from_generated,
    ),
    Route("GET", _GENERATION, Operation.GET_JOB, codec.to_generation, codec.from_generation),
    Route(
        "GET",
        f"{_GENERATION}/download",
        Operation.GET_JOB,
        codec.to_generation,
        codec.from_download,
    ),
    Route("POST", "/v1/renders", Operation.CREATE_JOB, codec.to_render, codec.from_new_render),
    Route(
        "GET",
        "/v1/renders",
        Operation.LIST_JOB_PAGES,
        codec.to_render_list,
        codec.from_render_list,
    ),
    Route(
        "GET",
        "/v1/renders/track/{tracking_id}",
        Operation.GET_JOB,
        codec.to_track,
        codec.from_track,
    ),
    Route(
        "GET",
        "/v1/renders/{generate_id}/status",
        Operation.GET_JOB,
        codec.to_get_render,
        codec.from_render_status,
    ),
    Route(
        "GET",
        "/v1/renders/{generate_id}/download",
        Operation.GET_JOB,
        codec.to_get_render,
        codec.from_download,
    ),
    Route("GET", "/v1/whoami", Operation.GET_ACCOUNT, uploads.to_whoami, uploads.from_whoami),
)

_NO_SUCH_NAME: Final = "ignored: one page of the vendor's names it, its clients send "

UNSUPPORTED: Final = {
    "POST /v1/shots/{shot_id}/generate: loop_count": f"{_NO_SUCH_NAME}`loop_video`",
    "POST /v1/shots/{shot_id}/generate: segments": f"{_NO_SUCH_NAME}`timecode_ranges`",
    "POST /v1/shots/{shot_id}/generate: output_quality": f"{_NO_SUCH_NAME}`full_resolution`",
    "POST /v1/shots/{shot_id}/generate: input_video": f"{_NO_SUCH_NAME}the shot in the path",
    "GET /v1/projects": "refused: shots stand for themselves; projects and scenes are names with numbers, nothing more",
    "POST /v1/shots/{shot_id}/translate": "refused: nothing is translated here; send the voice in the other language",
    "POST /v1/shots/{shot_id}/generate-multi-actor": (
        "refused: its body is not public; POST /lipwire/v1/jobs takes a second voice for a second face"
    ),
}
