"""Errors as `{"success": false, "error": "…"}`."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse, sentence_of
from lipwire.domain.errors import STATUS, Kind, LipwireError

_STATUS: Final = STATUS | {Kind.INVALID: 400}


def encode_error(error: LipwireError, request: WireRequest) -> WireResponse:
    """The error in the vendor's shape; a bug says nothing but its request id."""
    text = sentence_of(error)
    if error.kind is Kind.BUG:
        text = f"Internal server error (request {request.request_id})."
    headers = {}
    if error.kind in {Kind.LIMITED, Kind.UNAVAILABLE}:
        headers["Retry-After"] = str(error.fields.get("retry_after_s", 1))
    return WireResponse(
        status=_STATUS[error.kind],
        body=json.dumps({"success": False, "error": text}, ensure_ascii=False),
        headers=headers,
    )
