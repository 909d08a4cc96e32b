"""What use cases take: typed, frozen, free of any vendor's words."""

from pydantic import BaseModel, ConfigDict

from lipwire.domain.accounts import Account
from lipwire.domain.ids import AssetId, EndpointId, JobId
from lipwire.domain.jobs import JobStatus
from lipwire.domain.options import JobOptions


class Command(BaseModel):
    """Base: frozen, nothing extra."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Caller(Command):
    """Who asks, once authenticated."""

    account: Account
    key_id: str


class CreateUpload(Command):
    filename: str
    content_type: str
    size_bytes: int


class CompleteUpload(Command):
    asset_id: AssetId


class GetAsset(Command):
    asset_id: AssetId


class DeleteAsset(Command):
    asset_id: AssetId


class ListAssets(Command):
    limit: int = 20
    cursor: str | None = None


class CreateJob(Command):
    source_id: AssetId
    speech_id: AssetId
    options: JobOptions = JobOptions()
    name: str | None = None
    webhook_url: str | None = None
    metadata: dict[str, str] = {}


class GetJob(Command):
    job_id: JobId
    #: Answer only once the job has ended, or after this long.
    wait_s: int = 0


class ListJobs(Command):
    limit: int = 20
    cursor: str | None = None
    status: JobStatus | None = None


class CancelJob(Command):
    job_id: JobId


class DeleteJob(Command):
    job_id: JobId


class CreateEndpoint(Command):
    url: str
    event_types: tuple[str, ...] = ()
    description: str = ""


class ListEndpoints(Command):
    pass


class DeleteEndpoint(Command):
    endpoint_id: EndpointId


class GetAccount(Command):
    pass


class GetOpenApi(Command):
    pass


class GetDocs(Command):
    pass
