"""Errors as `{"code", "msg", "data"}` under HTTP 200, as the vendor lists them; 429 alone is said by HTTP too."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse, sentence_of
from lipwire.domain.errors import Kind, LipwireError

_CODES: Final = {
    Kind.UNAUTHENTICATED: 10105,
    Kind.FORBIDDEN: 18025,
    Kind.PAYMENT: 18020,
    Kind.MISSING: 10104,
    Kind.CONFLICT: 40000,
    Kind.INVALID: 40000,
    Kind.MALFORMED: 40000,
    Kind.TOO_LARGE: 40000,
    Kind.LIMITED: 50000,
    Kind.UNAVAILABLE: 50000,
    Kind.BUG: 50000,
}


def encode_error(error: LipwireError, request: WireRequest) -> WireResponse:
    """The error; a bug says nothing but its request id."""
    text = sentence_of(error)
    if error.kind is Kind.BUG:
        text = f"Internal server error (request {request.request_id})."
    headers = {}
    if error.kind in {Kind.LIMITED, Kind.UNAVAILABLE}:
        headers["Retry-After"] = str(error.fields.get("retry_after_s", 1))
    body = {"code": _CODES[error.kind], "msg": text, "data": None}
    return WireResponse(
        status=429 if error.kind is Kind.LIMITED else 200,
        body=json.dumps(body, ensure_ascii=False),
        headers=headers,
    )
