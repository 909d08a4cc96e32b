"""The table: method, path, operation, decode, encode. OpenAPI and the gateway's routes are made from it."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec
from lipwire.dialects.native.routes_batches import batch_routes
from lipwire.dialects.native.routes_keys import key_routes
from lipwire.dialects.native.routes_speech import speech_routes
from lipwire.dialects.native.routes_webhooks import webhook_routes
from lipwire.domain.commands import GetDocs, GetOpenApi

BASE: Final = "/lipwire/v1"

ROUTES: Final = (
    Route(
        "POST",
        f"{BASE}/uploads",
        Operation.CREATE_UPLOAD,
        codec.to_create_upload,
        codec.from_upload,
    ),
    Route(
        "POST",
        f"{BASE}/uploads/{{id}}/complete",
        Operation.COMPLETE_UPLOAD,
        codec.to_complete_upload,
        codec.from_asset,
    ),
    Route("GET", f"{BASE}/assets", Operation.LIST_ASSETS, codec.to_list_assets, codec.from_assets),
    Route(
        "GET", f"{BASE}/assets/{{id}}", Operation.GET_ASSET, codec.to_get_asset, codec.from_asset
    ),
    Route(
        "DELETE",
        f"{BASE}/assets/{{id}}",
        Operation.DELETE_ASSET,
        codec.to_delete_asset,
        codec.from_deleted,
    ),
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
    Route(
        "GET", f"{BASE}/account", Operation.GET_ACCOUNT, codec.to_get_account, codec.from_account
    ),
    Route(
        "DELETE",
        f"{BASE}/account",
        Operation.CLOSE_ACCOUNT,
        codec.to_close_account,
        codec.from_closed,
    ),
    Route("GET", f"{BASE}/ledger", Operation.LIST_LEDGER, codec.to_list_ledger, codec.from_ledger),
    *key_routes(BASE),
    *batch_routes(BASE),
    *speech_routes(BASE),
    *webhook_routes(BASE),
    Route(
        "GET",
        f"{BASE}/openapi.json",
        Operation.GET_OPENAPI,
        lambda _request: GetOpenApi(),
        codec.from_text("application/json"),
    ),
    Route(
        "GET",
        f"{BASE}/docs",
        Operation.GET_DOCS,
        lambda _request: GetDocs(),
        codec.from_text("text/html; charset=utf-8"),
    ),
    # The same two at the root, where people look for them.
    Route(
        "GET",
        "/openapi.json",
        Operation.GET_OPENAPI,
        lambda _request: GetOpenApi(),
        codec.from_text("application/json"),
    ),
    Route(
        "GET",
        "/docs",
        Operation.GET_DOCS,
        lambda _request: GetDocs(),
        codec.from_text("text/html; charset=utf-8"),
    ),
)
