"""Method, path, operation, decode, encode: what the function of accounts serves."""

from typing import Final

from lipwire.dialects.base import Operation, Route
from lipwire.dialects.native import codec_account as codec
from lipwire.dialects.native.routes import BASE
from lipwire.dialects.native.routes_keys import key_routes
from lipwire.dialects.native.routes_webhooks import webhook_routes
from lipwire.domain.commands_account import GetDocs, GetOpenApi

ROUTES: Final[tuple[Route, ...]] = (
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
