"""Errors with `statusCode`, `errorCode`, `message` and `error`; the vendor's codes of failed generations."""

import json
from typing import Final

from lipwire.dialects.base import WireRequest, WireResponse, sentence_of
from lipwire.domain.errors import STATUS, InvalidRequestError, Kind, LipwireError

#: The vendor has no 422.
_STATUS: Final = STATUS | {Kind.INVALID: 400}
_PHRASES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
#: Our code for what is wrong with a request, where the vendor has one of its own.
_CODES: Final = {
    "rate_limited": "rate_limit_exceeded",
    "too_many_active_jobs": "concurrency_limit_reached",
    "invalid_idempotency_key": "INVALID_IDEMPOTENCY_KEY",
    "idempotency_key_reused": "IDEMPOTENCY_KEY_REUSED",
    "idempotency_in_progress": "IDEMPOTENCY_IN_PROGRESS",
    "invalid_request": "generation_input_validation_failed",
}
#: Our code for what is wrong with a render, where the vendor has one of its own.
_JOB_CODES: Final = {
    "media_too_long": "generation_audio_length_exceeded",
    "corrupt_media": "generation_media_metadata_missing",
    "unsupported_media": "generation_media_metadata_missing",
    "silent_speech": "generation_audio_missing",
    "wrong_asset_kind": "generation_input_validation_failed",
    "invalid_option": "generation_input_validation_failed",
    "option_not_supported": "generation_input_validation_failed",
}


def encode_error(error: LipwireError, request: WireRequest) -> WireResponse:
    """The error in the vendor's shape; a bug says nothing but its request id."""
    status = _STATUS[error.kind]
    message = sentence_of(error)
    if error.kind is Kind.BUG:
        message = f"Internal server error (request {request.request_id})."
    headers = {}
    if error.kind in {Kind.LIMITED, Kind.UNAVAILABLE} or "retry_after_s" in error.fields:
        headers["Retry-After"] = str(error.fields.get("retry_after_s", 1))
    body = {
        "statusCode": status,
        "errorCode": _CODES.get(error.code, error.code),
        "message": message,
        "error": _PHRASES[status],
    }
    return WireResponse(status=status, body=json.dumps(body, ensure_ascii=False), headers=headers)


def job_code(code: str) -> str:
    """The vendor's word for why a generation failed; ours where it has none."""
    return _JOB_CODES.get(code, f"generation_{code}")


def wrong(field: str, message: str) -> InvalidRequestError:
    """A field that is not what it should be."""
    return InvalidRequestError(
        f"The request is not valid: `{field}`: {message}.",
        errors=[{"field": field, "message": message}],
    )
