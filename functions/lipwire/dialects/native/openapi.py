"""The OpenAPI 3.1 document, from the routes and wire models; a test holds that no route is missing."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from lipwire import __version__
from lipwire.dialects.base import CREATES, PUBLIC, Operation, Route
from lipwire.dialects.native import codec, wire
from lipwire.dialects.native import wire_account as account
from lipwire.dialects.native import wire_batches as batches
from lipwire.dialects.native import wire_keys as keys
from lipwire.dialects.native import wire_speech as speech
from lipwire.dialects.native import wire_uploads as uploads
from lipwire.dialects.native import wire_webhooks as webhooks
from lipwire.dialects.native.routes import BASE, ROUTES
from lipwire.dialects.native.wire_base import Wire
from lipwire.dialects.native.wire_errors import ErrorOut


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationDoc:
    """What a reader needs to know of one operation beyond its models."""

    summary: str
    status: int
    response: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    #: Statuses it can answer beside 401, 429, 500 and 503.
    errors: tuple[int, ...] = ()


DOCS: Final[dict[Operation, OperationDoc]] = {
    Operation.CREATE_UPLOAD: OperationDoc(
        summary="Ask for a URL to upload a video, an image or a voice to.",
        status=201,
        body=uploads.UploadIn,
        response=uploads.UploadOut,
        errors=(413, 422),
    ),
    Operation.COMPLETE_UPLOAD: OperationDoc(
        summary="Say that all parts have been sent. After a single PUT it is optional.",
        status=200,
        response=uploads.AssetOut,
        errors=(404, 409),
    ),
    Operation.LIST_ASSETS: OperationDoc(
        summary="Your assets, newest first.",
        status=200,
        query=codec.ListQuery,
        response=uploads.AssetPage,
        errors=(422,),
    ),
    Operation.GET_ASSET: OperationDoc(
        summary="One asset, with what the probe and the face analysis found.",
        status=200,
        response=uploads.AssetOut,
        errors=(404,),
    ),
    Operation.DELETE_ASSET: OperationDoc(
        summary="Delete an asset and all that was computed from it.", status=204, errors=(404,)
    ),
    Operation.CREATE_JOB: OperationDoc(
        summary="Make a face speak: holds credits and starts the work.",
        status=202,
        body=wire.JobIn,
        response=wire.JobOut,
        errors=(402, 413, 422),
    ),
    Operation.ESTIMATE_JOB: OperationDoc(
        summary="What a job would hold, and what decides it; nothing is made or held.",
        status=200,
        body=wire.JobIn,
        response=wire.EstimateOut,
        errors=(413, 422),
    ),
    Operation.LIST_JOBS: OperationDoc(
        summary="Your jobs, newest first.",
        status=200,
        query=codec.JobListQuery,
        response=wire.JobPage,
        errors=(422,),
    ),
    Operation.GET_JOB: OperationDoc(
        summary="One job; with `wait`, answered once it has ended or the seconds are over.",
        status=200,
        query=codec.WaitQuery,
        response=wire.JobOut,
        errors=(404, 422),
    ),
    Operation.CANCEL_JOB: OperationDoc(
        summary="Stop a job; its credits are released at once.",
        status=200,
        response=wire.JobOut,
        errors=(404, 409),
    ),
    Operation.DELETE_JOB: OperationDoc(
        summary="Delete a job that has ended, with its output.", status=204, errors=(404, 409)
    ),
    Operation.CREATE_BATCH: OperationDoc(
        summary="Several jobs at once: one face and many voices, or many jobs. All are accepted, or none.",
        status=202,
        body=batches.BatchIn,
        response=batches.BatchDetailOut,
        errors=(402, 413, 422),
    ),
    Operation.LIST_BATCHES: OperationDoc(
        summary="Your batches, newest first.",
        status=200,
        query=codec.ListQuery,
        response=batches.BatchPage,
        errors=(422,),
    ),
    Operation.GET_BATCH: OperationDoc(
        summary="One batch: how many jobs stand where, and each job as it stands now.",
        status=200,
        response=batches.BatchDetailOut,
        errors=(404,),
    ),
    Operation.CANCEL_BATCH: OperationDoc(
        summary="Cancel every job of a batch that has not ended; their credits are released at once.",
        status=200,
        response=batches.BatchDetailOut,
        errors=(404,),
    ),
    Operation.CREATE_SPEECH: OperationDoc(
        summary="Speak a text: an asset that you own, and that a job can take as its `speech`.",
        status=202,
        body=speech.SpeechIn,
        response=speech.SpeechOut,
        errors=(402, 413, 422),
    ),
    Operation.GET_SPEECH: OperationDoc(
        summary="One speech, with links to what was said.",
        status=200,
        response=speech.SpeechOut,
        errors=(404,),
    ),
    Operation.LIST_VOICES: OperationDoc(
        summary="Who can speak here, and what that costs.",
        status=200,
        query=speech.VoiceQuery,
        response=speech.VoiceList,
        errors=(422,),
    ),
    Operation.CLOSE_ACCOUNT: OperationDoc(
        summary="Close the account: running jobs are canceled, then everything it left is erased for good.",
        status=202,
        response=account.ClosedOut,
        errors=(404,),
    ),
    Operation.GET_ACCOUNT: OperationDoc(
        summary="The account behind your key: limits, credits, engines.",
        status=200,
        response=account.AccountOut,
    ),
    Operation.LIST_LEDGER: OperationDoc(
        summary="How your credits moved, newest first.",
        status=200,
        query=codec.ListQuery,
        response=account.EntryPage,
        errors=(422,),
    ),
    Operation.CREATE_KEY: OperationDoc(
        summary="A new API key. The answer carries the key itself, this once.",
        status=201,
        body=keys.KeyIn,
        response=keys.KeyOut,
        errors=(409, 413, 422),
    ),
    Operation.LIST_KEYS: OperationDoc(
        summary="Your API keys, oldest first, ended ones too.", status=200, response=keys.KeyList
    ),
    Operation.ROTATE_KEY: OperationDoc(
        summary="A new key like this one, shown this once; for the grace the one before works too.",
        status=201,
        body=keys.KeyRotationIn,
        response=keys.KeyOut,
        errors=(404, 409, 413, 422),
    ),
    Operation.REVOKE_KEY: OperationDoc(
        summary="Take a key back: it spends nothing from now on, and reads nothing after a minute.",
        status=204,
        errors=(404, 409),
    ),
    Operation.CREATE_ENDPOINT: OperationDoc(
        summary="Be told when jobs end. The answer carries the secret that signs, this once.",
        status=201,
        body=webhooks.EndpointIn,
        response=webhooks.EndpointOut,
        errors=(413, 422),
    ),
    Operation.LIST_ENDPOINTS: OperationDoc(
        summary="Your webhook endpoints.", status=200, response=webhooks.EndpointList
    ),
    Operation.GET_ENDPOINT: OperationDoc(
        summary="One webhook endpoint, with why it is disabled.",
        status=200,
        response=webhooks.EndpointOut,
        errors=(404,),
    ),
    Operation.UPDATE_ENDPOINT: OperationDoc(
        summary="Change an endpoint; `status` disables it, or enables it again.",
        status=200,
        body=webhooks.EndpointChangeIn,
        response=webhooks.EndpointOut,
        errors=(404, 409, 413, 422),
    ),
    Operation.DELETE_ENDPOINT: OperationDoc(
        summary="Stop telling an endpoint.", status=204, errors=(404,)
    ),
    Operation.ROTATE_SECRET: OperationDoc(
        summary="A new signing secret, shown this once; for the overlap the one before signs too.",
        status=200,
        body=webhooks.RotationIn,
        response=webhooks.EndpointOut,
        errors=(404, 409, 413, 422),
    ),
    Operation.ROTATE_ACCOUNT_SECRET: OperationDoc(
        summary="A new secret for webhooks of jobs that name a `webhook_url`; for the overlap the one before signs too.",
        status=200,
        body=webhooks.RotationIn,
        response=webhooks.AccountSecretOut,
        errors=(409, 413, 422),
    ),
    Operation.SEND_TEST_EVENT: OperationDoc(
        summary="Send `webhook.test` to an endpoint, once; the delivery's log tells what came of it.",
        status=202,
        response=webhooks.DeliveryOut,
        errors=(404, 409),
    ),
    Operation.REPLAY_DELIVERIES: OperationDoc(
        summary="Deliver again what was owed to an endpoint in a time.",
        status=202,
        body=webhooks.ReplayIn,
        response=webhooks.ReplayedOut,
        errors=(404, 409, 413, 422),
    ),
    Operation.LIST_DELIVERIES: OperationDoc(
        summary="Deliveries of the last 30 days, newest first.",
        status=200,
        query=webhooks.DeliveryQuery,
        response=webhooks.DeliveryPage,
        errors=(422,),
    ),
    Operation.GET_DELIVERY: OperationDoc(
        summary="One delivery, with every attempt: status, latency, the answer's first bytes.",
        status=200,
        response=webhooks.DeliveryOut,
        errors=(404,),
    ),
    Operation.REPLAY_DELIVERY: OperationDoc(
        summary="Deliver an event again, under the same `webhook-id`.",
        status=202,
        response=webhooks.DeliveryOut,
        errors=(404, 409),
    ),
    Operation.GET_OPENAPI: OperationDoc(summary="This document.", status=200),
    Operation.GET_DOCS: OperationDoc(summary="This document, for people.", status=200),
}

_ALWAYS: Final = (401, 403, 429, 500, 503)
#: What can be wrong with an idempotency key: its form, another request under it, or one being worked on.
_KEYED: Final = (400, 409, 422)
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {
        "type": "string",
        "pattern": "^[A-Za-z0-9._~-]{1,128}$",
        "description": (
            "Under one key, one thing is made, however often it is asked for: a repeat within 72 hours gets the first "
            "answer, with `Idempotent-Replayed: true`."
        ),
    },
}
_REF: Final = "#/components/schemas/{model}"


def openapi(server: str) -> dict[str, Any]:
    """The document, for a server at that origin."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        if route.path.startswith(BASE):
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lipwire",
            "version": __version__,
            "summary": "A self-hosted lip-sync API.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}] if server else [],
        "security": [{"bearer": []}, {"apiKey": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


def openapi_json(server: str) -> str:
    """The document as text."""
    return json.dumps(openapi(server), indent=1)


def _operation(route: Route) -> dict[str, Any]:
    doc = DOCS[route.operation]
    public = route.operation in PUBLIC
    described: dict[str, Any] = {
        "operationId": route.operation.value,
        "summary": doc.summary,
        "tags": ["documents" if public else route.path.removeprefix(f"{BASE}/").split("/")[0]],
        "parameters": _parameters(route, doc),
        "responses": {str(doc.status): _success(route, doc)},
    }
    if public:
        described["security"] = []
    else:
        keyed = _KEYED if route.operation in CREATES else ()
        paged = (400,) if _has_cursor(doc) else ()
        for status in sorted({*doc.errors, *keyed, *paged, *_ALWAYS}):
            described["responses"][str(status)] = {
                "description": "What is wrong and how to mend it.",
                "content": {"application/problem+json": {"schema": _ref(ErrorOut)}},
            }
    if doc.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(doc.body)}},
        }
    return described


def _has_cursor(doc: OperationDoc) -> bool:
    return any("cursor" in model.model_fields for model in (doc.query, doc.body) if model)


def _success(route: Route, doc: OperationDoc) -> dict[str, Any]:
    if doc.response is not None:
        content = {"application/json": {"schema": _ref(doc.response)}}
        return {"description": doc.summary, "content": content}
    if route.operation is Operation.GET_OPENAPI:
        return {
            "description": doc.summary,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    if route.operation is Operation.GET_DOCS:
        return {
            "description": doc.summary,
            "content": {"text/html": {"schema": {"type": "string"}}},
        }
    return {"description": "Done; nothing is left to say."}


def _parameters(route: Route, doc: OperationDoc) -> list[dict[str, Any]]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if doc.query is not None:
        schema = doc.query.model_json_schema(ref_template=_REF)
        parameters += [
            {"name": name, "in": "query", "required": False, "schema": field}
            for name, field in schema["properties"].items()
        ]
    if route.operation in CREATES:
        parameters.append(_IDEMPOTENCY_KEY)
    return parameters


def _schemas() -> dict[str, Any]:
    models = {model for doc in DOCS.values() for model in (doc.body, doc.response) if model}
    queries = {doc.query for doc in DOCS.values() if doc.query}
    everything = sorted(models | queries | {ErrorOut}, key=lambda model: model.__name__)
    modes = [
        (
            model,
            "validation" if issubclass(model, Wire) or model in queries else "serialization",
        )
        for model in everything
    ]
    _, schema = models_json_schema(modes, ref_template=_REF)  # type: ignore[arg-type]  # literals in a list
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
