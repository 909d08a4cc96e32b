"""Every error Lipwire can answer with.

LipwireError
├── AuthenticationError (401)      UnauthenticatedError
├── ForbiddenError (403)           MissingScopeError
├── PaymentError (402)             InsufficientCreditsError
├── MissingError (404)             JobNotFoundError, AssetNotFoundError, EndpointNotFoundError, DeliveryNotFoundError,
│                                  RouteNotFoundError
├── ConflictError (409)            JobFinishedError, JobRunningError, UploadIncompleteError,
│                                  ConcurrentChangeError, EndpointDisabledError, DeliveryPendingError,
│                                  LedgerConflictError, RefundTooLargeError
├── InvalidError (422)             InvalidRequestError, WrongAssetKindError, InvalidWebhookUrlError, InvalidCursorError
│   └── MediaError                 what is wrong with a file: see below
├── TooLargeError (413)            BodyTooLargeError
├── LimitedError (429)             RateLimitedError
├── UnavailableError (503)         BusyError
└── InternalError (500)            RenderFailedError, RenderTimedOutError, InternalError

`code` is stable and part of the API; `mend` says what the caller can do. A `MediaError` raised in a container ends
the attempt with exit code 64 and becomes the job's error.
"""

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """The closed set of kinds; `STATUS` gives each its HTTP status."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    PAYMENT = "payment"
    MISSING = "missing"
    CONFLICT = "conflict"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"
    BUG = "bug"


STATUS: dict[Kind, int] = {
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.PAYMENT: 402,
    Kind.MISSING: 404,
    Kind.CONFLICT: 409,
    Kind.INVALID: 422,
    Kind.TOO_LARGE: 413,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.BUG: 500,
}


class LipwireError(Exception):
    """Base of all; carries a stable code, a sentence, and details as fields."""

    code: ClassVar[str] = "internal"
    kind: ClassVar[Kind] = Kind.BUG
    title: ClassVar[str] = "Something went wrong on our side."
    mend: ClassVar[str] = "Try again; if it stays, report the request id."

    def __init__(self, detail: str | None = None, /, **fields: object) -> None:
        self.detail = detail or self.title
        self.fields = fields
        super().__init__(self.detail)

    @property
    def message(self) -> str:
        """What is wrong and how to mend it, in one or two sentences."""
        return f"{self.detail} {self.mend}".strip()


class UnauthenticatedError(LipwireError):
    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED
    title = "The API key is missing, unknown or revoked."
    mend = "Send a valid key as `Authorization: Bearer lw_live_…` or `X-Api-Key`."


class MissingScopeError(LipwireError):
    code = "missing_scope"
    kind = Kind.FORBIDDEN
    title = "This API key may not do that."
    mend = "Use a key that has the scope named in `scope`."


class InsufficientCreditsError(LipwireError):
    code = "insufficient_credits"
    kind = Kind.PAYMENT
    title = "The account has too few credits for this job."
    mend = "Add credits, wait for running jobs to release theirs, or send a shorter voice."


class JobNotFoundError(LipwireError):
    code = "job_not_found"
    kind = Kind.MISSING
    title = "There is no such job."
    mend = "Check the id; deleted jobs stay deleted."


class AssetNotFoundError(LipwireError):
    code = "asset_not_found"
    kind = Kind.MISSING
    title = "There is no such asset."
    mend = "Check the id, or upload the file again with POST /lipwire/v1/uploads."


class EndpointNotFoundError(LipwireError):
    code = "webhook_endpoint_not_found"
    kind = Kind.MISSING
    title = "There is no such webhook endpoint."
    mend = "Check the id; list yours with GET /lipwire/v1/webhook-endpoints."


class DeliveryNotFoundError(LipwireError):
    code = "webhook_delivery_not_found"
    kind = Kind.MISSING
    title = "There is no such webhook delivery."
    mend = "Check the id; deliveries are kept for 30 days. List yours with GET /lipwire/v1/webhook-deliveries."


class EndpointDisabledError(LipwireError):
    code = "webhook_endpoint_disabled"
    kind = Kind.CONFLICT
    title = "This webhook endpoint is disabled."
    mend = "Mend the receiver, then PATCH the endpoint with `status` `enabled`."


class DeliveryPendingError(LipwireError):
    code = "webhook_delivery_pending"
    kind = Kind.CONFLICT
    title = "This webhook delivery has not ended yet."
    mend = "Wait for its next attempt, at `next_attempt_at`."


class RouteNotFoundError(LipwireError):
    code = "route_not_found"
    kind = Kind.MISSING
    title = "There is no such route."
    mend = "See /docs on this server for all routes."


class JobFinishedError(LipwireError):
    code = "job_already_finished"
    kind = Kind.CONFLICT
    title = "The job has already ended."
    mend = "Nothing to cancel; read it with GET /lipwire/v1/jobs/{id}."


class JobRunningError(LipwireError):
    code = "job_still_running"
    kind = Kind.CONFLICT
    title = "The job is still running."
    mend = "Cancel it first with POST /lipwire/v1/jobs/{id}/cancel."


class UploadIncompleteError(LipwireError):
    code = "upload_incomplete"
    kind = Kind.CONFLICT
    title = "The asset's bytes have not arrived yet."
    mend = "PUT the file to the upload URL, then try again."


class ConcurrentChangeError(LipwireError):
    code = "concurrent_change"
    kind = Kind.CONFLICT
    title = "Something else changed this at the same moment."
    mend = "Read it again and retry."


class InvalidRequestError(LipwireError):
    code = "invalid_request"
    kind = Kind.INVALID
    title = "The request is not valid."
    mend = "See `errors` for each field and what it needs."


class InvalidCursorError(LipwireError):
    code = "invalid_cursor"
    kind = Kind.INVALID
    title = "The cursor is not one of ours."
    mend = "Start again without `cursor`."


class InvalidWebhookUrlError(LipwireError):
    code = "invalid_webhook_url"
    kind = Kind.INVALID
    title = "Webhooks can't be sent to this URL."
    mend = "Give a public https URL on port 443."


class WrongAssetKindError(LipwireError):
    code = "wrong_asset_kind"
    kind = Kind.INVALID
    title = "The asset is of the wrong kind for this role."
    mend = (
        "`source` takes a video or an image; `speech` takes audio, or a video whose sound is used."
    )


class EngineUnavailableError(LipwireError):
    code = "engine_unavailable"
    kind = Kind.INVALID
    title = "No such engine can run here for this kind of source."
    mend = "Leave `engine` out, or choose one of GET /lipwire/v1/account's `engines`."


class LedgerConflictError(LipwireError):
    code = "ledger_conflict"
    kind = Kind.CONFLICT
    title = "This movement of credits does not fit the ledger."
    mend = "Use a key of its own for each movement; a closed account takes none."


class RefundTooLargeError(LipwireError):
    code = "refund_too_large"
    kind = Kind.CONFLICT
    title = "More would be refunded than the job was charged."
    mend = "Refund at most `left_millicredits`."


class BodyTooLargeError(LipwireError):
    code = "body_too_large"
    kind = Kind.TOO_LARGE
    title = "The request body is too large."
    mend = "Send media through POST /lipwire/v1/uploads, not in the body."


class RateLimitedError(LipwireError):
    code = "rate_limited"
    kind = Kind.LIMITED
    title = "Too many requests."
    mend = "Wait as long as `Retry-After` says."


class UnavailableError(LipwireError):
    """Something we depend on is not there just now; the same request may work in a moment."""

    code = "unavailable"
    kind = Kind.UNAVAILABLE


class BusyError(UnavailableError):
    code = "busy"
    title = "The service is busy."
    mend = "Try again in a moment."


class MediaError(LipwireError):
    """Something is wrong with a file the user gave; never retried, never charged."""

    code = "invalid_media"
    kind = Kind.INVALID
    title = "The file can't be used."
    mend = "Send another file."


class RejectedMediaError(MediaError):
    """A file that was refused at its upload is named by a job: the upload's own code and message are kept."""

    def __init__(self, code: str, message: str, /) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # the one leaf whose code is data: it repeats another's

    @property
    def message(self) -> str:
        return self.detail


class UnsupportedMediaError(MediaError):
    code = "unsupported_media"
    title = "The file is not media we can read."
    mend = "Send MP4, MOV, WebM or MKV video; PNG, JPEG or WebP images; WAV, MP3, M4A, OGG or FLAC audio."


class CorruptMediaError(MediaError):
    code = "corrupt_media"
    title = "The file is damaged, empty or cut off."
    mend = "Export it again and check that it plays to the end."


class TooLongError(MediaError):
    code = "media_too_long"
    title = "The media is longer than this account's limit."
    mend = "Cut it, or ask for a larger plan."


class MediaTooLargeError(MediaError):
    code = "media_too_large"
    title = "The file or its picture is larger than this account's limit."
    mend = "Scale it down, or ask for a larger plan."


class NoFaceError(MediaError):
    code = "no_face"
    title = "No face was found in the source."
    mend = "Use a clip or picture in which one face is clearly visible and at least 60 pixels wide."


class SourceUrlError(MediaError):
    """Media could not be fetched from its URL; the URL itself stands in no message."""

    code = "source_url_failed"
    title = "The media could not be fetched from its URL."
    mend = "Check that the URL gives the file itself, or upload it."


class InvalidSourceUrlError(SourceUrlError):
    code = "invalid_source_url"
    title = "Media can't be fetched from this URL."
    mend = "Give a public https URL on port 443, without user name, or upload the file."


class SourceUnreachableError(SourceUrlError):
    """Not resolved, not allowed, refused, reset, no valid certificate: one word for all, so that nobody can map a network."""

    code = "source_unreachable"
    title = "The URL's server could not be reached."
    mend = "Check that it is public and has a valid certificate, or upload the file."


class SourceRefusedError(SourceUrlError):
    """The server's own status is the field `status`."""

    code = "source_refused"
    title = "The URL's server did not give the file."
    mend = "Check that the URL needs no login and has not expired, or upload the file."


class SourceBadAnswerError(SourceUrlError):
    code = "source_bad_answer"
    title = "The URL's server answered in a way that can't be read."


class SourceTooSlowError(SourceUrlError):
    code = "source_too_slow"
    title = "The file did not arrive in time from its URL."
    mend = "Give a URL on a faster server, or upload the file."


class FaceNotFoundError(MediaError):
    code = "face_not_found"
    title = "The face that was chosen is not in the source."
    mend = "Choose another number, place or time, or leave `face` out to take the one who speaks."


class InvalidOptionError(MediaError):
    """An option that does not fit this source; found once the source is known."""

    code = "invalid_option"
    title = "An option does not fit the source."
    mend = "Change the option named in `option`, or leave it out."


class OptionNotSupportedError(InvalidOptionError):
    """An option that this engine, or this kind of source, can't honour; never dropped in silence."""

    code = "option_not_supported"
    title = "An option can't be honoured here."
    mend = "Leave out the option named in `option`, or choose an engine or a source that allows it."


class SilentSpeechError(MediaError):
    code = "silent_speech"
    title = "The voice track is silent or has no sound stream."
    mend = "Send a file in which somebody speaks."


class RenderFailedError(LipwireError):
    code = "render_failed"
    title = "Rendering failed on our side; nothing was charged."
    mend = "Try again; if it stays, report the job id."


class RenderTimedOutError(LipwireError):
    code = "render_timed_out"
    title = "Rendering took too long; nothing was charged."
    mend = "Try again, or send a shorter voice."


class InternalError(LipwireError):
    """A bug: logged whole, shown as nothing but its request id."""
