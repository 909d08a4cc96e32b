"""What a dialect is: a table of routes over canonical operations, and a way to say errors."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from lipwire.domain.commands import Command
from lipwire.domain.errors import LipwireError
from lipwire.domain.keys import Scope
from lipwire.domain.views import BatchView, JobView


class Operation(StrEnum):
    """Canonical API actions; each is one use case, whatever a vendor calls it."""

    CREATE_UPLOAD = "create_upload"
    CREATE_UPLOADS = "create_uploads"
    COMPLETE_UPLOAD = "complete_upload"
    GIVE_UP_UPLOAD = "give_up_upload"
    GET_ASSET = "get_asset"
    LIST_ASSETS = "list_assets"
    LIST_ASSET_PAGES = "list_asset_pages"
    DELETE_ASSET = "delete_asset"
    CREATE_JOB = "create_job"
    ESTIMATE_JOB = "estimate_job"
    GET_JOB = "get_job"
    FIND_JOB = "find_job"
    FIND_JOBS = "find_jobs"
    LIST_JOBS = "list_jobs"
    LIST_JOB_PAGES = "list_job_pages"
    CANCEL_JOB = "cancel_job"
    DELETE_JOB = "delete_job"
    CREATE_SPEECH = "create_speech"
    GET_SPEECH = "get_speech"
    LIST_VOICES = "list_voices"
    GET_ACCOUNT = "get_account"
    CLOSE_ACCOUNT = "close_account"
    LIST_LEDGER = "list_ledger"
    CREATE_BATCH = "create_batch"
    GET_BATCH = "get_batch"
    LIST_BATCHES = "list_batches"
    FIND_BATCHES = "find_batches"
    READ_BATCH_OUTPUT = "read_batch_output"
    CANCEL_BATCH = "cancel_batch"
    CREATE_ENDPOINT = "create_endpoint"
    LIST_ENDPOINTS = "list_endpoints"
    GET_ENDPOINT = "get_endpoint"
    UPDATE_ENDPOINT = "update_endpoint"
    DELETE_ENDPOINT = "delete_endpoint"
    ROTATE_SECRET = "rotate_secret"  # noqa: S105  # an operation's name
    ROTATE_ACCOUNT_SECRET = "rotate_account_secret"  # noqa: S105  # an operation's name
    SEND_TEST_EVENT = "send_test_event"
    LIST_DELIVERIES = "list_deliveries"
    GET_DELIVERY = "get_delivery"
    REPLAY_DELIVERY = "replay_delivery"
    REPLAY_DELIVERIES = "replay_deliveries"
    CREATE_KEY = "create_key"
    LIST_KEYS = "list_keys"
    ROTATE_KEY = "rotate_key"
    REVOKE_KEY = "revoke_key"
    GET_OPENAPI = "get_openapi"
    GET_DOCS = "get_docs"


#: Make something new: a client may send them under an `Idempotency-Key`.
CREATES: Final = frozenset(
    {
        Operation.CREATE_UPLOAD,
        Operation.CREATE_UPLOADS,
        Operation.CREATE_JOB,
        Operation.CREATE_BATCH,
        Operation.CREATE_SPEECH,
        Operation.CREATE_ENDPOINT,
        Operation.CREATE_KEY,
        Operation.ROTATE_KEY,
        Operation.ROTATE_SECRET,
        Operation.ROTATE_ACCOUNT_SECRET,
        Operation.SEND_TEST_EVENT,
        Operation.REPLAY_DELIVERY,
        Operation.REPLAY_DELIVERIES,
    }
)
#: Their answers show a secret once: what is kept of them is sealed.
SHOWS_SECRET: Final = frozenset(
    {
        Operation.CREATE_ENDPOINT,
        Operation.CREATE_KEY,
        Operation.ROTATE_KEY,
        Operation.ROTATE_SECRET,
        Operation.ROTATE_ACCOUNT_SECRET,
    }
)

#: Documents about the API itself.
DOCUMENTS: Final = frozenset({Operation.GET_OPENAPI, Operation.GET_DOCS})
#: Answered without a key; what is no document asks for a token in its stead.
PUBLIC: Final = DOCUMENTS | {Operation.READ_BATCH_OUTPUT}

_UPLOADS: Final = {
    Operation.CREATE_UPLOAD,
    Operation.CREATE_UPLOADS,
    Operation.COMPLETE_UPLOAD,
    Operation.GIVE_UP_UPLOAD,
    Operation.GET_ASSET,
    Operation.LIST_ASSETS,
    Operation.LIST_ASSET_PAGES,
    Operation.DELETE_ASSET,
}
_JOBS: Final = {
    Operation.CREATE_JOB,
    Operation.ESTIMATE_JOB,
    Operation.GET_JOB,
    Operation.FIND_JOB,
    Operation.FIND_JOBS,
    Operation.LIST_JOBS,
    Operation.LIST_JOB_PAGES,
    Operation.CANCEL_JOB,
    Operation.DELETE_JOB,
    Operation.CREATE_BATCH,
    Operation.GET_BATCH,
    Operation.LIST_BATCHES,
    Operation.FIND_BATCHES,
    Operation.READ_BATCH_OUTPUT,
    Operation.CANCEL_BATCH,
    # It spends credits, as jobs do.
    Operation.CREATE_SPEECH,
    Operation.GET_SPEECH,
    Operation.LIST_VOICES,
}
_WEBHOOKS: Final = {
    Operation.CREATE_ENDPOINT,
    Operation.LIST_ENDPOINTS,
    Operation.GET_ENDPOINT,
    Operation.UPDATE_ENDPOINT,
    Operation.DELETE_ENDPOINT,
    Operation.ROTATE_SECRET,
    Operation.ROTATE_ACCOUNT_SECRET,
    Operation.SEND_TEST_EVENT,
    Operation.LIST_DELIVERIES,
    Operation.GET_DELIVERY,
    Operation.REPLAY_DELIVERY,
    Operation.REPLAY_DELIVERIES,
}

#: Operations that make something: counted exactly. All others are limited in memory, generously (D13).
COUNTED: Final = frozenset(
    {
        Operation.CREATE_UPLOAD,
        Operation.CREATE_UPLOADS,
        Operation.CREATE_JOB,
        Operation.CREATE_BATCH,
        Operation.CREATE_SPEECH,
        Operation.CREATE_ENDPOINT,
        Operation.ROTATE_SECRET,
        Operation.ROTATE_ACCOUNT_SECRET,
        Operation.SEND_TEST_EVENT,
        Operation.REPLAY_DELIVERY,
        Operation.REPLAY_DELIVERIES,
        Operation.CREATE_KEY,
        Operation.ROTATE_KEY,
    }
)

#: Change nothing.
_READS: Final = ("get_", "list_", "find_", "read_", "estimate_")
#: Their own transaction asks whether key and account are still valid.
_RECHECKED: Final = {
    Operation.CREATE_JOB,
    Operation.CREATE_BATCH,
    Operation.CREATE_SPEECH,
    Operation.CREATE_KEY,
    Operation.ROTATE_KEY,
    Operation.REVOKE_KEY,
    Operation.CLOSE_ACCOUNT,
}


def needs_fresh_caller(operation: Operation) -> bool:
    """Whether a caller who is remembered must be looked up again: before all that changes something unchecked."""
    return not (operation in _RECHECKED or operation.value.startswith(_READS))


def scope_of(operation: Operation) -> Scope | None:
    """The scope a key needs for it: none for the key's own account; `admin` for whatever is named nowhere else."""
    if operation in _UPLOADS:
        return Scope.UPLOADS
    if operation in _JOBS:
        return Scope.JOBS
    if operation in _WEBHOOKS:
        return Scope.WEBHOOKS
    return None if operation is Operation.GET_ACCOUNT else Scope.ADMIN


def function_of(operation: Operation) -> str:
    """The Lambda function that serves an operation: one per bounded context, so that rights stay apart."""
    if operation in _UPLOADS:
        return "ApiUploads"
    return "ApiJobs" if operation in _JOBS else "ApiAccount"


#: Of a mapping: no entries.
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

#: The function that gets what is no route: some of it means one of its own, see `lipwire.dialects.meant_path`.
CATCH_ALL: Final = function_of(Operation.COMPLETE_UPLOAD)


class WireRequest(NamedTuple):
    """An HTTP request, free of any gateway's shape. Header names are lower case."""

    method: str
    path: str
    path_params: Mapping[str, str] = NOTHING
    query: Mapping[str, str] = NOTHING
    headers: Mapping[str, str] = NOTHING
    body: bytes = b""
    request_id: str = ""
    #: Scheme and host the client used, for documents that name their own server.
    origin: str = ""


class WireResponse(NamedTuple):
    """An HTTP answer."""

    status: int
    body: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = NOTHING


class Route(NamedTuple):
    """One vendor path over one canonical operation."""

    method: Literal["GET", "POST", "DELETE", "PATCH", "PUT"]
    path: str
    operation: Operation
    decode: Callable[[WireRequest], Command]
    encode: Callable[[Any], WireResponse]


class RouteTable:
    """Routes in parts, one for each function that serves some; a part is imported when its routes are asked for."""

    def __init__(self, parts: Mapping[str, Callable[[], tuple[Route, ...]]]) -> None:
        """`parts`: function -> what imports the routes that it serves."""
        self._parts = parts

    def __iter__(self) -> Iterator[Route]:
        for function in self._parts:
            yield from self.of(function)

    def of(self, function: str) -> tuple[Route, ...]:
        """Those that the function serves."""
        return self._parts[function]() if function in self._parts else ()


class WebhookFormat(NamedTuple):
    """How a vendor tells of jobs that were made in its dialect."""

    #: Our webhook type -> the vendor's word for it. What is missing is not told.
    types: Mapping[str, str]
    #: The payload, from the job as it stands now and the vendor's word.
    encode: Callable[[JobView, str], Mapping[str, object]]
    #: The vendor's own signature headers over these bytes, made with this secret at that moment; native ones come on top.
    sign: Callable[[bytes, str, datetime], Mapping[str, str]] = lambda _body, _secret, _at: {}
    #: The payload for a batch that has ended, told to its own URL; None tells nothing of batches.
    encode_batch: Callable[[BatchView], Mapping[str, object]] | None = None


class Dialect(NamedTuple):
    """One vendor's wire format."""

    name: str
    #: A few may stand in a tuple; where many are told apart by function, a cold start imports less.
    routes: RouteTable | tuple[Route, ...]
    #: Header that the vendor's clients put the key in; the other one is accepted too (contracts.md 7.2).
    key_header: Literal["authorization", "x-api-key"]
    encode_error: Callable[[LipwireError, WireRequest], WireResponse]
    #: None tells in our own words alone.
    webhook: WebhookFormat | None = None
    #: Vendor field (`POST /path: field.name`) or route (`GET /path`) -> why it is refused or ignored.
    unsupported: Mapping[str, str] = NOTHING

    def routes_of(self, function: str) -> Iterable[Route]:
        """Those that the function serves."""
        if isinstance(self.routes, RouteTable):
            return self.routes.of(function)
        return (route for route in self.routes if function_of(route.operation) == function)


def sentence_of(error: LipwireError) -> str:
    """What is wrong and how to mend it, without what speaks of the native API's routes and fields."""
    is_native = "/lipwire/" in error.mend or "`" in error.mend
    return error.detail if is_native else error.message


def key_of(request: WireRequest, first: str) -> str | None:
    """The API key from either header, the dialect's own first."""
    headers = (
        ("authorization", "x-api-key")
        if first == "authorization"
        else ("x-api-key", "authorization")
    )
    for name in headers:
        value = request.headers.get(name, "").strip()
        scheme, _, token = value.partition(" ")
        if token and scheme.lower() == "bearer":
            return token.strip()
        if value and name == "x-api-key":
            return value
    return None
