"""Requests that schemathesis makes from an OpenAPI document, answered in memory, and what is wrong with the answers."""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lipwire import dialects
from lipwire.dialects.base import WireResponse
from tests.support.memory_app import MemoryApp

_ORIGIN: Final = "https://api.test"
_CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: In how many of four cases ids and URLs are such as lead somewhere.
_OFTEN: Final = 3


def failures(
    name: str, document: dict[str, Any], *, examples: int, derandomize: bool
) -> Iterator[str]:
    """What is wrong, for each operation of a dialect's document under so many fitting and so many unfitting requests."""
    schema = schemathesis.openapi.from_dict(document)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        app = MemoryApp()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
                _try(app, strategy, examples=examples, derandomize=derandomize)
            except (Failure, FailureGroup) as failure:
                yield f"{name}: {operation.label}: {failure}"
            except Unsatisfiable:
                # Without parameters there is nothing that might not fit.
                assert mode is GenerationMode.NEGATIVE, operation.label


def _try(app: MemoryApp, cases: Any, *, examples: int, derandomize: bool) -> None:
    @settings(
        max_examples=examples,
        derandomize=derandomize,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, luck=st.integers(0, 3), pick=st.integers(0, len(app.known) - 1))
    def one(case: Any, luck: int, pick: int) -> None:
        if luck < _OFTEN:
            for parameter in case.path_parameters or {}:
                case.path_parameters[parameter] = app.known[pick]
            case.body = _leading_somewhere(case.body, app)
        request = requests.Request(**case.as_transport_kwargs(base_url=_ORIGIN)).prepare()
        answer = _answered(app, case, request)
        case.validate_response(
            Response(
                status_code=answer.status,
                headers={"content-type": [answer.content_type]}
                | {key.lower(): [value] for key, value in answer.headers.items()},
                content=answer.body.encode(),
                request=request,
                elapsed=0.0,
                verify=False,
            ),
            checks=_CHECKS,
        )

    one()


def _answered(app: MemoryApp, case: Any, request: requests.PreparedRequest) -> WireResponse:
    """As the gateway would hand the request on: the operation's own route, its path's parts decoded."""
    path, query = urlsplit(str(request.url)).path, urlsplit(str(request.url)).query
    dialect = dialects.load(dialects.dialect_of(case.operation.path))
    (route,) = (
        one
        for one in dialect.routes
        if (one.method, one.path) == (str(request.method), case.operation.path)
    )
    match = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]*)", route.path), path)
    headers = {
        key.lower(): _text(value)
        for key, value in request.headers.items()
        if key.lower() not in {"authorization", "x-api-key"}
    }
    body = request.body or b""
    return app.answer(
        dialect,
        route,
        path,
        {key: unquote(value) for key, value in match.groupdict().items()} if match else {},
        query=dict(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _leading_somewhere(body: Any, app: MemoryApp) -> Any:
    """The body with media that are there, as each dialect names them."""
    if isinstance(body, list):
        return [_leading_somewhere(one, app) for one in body]
    if not isinstance(body, dict):
        return body
    return {key: _named(key, value, app) for key, value in body.items()}


def _named(key: str, value: Any, app: MemoryApp) -> Any:
    if key in {"source", "speech"} and isinstance(value, dict):
        return {"asset_id": app.video if key == "source" else app.voice}
    if key == "audio_id":
        return app.known[3]
    if key == "video_id":
        return int(app.known[4])
    if value is not None and re.search(r"(url|Url|file_path)$", key):
        return "https://media.test/v.mp4"
    return _leading_somewhere(value, app)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
