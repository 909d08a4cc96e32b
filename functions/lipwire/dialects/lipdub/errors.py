"""Errors as `{"detail": "…"}`; a key that opens nothing is 403 without a detail, for with one it would mean credits."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse, sentence_of
from lipwire.domain.errors import STATUS, AssetNotFoundError, Kind, LipwireError

_STATUS: Final = STATUS | {Kind.UNAUTHENTICATED: 403}
#: Shots and voices that nobody knows are missing to the vendor, wherever they are named.
_NAMED: Final = frozenset({"source.asset_id", "speech.asset_id"})


def encode_error(error: LipwireError, request: WireRequest) -> WireResponse:
    """The error in the vendor's shape; a bug says nothing but its request id."""
    if error.kind is Kind.UNAUTHENTICATED:
        return _answer(403, {"message": "Forbidden"})
    if _names_the_unknown(error):
        error = AssetNotFoundError()
    text = sentence_of(error)
    if error.kind is Kind.FORBIDDEN:
        return _answer(403, {"message": text})
    if error.kind is Kind.BUG:
        text = f"Internal server error (request {request.request_id})."
    headers = {}
    if error.kind in {Kind.LIMITED, Kind.UNAVAILABLE}:
        headers["Retry-After"] = str(error.fields.get("retry_after_s", 1))
    return _answer(_STATUS[error.kind], {"detail": text}, headers)


def _names_the_unknown(error: LipwireError) -> bool:
    wrong = error.fields.get("errors")
    return isinstance(wrong, list) and bool(_NAMED & {one["field"] for one in wrong})


def _answer(
    status: int, body: dict[str, str], headers: dict[str, str] | None = None
) -> WireResponse:
    return WireResponse(
        status=status, body=json.dumps(body, ensure_ascii=False), headers=headers or {}
    )
