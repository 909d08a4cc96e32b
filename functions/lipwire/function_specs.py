"""What each function is and needs of the deployment's parts; read by `infra/` and tests, not by functions that run.

One truth for three readers: `infra/` turns needs into grants and environment variables, `settings.py` reads these back,
and tests compare the two.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from lipwire.resources import Resource


class Access(StrEnum):
    """What may be done with a resource; `infra/grants.py` knows the IAM actions of each."""

    READ = "read"  # table: get, query, batch get, condition check (never scan); bucket: get, and see what is there
    CHECK = "check"  # table: ask something of a row in a transaction, and read none of it
    GET = "get"  # table: get a row; bucket: get an object, as a link that is signed does
    LIST = "list"  # bucket: see what is there, and none of what is in it
    PUT = "put"  # table: put rows
    UPDATE = "update"  # table: update rows, put and delete none
    CHANGE = "change"  # table: put and update rows, delete none
    WRITE = "write"  # table: put, update, delete; bucket: put (and abort) below `prefix`
    SCAN = "scan"  # table: scan, for sweepers of small tables
    DELETE = "delete"  # bucket: delete objects and unfinished uploads below `prefix`
    STREAM = "stream"  # table: consume its stream
    PUBLISH = "publish"  # bus: put events
    SEND = "send"  # queue: send messages
    INVOKE = "invoke"  # function: invoke
    START = "start"  # state machine: start executions
    STOP = "stop"  # state machine: stop executions


class Need(NamedTuple):
    """One grant: this access to that resource; with a `prefix`, to objects or rows alone whose key begins with it.

    Of a table, there may be several: one transaction writes rows of different kinds.
    """

    resource: Resource
    access: Access
    prefix: str = ""
    or_prefixes: tuple[str, ...] = ()


def reads(resource: Resource, prefix: str = "") -> Need:
    """A need to read."""
    return Need(resource, Access.READ, prefix)


def writes(resource: Resource, prefix: str = "") -> Need:
    """A need to write."""
    return Need(resource, Access.WRITE, prefix)


def checks(resource: Resource, prefix: str = "") -> Need:
    """A need to make transactions depend on a row whose key is known."""
    return Need(resource, Access.CHECK, prefix)


def gets(resource: Resource, prefix: str = "") -> Need:
    """A need to get a row or an object whose key is known."""
    return Need(resource, Access.GET, prefix)


#: What it takes to erase an asset with all that was computed from it, beside its row.
ERASING_ASSETS: Final = (
    Need(Resource.UPLOADS_BUCKET, Access.DELETE, "uploads/"),
    reads(Resource.WORK_BUCKET, "results/"),
    *(
        Need(Resource.WORK_BUCKET, Access.DELETE, prefix)
        for prefix in ("analyses/", "plans/", "results/")
    ),
)


class Layer(StrEnum):
    """Dependency layers: third-party code a function sees beside boto3."""

    API = "api"  # powertools, pydantic
    MEDIA = "media"  # PyAV
    SPEECH = "speech"  # espeak-ng, which runs as a program of its own
    NETWORKS = "networks"  # ONNX Runtime; built always, deployed where the operator has voices
    PAGES = "pages"  # yt-dlp; built always, deployed where page sources are turned on


class FunctionSpec(NamedTuple):
    """One Lambda function; `handler` is `module.attribute` below `functions/`."""

    name: str
    handler: str
    summary: str
    needs: tuple[Need, ...]
    memory_mib: int = 512
    timeout_s: int = 20
    #: Room for files of its own.
    disk_mib: int = 512
    layers: tuple[Layer, ...] = (Layer.API,)
    #: Stage parameters it reads besides its resources (see `lipwire.settings`).
    parameters: tuple[str, ...] = ()


class ConsumerSpec(NamedTuple):
    """One event consumer: rule(s) -> queue with dead-letter queue -> function -> alarm.

    `events` are `type` names of `lipwire.domain.events` matched on our bus; `aws_pattern` is an event pattern on the
    default bus (what AWS itself publishes; `${UPLOADS_BUCKET}` stands for the bucket's name). With neither, the
    consumer reads `queue`, which another function sends to.
    """

    function: FunctionSpec
    events: tuple[str, ...] = ()
    aws_pattern: dict[str, object] | None = None
    queue: Resource | None = None
    batch_size: int = 10
    max_receives: int = 5
    #: How many of its function may run at once (AWS: 2 to 1,000): a backlog leaves the account's others room to run.
    max_concurrency: int = 10


class ScheduleSpec(NamedTuple):
    """One function run on a clock."""

    function: FunctionSpec
    every_minutes: int
