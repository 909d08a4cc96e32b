"""The table, and what of sync.so's API is refused or ignored, with the reason."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.sync_so import assets, batches, codec, speech

ROUTES: Final = (
    Route("POST", "/v2/generate", Operation.CREATE_JOB, codec.to_generate, codec.from_created),
    Route("GET", "/v2/generate/{id}", Operation.GET_JOB, codec.to_get, codec.from_generation),
    Route("GET", "/v2/generations", Operation.FIND_JOBS, codec.to_list, codec.from_generations),
    Route("POST", "/v2/analyze/cost", Operation.ESTIMATE_JOB, codec.to_cost, codec.from_cost),
    Route(
        "POST",
        "/v2/generate/estimate-cost",
        Operation.ESTIMATE_JOB,
        codec.to_cost,
        codec.from_cost,
    ),
    Route("POST", "/v2/batch", Operation.CREATE_BATCH, batches.to_create, batches.from_created),
    Route("GET", "/v2/batch", Operation.FIND_BATCHES, batches.to_list, batches.from_batches),
    Route("GET", "/v2/batch/{id}", Operation.GET_BATCH, batches.to_get, batches.from_batch),
    Route(
        "GET",
        "/v2/batch/{id}/output",
        Operation.READ_BATCH_OUTPUT,
        batches.to_output,
        batches.from_output,
    ),
    Route("GET", "/v2/assets", Operation.LIST_ASSETS, assets.to_list, assets.from_assets),
    Route(
        "POST",
        "/v2/assets/upload",
        Operation.CREATE_UPLOAD,
        assets.to_upload,
        assets.from_upload,
    ),
    Route(
        "POST",
        "/v2/assets",
        Operation.COMPLETE_UPLOAD,
        assets.to_register,
        assets.from_registered,
    ),
    Route("GET", "/v2/assets/{id}", Operation.GET_ASSET, assets.to_get, assets.from_asset),
    Route("POST", "/v2/tts/jobs", Operation.CREATE_SPEECH, speech.to_create, speech.from_created),
    Route("GET", "/v2/tts/jobs/{id}", Operation.GET_SPEECH, speech.to_get, speech.from_speech),
    Route("GET", "/v2/models", Operation.GET_ACCOUNT, codec.to_models, codec.from_models),
)

_OF_GENERATE: Final = {
    "input.*.segments_frames": "refused: frames of a video that nobody has opened yet; segments_secs says the same",
    "input.*.provider.stability": "ignored: voices here have no such dial",
    "input.*.provider.similarityBoost": "ignored: voices here have no such dial",
    "options.active_speaker_detection.auto_detect": (
        "ignored: without it too the face that seems to speak is chosen"
    ),
    "options.occlusion_detection_enabled": (
        "ignored: frames in which something is before the mouth always keep their picture"
    ),
    "options.output_format": "ignored: mp4 is what is made; mov is refused",
    "options.pads": "ignored: what of a face moves is found by its own outline",
    "options.speedup": "ignored: 1 is what is done; another speed is refused",
}
UNSUPPORTED: Final = {
    **{
        f"{route}: {field}": why
        for route in (
            "POST /v2/generate",
            "POST /v2/analyze/cost",
            "POST /v2/generate/estimate-cost",
        )
        for field, why in _OF_GENERATE.items()
    },
    "GET /v2/assets: sortBy": "ignored: dateDesc is what is done; another order is refused",
    "GET /v2/assets: projectId": "ignored: there are no projects here",
    "POST /v2/generations/estimate": "refused: POST /v2/analyze/cost says it",
    "POST /v2/assets: type": "ignored: what a file is, is found by looking into it",
    "POST /v2/assets: name": "ignored: an asset keeps its file's name",
    "POST /v2/assets: projectId": "ignored: there are no projects here",
    "POST /v2/tts/jobs: stability": "ignored: voices here have no such dial",
    "POST /v2/tts/jobs: similarityBoost": "ignored: voices here have no such dial",
    "POST /v2/tts": "refused: nobody waits while a text is spoken; POST /v2/tts/jobs",
    "GET /v2/voices": "refused: its answer is not public; GET /lipwire/v1/voices has them",
    "POST /v2/voices": "refused: voices are not cloned here",
}
