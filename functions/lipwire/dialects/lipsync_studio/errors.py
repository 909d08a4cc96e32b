"""Errors as `{"error": "…"}`."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse, sentence_of
from lipwire.domain.errors import STATUS, Kind, LipwireError

#: The vendor says nothing of its errors; clients look at `ok` and print the text.
_STATUS: Final = STATUS | {Kind.INVALID: 400}


def encode_error(error: LipwireError, request: WireRequest) -> WireResponse:
    """The error; a bug says nothing but its request id."""
    text = sentence_of(error)
    if error.kind is Kind.BUG:
        text = f"Internal server error (request {request.request_id})."
    headers = {}
    if error.kind in {Kind.LIMITED, Kind.UNAVAILABLE}:
        headers["Retry-After"] = str(error.fields.get("retry_after_s", 1))
    return WireResponse(
        status=_STATUS[error.kind],
        body=json.dumps({"error": text}, ensure_ascii=False),
        headers=headers,
    )
