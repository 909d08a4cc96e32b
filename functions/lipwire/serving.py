"""HTTP in, HTTP out: find the dialect, authenticate, decode, run, encode. The one entry point of the API functions."""

import re
from base64 import b64decode
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, CORSConfig, Response

from lipwire import dialects
from lipwire.bootstrap import App, lambda_app
from lipwire.dialects.base import (
    CREATES,
    DOCUMENTS,
    PUBLIC,
    SHOWS_SECRET,
    Dialect,
    Operation,
    Route,
    WireRequest,
    WireResponse,
    key_of,
    needs_fresh_caller,
    scope_of,
)
from lipwire.domain.commands import Caller, Command
from lipwire.domain.errors import (
    InternalError,
    Kind,
    LipwireError,
    MissingScopeError,
    RouteNotFoundError,
)
from lipwire.domain.idempotency import Answer, KeyedRequest, checked_key, fingerprint
from lipwire.observability import logger

_CORS: Final = CORSConfig(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "X-Api-Key", "Idempotency-Key"],
    expose_headers=[
        "X-Request-Id",
        "Retry-After",
        "RateLimit",
        "RateLimit-Policy",
        "Idempotent-Replayed",
    ],
    max_age=600,
)


def serve(function: str, event: dict[str, Any], context: Any) -> dict[str, Any]:
    """API Gateway's answer to one HTTP API event (payload format 2.0) for the routes of `function`."""
    event = dialects.meant(event)
    return resolver_of(dialects.dialect_of(event["rawPath"]), function).resolve(event, context)


def answer(request: WireRequest, dialect: Dialect, route: Route, app: App) -> WireResponse:
    """The answer to one request; every failure in the dialect's own words, bugs with nothing but a request id."""
    headers: dict[str, str] = {}
    try:
        if route.operation in DOCUMENTS:
            return route.encode(_document(route.operation, request.origin))
        if route.operation in PUBLIC:
            return route.encode(_opened(route, route.decode(request), app))
        key = key_of(request, dialect.key_header)
        caller = app.callers.caller(key, is_fresh=needs_fresh_caller(route.operation))
        logger.append_keys(account_id=caller.account.id, operation=route.operation.value)
        _check_scope(route, caller)
        allowance = app.limit(route.operation, caller)
        headers = allowance.headers
        allowance.check()
        command = route.decode(request)
        if _makes_something(route, command) and "idempotency-key" in request.headers:
            wire = _answered_once(request, dialect, route, command, caller, app)
        else:
            wire = route.encode(app.run(route.operation, command, caller))
    except LipwireError as error:
        if error.kind is Kind.UNAUTHENTICATED:
            app.callers.forget(key_of(request, dialect.key_header))
        level = logger.exception if error.kind is Kind.BUG else logger.info
        level("request refused", code=error.code)
        wire = dialect.encode_error(error, request)
    except Exception:  # noqa: BLE001  # the entry point: logged once, answered as a bug
        logger.exception("request failed")
        wire = dialect.encode_error(InternalError(), request)
    return wire._replace(headers={**headers, **wire.headers})


# A document says its own origin, which callers may spell as they like: a few spellings are remembered.
@lru_cache(maxsize=8)
def _document(operation: Operation, origin: str) -> str:
    """A document that needs no key."""
    from lipwire.dialects.native.docs_page import docs_page
    from lipwire.dialects.native.openapi import openapi, openapi_json

    if operation is Operation.GET_OPENAPI:
        return openapi_json(origin)
    return docs_page(openapi(origin))


def _opened(route: Route, command: Command, app: App) -> Any:
    """What the command itself opens, without a caller."""
    from lipwire.operations import RUN_OPEN

    return RUN_OPEN[route.operation](app, command)


def _makes_something(route: Route, command: Command) -> bool:
    return route.operation in CREATES and not getattr(command, "is_rehearsal", False)


def _check_scope(route: Route, caller: Caller) -> None:
    scope = scope_of(route.operation)
    if scope is not None and scope not in caller.scopes:
        raise MissingScopeError(
            f"This API key lacks the scope `{scope}`.", scope=scope.value, scopes=caller.scopes
        )


def _answered_once(
    request: WireRequest,
    dialect: Dialect,
    route: Route,
    command: Command,
    caller: Caller,
    app: App,
) -> WireResponse:
    """The answer to a request under an idempotency key: its own, or byte for byte the one the key's first request got."""
    # Imported here: few requests carry a key, and a cold start is counted in modules.
    from lipwire.dialects.multipart import unbounded
    from lipwire.usecases.answer_once import answer_once

    keyed = KeyedRequest(
        account_id=caller.account.id,
        route=f"{request.method} {request.path}",
        key=checked_key(request.headers["idempotency-key"]),
        # No parameter has no name: what a test key asks for is another request than a live key's.
        fingerprint=fingerprint(unbounded(request), {**request.query, "": caller.mode.value}),
    )
    found, replayed = answer_once(
        keyed,
        lambda once: app.run(route.operation, command, caller.model_copy(update={"once": once})),
        encode=lambda view: _as_answer(route.encode(app.sealed(route.operation, view, caller))),
        shows_secret=route.operation in SHOWS_SECRET,
        api_key=key_of(request, dialect.key_header) or "",
        claims=app.key_claims,
        clock=app.clock,
        ids=app.ids,
    )
    marked = {"Idempotent-Replayed": "true"} if replayed else {}
    return WireResponse(
        status=found.status,
        body=found.body,
        content_type=found.content_type,
        headers={**found.headers, **marked},
    )


def _as_answer(wire: WireResponse) -> Answer:
    return Answer(
        status=wire.status, body=wire.body, content_type=wire.content_type, headers=wire.headers
    )


@cache
def resolver_of(name: str, function: str) -> APIGatewayHttpResolver:
    """One resolver per dialect, made at its first request: a cold start imports only what is called."""
    dialect = dialects.load(name)
    resolver = APIGatewayHttpResolver(cors=_CORS)
    for route in dialect.routes_of(function):
        path = re.sub(r"{(\w+)}", r"<\1>", route.path)
        resolver.route(path, method=route.method)(_handler(resolver, dialect, route))

    def unknown(_exc: Exception) -> Response[str]:
        asked = f"{resolver.current_event.http_method} {resolver.current_event.path}"
        reason = _reason(dialect, asked)
        error = RouteNotFoundError(f"There is no {asked}{reason and ': '}{reason}.")
        return _response(dialect.encode_error(error, _request(resolver, {})), resolver)

    resolver.not_found(unknown)
    return resolver


def _reason(dialect: Dialect, asked: str) -> str:
    """Why a route that the vendor has is not here; nothing, of one that nobody has."""
    for route, reason in dialect.unsupported.items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/ ]+", route), asked):
            return reason.partition(": ")[2]
    return ""


def _handler(
    resolver: APIGatewayHttpResolver, dialect: Dialect, route: Route
) -> Callable[..., Response[str]]:
    def handle(**path_params: str) -> Response[str]:
        request = _request(resolver, path_params)
        return _response(answer(request, dialect, route, lambda_app()), resolver)

    return handle


def _request(resolver: APIGatewayHttpResolver, path_params: dict[str, str]) -> WireRequest:
    event = resolver.current_event
    headers = {name.lower(): value for name, value in event.headers.items()}
    body = event.body or ""
    context = event.request_context
    return WireRequest(
        method=event.http_method,
        path=event.path,
        path_params={name: unquote(value) for name, value in path_params.items()},
        query=dict(event.query_string_parameters or {}),
        headers=headers,
        body=b64decode(body) if event.is_base64_encoded else body.encode(),
        request_id=context.request_id,
        origin=f"{headers.get('x-forwarded-proto', 'https')}://{headers.get('x-forwarded-host') or headers.get('host', '')}",
    )


def _response(wire: WireResponse, resolver: APIGatewayHttpResolver) -> Response[str]:
    request_id = resolver.current_event.request_context.request_id
    return Response(
        status_code=wire.status,
        content_type=wire.content_type,
        body=wire.body,
        headers={**wire.headers, "X-Request-Id": request_id, "Cache-Control": "no-store"},
    )
