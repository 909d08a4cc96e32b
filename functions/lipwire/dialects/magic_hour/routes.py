"""The table, and what of the vendor's API is refused or ignored, with the reason."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.magic_hour import codec

ROUTES: Final = (
    Route(
        "POST",
        "/v1/files/upload-urls",
        Operation.CREATE_UPLOADS,
        codec.to_upload_urls,
        codec.from_uploads,
    ),
    Route("POST", "/v1/lip-sync", Operation.CREATE_JOB, codec.to_lip_sync, codec.from_created),
    Route(
        "POST",
        "/v1/ai-talking-photo",
        Operation.CREATE_JOB,
        codec.to_talking_photo,
        codec.from_created,
    ),
    Route(
        "GET",
        "/v1/video-projects/{id}",
        Operation.GET_JOB,
        codec.to_get_project,
        codec.from_project,
    ),
    Route(
        "DELETE",
        "/v1/video-projects/{id}",
        Operation.DELETE_JOB,
        codec.to_delete_project,
        codec.from_deleted,
    ),
    Route("GET", "/v1/account", Operation.GET_ACCOUNT, codec.to_get_account, codec.from_account),
)

UNSUPPORTED: Final = {
    "POST /v1/lip-sync: height": "ignored, as by the vendor: the output is as large as the video",
    "POST /v1/lip-sync: width": "ignored, as by the vendor: the output is as large as the video",
    "POST /v1/ai-talking-photo: style.intensity": (
        "ignored: the vendor's `expressive` mode that it belonged to is deprecated and means `prompted`"
    ),
    "GET /v1/saved-items": "refused: there is no library of saved items here",
}
