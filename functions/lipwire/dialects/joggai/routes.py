"""The table, under both prefixes, and what of JoggAI's API is refused or ignored, with the reason."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.joggai import codec, endpoints
from lipwire.dialects.joggai.wire import PREFIXES


def _routes(prefix: str) -> tuple[Route, ...]:
    task, endpoint = f"{prefix}/lip_sync_video", f"{prefix}/endpoint"
    return (
        Route(
            "POST",
            f"{prefix}/create_lip_sync_video",
            Operation.CREATE_JOB,
            codec.to_task,
            codec.from_new_task,
        ),
        Route("GET", task, Operation.FIND_JOB, codec.to_find_task, codec.from_task),
        Route("GET", f"{task}/{{task_id}}", Operation.GET_JOB, codec.to_get_task, codec.from_task),
        Route(
            "POST",
            f"{prefix}/upload/asset",
            Operation.CREATE_UPLOAD,
            codec.to_upload,
            codec.from_upload,
        ),
        Route(
            "POST",
            endpoint,
            Operation.CREATE_ENDPOINT,
            endpoints.to_create_endpoint,
            endpoints.from_new_endpoint,
        ),
        Route(
            "GET",
            f"{prefix}/endpoints",
            Operation.LIST_ENDPOINTS,
            endpoints.to_list_endpoints,
            endpoints.from_endpoints,
        ),
        Route(
            "PUT",
            f"{endpoint}/{{id}}",
            Operation.UPDATE_ENDPOINT,
            endpoints.to_update_endpoint,
            endpoints.from_endpoint,
        ),
        Route(
            "DELETE",
            f"{endpoint}/{{id}}",
            Operation.DELETE_ENDPOINT,
            endpoints.to_delete_endpoint,
            endpoints.from_deleted,
        ),
    )


ROUTES: Final = tuple(route for prefix in PREFIXES for route in _routes(prefix))

UNSUPPORTED: Final = {
    f"{method} {prefix}/{path}": why
    for prefix in PREFIXES
    for method, path, why in (
        ("POST", "endpoint: status", "ignored: an endpoint begins enabled; PUT disables it"),
        ("GET", "events", "refused: the events are listed in docs/dialects/joggai.md"),
        ("GET", "user/whoami", "refused: its answer is not public; GET /lipwire/v1/account has it"),
        (
            "GET",
            "user/remaining_quota",
            "refused: its answer is not public; GET /lipwire/v1/account has it",
        ),
    )
}
