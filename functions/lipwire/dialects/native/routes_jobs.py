"""Method, path, operation, decode, encode: what the function of jobs serves."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec
from lipwire.dialects.native.routes import BASE
from lipwire.dialects.native.routes_batches import batch_routes
from lipwire.dialects.native.routes_speech import speech_routes

ROUTES: Final[tuple[Route, ...]] = (
    Route("POST", f"{BASE}/jobs", Operation.CREATE_JOB, codec.to_create_job, codec.from_new_job),
    Route(
        "POST",
        f"{BASE}/jobs/estimate",
        Operation.ESTIMATE_JOB,
        codec.to_estimate_job,
        codec.from_estimate,
    ),
    Route("GET", f"{BASE}/jobs", Operation.LIST_JOBS, codec.to_list_jobs, codec.from_jobs),
    Route("GET", f"{BASE}/jobs/{{id}}", Operation.GET_JOB, codec.to_get_job, codec.from_job),
    Route(
        "POST",
        f"{BASE}/jobs/{{id}}/cancel",
        Operation.CANCEL_JOB,
        codec.to_cancel_job,
        codec.from_job,
    ),
    Route(
        "DELETE",
        f"{BASE}/jobs/{{id}}",
        Operation.DELETE_JOB,
        codec.to_delete_job,
        codec.from_deleted,
    ),
    *batch_routes(BASE),
    *speech_routes(BASE),
)
