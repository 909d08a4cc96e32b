"""Jobs made by the use case, over stores in memory."""

from lipwire.domain.commands import CreateJob
from lipwire.domain.jobs import Job
from lipwire.domain.views import JobView
from lipwire.usecases.create_job import create_job
from tests.support.builders import a_caller
from tests.support.fakes import (
    AnyUrl,
    FakeAssets,
    FakeClock,
    FakeEngines,
    FakeIds,
    FakeJobs,
    FakeUploads,
)
from tests.support.fakes_consents import FakeConsents


def a_new_job(command: CreateJob, assets: FakeAssets, *, available: int = 1_000_000) -> Job:
    """What an account with that many milli-credits gets for the command."""
    return a_new_view(command, assets, FakeUploads(), available=available).job


def a_new_view(
    command: CreateJob, assets: FakeAssets, uploads: FakeUploads, *, available: int = 1_000_000
) -> JobView:
    """The same as it is answered; files that came with the request lie in `uploads`."""
    return create_job(
        command,
        a_caller(),
        jobs=FakeJobs(available=available),
        consents=FakeConsents(),
        consent_required=False,
        assets=assets,
        uploads=uploads,
        engines=FakeEngines(),
        webhook_urls=AnyUrl(),
        source_urls=AnyUrl(),
        clock=FakeClock(),
        ids=FakeIds(),
    )
