"""Errors as problem+json (RFC 9457), with a stable `code`."""

import json

from lipwire.dialects.base import WireRequest, WireResponse
from lipwire.domain.errors import STATUS, Kind, LipwireError

#: A resource named in the path that isn't there answers 404; everything else by its kind.
RETRY_AFTER_S = {Kind.LIMITED: 1, Kind.UNAVAILABLE: 1}


def encode_error(error: LipwireError, request: WireRequest) -> WireResponse:
    """The error in full; a bug says nothing but its request id."""
    status = STATUS[error.kind]
    problem: dict[str, object] = {
        "type": f"/docs#{error.code}",
        "title": error.title,
        "status": status,
        "code": error.code,
        "detail": error.message,
        "request_id": request.request_id,
        **{name: value for name, value in error.fields.items() if name not in _RESERVED},
    }
    headers = {}
    retry_after_s = error.fields.get("retry_after_s", RETRY_AFTER_S.get(error.kind))
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    if error.kind is Kind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Bearer realm="lipwire"'
    return WireResponse(
        status=status,
        body=json.dumps(problem, ensure_ascii=False, default=str),
        content_type="application/problem+json",
        headers=headers,
    )


_RESERVED = frozenset({"type", "title", "status", "code", "detail", "request_id", "retry_after_s"})
