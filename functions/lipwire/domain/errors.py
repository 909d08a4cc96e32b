"""Every error Lipwire can answer with.

LipwireError
├── MalformedError (400)           InvalidIdempotencyKeyError, InvalidCursorError
├── AuthenticationError (401)      UnauthenticatedError
├── ForbiddenError (403)           MissingScopeError
├── PaymentError (402)             InsufficientCreditsError
├── MissingError (404)             AccountNotFoundError, BatchNotFoundError, JobNotFoundError, AssetNotFoundError,
│                                  EndpointNotFoundError, DeliveryNotFoundError,
│                                  KeyNotFoundError, RouteNotFoundError
├── ConflictError (409)            JobFinishedError, JobRunningError, UploadIncompleteError,
│                                  ConcurrentChangeError (IdTakenError), EndpointDisabledError, DeliveryPendingError, KeyEndedError,
│                                  TooManyKeysError, LedgerConflictError, RefundTooLargeError,
│                                  IdempotencyInProgressError, IdempotencyAnswerSealedError
├── InvalidError (422)             BatchTooLargeError, InvalidRequestError, WrongAssetKindError, InvalidWebhookUrlError,
│   │                              ConsentRequiredError, IdempotencyKeyReusedError, NothingToSayError,
│   │                              TextTooLongError, VoiceNotFoundError, LanguageNotSpokenError
│   └── MediaError                 what is wrong with a file: see below
├── TooLargeError (413)            BodyTooLargeError
├── LimitedError (429)             RateLimitedError, TooManyActiveJobsError, TooManyFetchesError,
│                                  TooManyOpenBatchesError
├── UnavailableError (503)         BusyError
└── InternalError (500)            RenderFailedError, RenderTimedOutError, SpeechFailedError, InternalError

`code` is stable and part of the API; `mend` says what the caller can do. A `MediaError` raised in a container ends
the attempt with exit code 64 and becomes the job's error.
"""

from lipwire.domain.error_base import STATUS as STATUS
from lipwire.domain.error_base import Kind as Kind
from lipwire.domain.error_base import LipwireError as LipwireError
from lipwire.domain.media_errors import CorruptMediaError as CorruptMediaError
from lipwire.domain.media_errors import FaceNotFoundError as FaceNotFoundError
from lipwire.domain.media_errors import InvalidOptionError as InvalidOptionError
from lipwire.domain.media_errors import InvalidSourceUrlError as InvalidSourceUrlError
from lipwire.domain.media_errors import MediaError as MediaError
from lipwire.domain.media_errors import MediaTooLargeError as MediaTooLargeError
from lipwire.domain.media_errors import NoFaceError as NoFaceError
from lipwire.domain.media_errors import OptionNotSupportedError as OptionNotSupportedError
from lipwire.domain.media_errors import PageWithoutMediaError as PageWithoutMediaError
from lipwire.domain.media_errors import RejectedMediaError as RejectedMediaError
from lipwire.domain.media_errors import SilentSpeechError as SilentSpeechError
from lipwire.domain.media_errors import SourceBadAnswerError as SourceBadAnswerError
from lipwire.domain.media_errors import SourceIsPageError as SourceIsPageError
from lipwire.domain.media_errors import SourceRefusedError as SourceRefusedError
from lipwire.domain.media_errors import SourceTooSlowError as SourceTooSlowError
from lipwire.domain.media_errors import SourceUnreachableError as SourceUnreachableError
from lipwire.domain.media_errors import SourceUrlError as SourceUrlError
from lipwire.domain.media_errors import TooLongError as TooLongError
from lipwire.domain.media_errors import UnsupportedMediaError as UnsupportedMediaError
from lipwire.domain.speech_errors import LanguageNotSpokenError as LanguageNotSpokenError
from lipwire.domain.speech_errors import NothingToSayError as NothingToSayError
from lipwire.domain.speech_errors import SpeechFailedError as SpeechFailedError
from lipwire.domain.speech_errors import TextTooLongError as TextTooLongError
from lipwire.domain.speech_errors import VoiceNotFoundError as VoiceNotFoundError


class UnauthenticatedError(LipwireError):
    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED
    title = "The API key is missing, unknown, expired or revoked."
    mend = "Send a valid key as `Authorization: Bearer lw_live_…` or `X-Api-Key`."


class MissingScopeError(LipwireError):
    code = "missing_scope"
    kind = Kind.FORBIDDEN
    title = "This API key may not do that."
    mend = "Use a key that has the scope named in `scope`, or add one with POST /lipwire/v1/keys."


class InsufficientCreditsError(LipwireError):
    code = "insufficient_credits"
    kind = Kind.PAYMENT
    title = "The account has too few credits for this job."
    mend = "Add credits, wait for running jobs to release theirs, or send a shorter voice."


class AccountNotFoundError(LipwireError):
    code = "account_not_found"
    kind = Kind.MISSING
    title = "There is no such account."
    mend = "Check the id; an account that was erased stays erased."


class AccountOpenError(LipwireError):
    code = "account_open"
    kind = Kind.CONFLICT
    title = "The account is not closed."
    mend = "Close it first, with DELETE /lipwire/v1/account or `lipwire close-account`."


class JobNotFoundError(LipwireError):
    code = "job_not_found"
    kind = Kind.MISSING
    title = "There is no such job."
    mend = "Check the id; deleted jobs stay deleted."


class BatchNotFoundError(LipwireError):
    code = "batch_not_found"
    kind = Kind.MISSING
    title = "There is no such batch."
    mend = "Check the id; list yours with GET /lipwire/v1/batches."


class BatchTooLargeError(LipwireError):
    code = "batch_too_large"
    kind = Kind.INVALID
    title = "The batch has more jobs than can be accepted together."
    mend = "Send at most `limit` jobs in a batch; all of one are accepted, or none."


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


class KeyNotFoundError(LipwireError):
    code = "key_not_found"
    kind = Kind.MISSING
    title = "There is no such API key."
    mend = "Check the id; list yours with GET /lipwire/v1/keys."


class KeyEndedError(LipwireError):
    code = "key_ended"
    kind = Kind.CONFLICT
    title = "This API key was rotated or revoked, or has expired."
    mend = "Rotate the key that took its place, or make a new one with POST /lipwire/v1/keys."


class TooManyKeysError(LipwireError):
    code = "too_many_keys"
    kind = Kind.CONFLICT
    title = "The account has as many API keys as it may have."
    mend = "Revoke one that is not used any more."


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


class IdTakenError(ConcurrentChangeError):
    """A new thing drew the id of one that is there: whoever draws again gets another."""

    code = "id_taken"


class InvalidRequestError(LipwireError):
    code = "invalid_request"
    kind = Kind.INVALID
    title = "The request is not valid."
    mend = "See `errors` for each field and what it needs."


class ConsentRequiredError(LipwireError):
    code = "consent_required"
    kind = Kind.INVALID
    title = "This deployment takes no job without a consent."
    mend = "Say in `consent.statement` that the person in the source agrees, and how you know."


class InvalidCursorError(LipwireError):
    code = "invalid_cursor"
    kind = Kind.MALFORMED
    title = "The cursor is not one of ours."
    mend = "Start again without `cursor`."


class InvalidIdempotencyKeyError(LipwireError):
    code = "invalid_idempotency_key"
    kind = Kind.MALFORMED
    title = "`Idempotency-Key` is not a key."
    mend = "Send it once, with 1 to 128 letters, digits or `.` `_` `~` `-`."


class IdempotencyKeyReusedError(LipwireError):
    code = "idempotency_key_reused"
    kind = Kind.INVALID
    title = "This `Idempotency-Key` was used for another request."
    mend = "Repeat that request exactly, or send this one under a new key."


class IdempotencyInProgressError(LipwireError):
    code = "idempotency_in_progress"
    kind = Kind.CONFLICT
    title = "A request with this `Idempotency-Key` is being worked on."
    mend = "Repeat it as soon as `Retry-After` says."

    def __init__(self) -> None:
        super().__init__(retry_after_s=1)


class IdempotencyAnswerSealedError(LipwireError):
    code = "idempotency_answer_sealed"
    kind = Kind.CONFLICT
    title = "This request has been answered, and the answer holds a secret that only its API key can see again."
    mend = "Repeat it with the API key it was sent with first."


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


class TooManyActiveJobsError(LipwireError):
    """A quota, not a rate: waiting helps only once a job has ended."""

    code = "too_many_active_jobs"
    kind = Kind.LIMITED
    title = "The account has as many active jobs as its plan allows."
    mend = "Wait until one has ended, cancel one, or ask for a larger plan."


class TooManyFetchesError(LipwireError):
    """A quota, not a rate: waiting helps only once an upload has arrived."""

    code = "too_many_fetches"
    kind = Kind.LIMITED
    title = "As many uploads of the account are being fetched from URLs as its plan allows."
    mend = (
        "Wait until one has arrived, give one up, send the file itself, or ask for a larger plan."
    )


class TooManyOpenBatchesError(LipwireError):
    """A quota, not a rate: waiting helps only once a batch has been made."""

    code = "too_many_open_batches"
    kind = Kind.LIMITED
    title = "The account has as many batches as it may whose jobs are still to be made."
    mend = "Wait until all jobs of one have been made, or cancel one."


class UnavailableError(LipwireError):
    """Something we depend on is not there just now; the same request may work in a moment."""

    code = "unavailable"
    kind = Kind.UNAVAILABLE


class BusyError(UnavailableError):
    code = "busy"
    title = "The service is busy."
    mend = "Try again in a moment."


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
