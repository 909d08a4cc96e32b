"""Errors with `code` and `message`: older clients read the one, newer ones both."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse, sentence_of
from lipwire.domain.errors import (
    STATUS,
    InvalidRequestError,
    Kind,
    LipwireError,
)

#: The vendor has no 403, 409 and 413; what it answers instead.
_STATUS: Final = STATUS | {Kind.CONFLICT: 422, Kind.TOO_LARGE: 422}
_CODES: Final = {
    400: "invalid_request",
    401: "unauthorized",
    402: "insufficient_credits",
    403: "forbidden",
    404: "not_found",
    422: "unprocessable_entity",
    429: "rate_limited",
    500: "internal_server_error",
    503: "service_unavailable",
}
#: Our word for what is wrong with a render, where the vendor has one of its own.
JOB_CODES: Final = {"no_face": "no_source_face"}


def encode_error(error: LipwireError, request: WireRequest) -> WireResponse:
    """The error in the vendor's shape; a bug says nothing but its request id."""
    status = _STATUS[error.kind]
    if isinstance(error, InvalidRequestError) and "errors" not in error.fields:
        status = 400  # the body could not be read at all
    message = sentence_of(error)
    if error.kind is Kind.BUG:
        message = f"Internal server error (request {request.request_id})."
    headers = {}
    if error.kind in {Kind.LIMITED, Kind.UNAVAILABLE}:
        headers["Retry-After"] = str(error.fields.get("retry_after_s", 1))
    return WireResponse(
        status=status,
        body=json.dumps({"code": _CODES[status], "message": message}, ensure_ascii=False),
        headers=headers,
    )
