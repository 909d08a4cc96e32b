"""Functions that speak to strangers do what they do with the rights that they are deployed with, row by row."""

import json
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from types import SimpleNamespace
from typing import Any

import pytest

from api_jobs.spec import FUNCTION as API_JOBS
from api_uploads.spec import FUNCTION as API_UPLOADS
from consumers.close_batches.spec import CONSUMER as BATCHES
from consumers.deliver_webhooks.spec import CONSUMER
from consumers.erase_accounts.spec import CONSUMER as ERASE
from consumers.ingest_uploads.spec import CONSUMER as INGEST
from infra.grants import Handle, statements
from lipwire.adapters.system import SystemClock
from lipwire.domain.assets import Asset, Problem
from lipwire.domain.batches import Stop
from lipwire.domain.errors import SourceUrlError
from lipwire.domain.events import BatchCompleted, EventData, JobFailed, envelope
from lipwire.domain.jobs import JobStatus
from lipwire.domain.numbers import uuid_of
from lipwire.domain.webhooks import Answer, DeliveryStatus
from lipwire.function_specs import ERASING_ASSETS, Access, Need, reads
from lipwire.resources import Resource
from lipwire.usecases.close_batch import close_batch
from lipwire.usecases.end_lost_fetches import LOST_AFTER, end_lost_fetches
from lipwire.usecases.erase_asset import erase_asset
from lipwire.usecases.fan_out_webhook import fan_out_webhook
from lipwire.usecases.fetch_from_urls import fetch_from_urls
from lipwire.usecases.fetch_sources import fetch_sources
from lipwire.usecases.fetch_upload import fetch_upload
from lipwire.usecases.fill_batches import fill_batches
from lipwire.usecases.give_up_awaited import give_up_awaited
from lipwire.usecases.ingest_upload import ingest_upload
from lipwire.usecases.speak_texts import speak_texts
from lipwire.usecases.tell_batches import tell_batches
from schedules.repair_ledger.spec import SCHEDULE as REPAIR
from schedules.sweep_retention.spec import SCHEDULE as RETENTION
from tests.support.fakes_speech import FakeBucket
from tests.support.fakes_webhooks import FakeQueue
from tests.support.goldens import BOUNDARY, a_form
from tests.support.memory_app import MemoryApp
from workflow.specs import FETCH_SOURCES, GIVE_UP_ASSET

HANDLES = {resource: Handle(resource.value, resource.value) for resource in Resource}


def rights(needs: Iterable[Need]) -> Callable[[str, str, str], bool]:
    """What IAM allows a function with these needs, from the very statements that are deployed."""
    tables = [need for need in needs if need.resource.value.endswith("_TABLE")]
    policy = [one.to_statement_json() for one in statements(tables, HANDLES)]

    def allows(action: str, place: str, key: str) -> bool:
        return any(
            f"dynamodb:{action}" in _listed(one["Action"])
            and any(fnmatchcase(place, pattern) for pattern in _listed(one["Resource"]))
            and any(fnmatchcase(key, pattern) for pattern in _keys(one))
            for one in policy
        )

    return allows


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _keys(statement: dict) -> list[str]:
    condition = statement.get("Condition")
    return (
        ["*"]
        if condition is None
        else _listed(next(iter(condition.values()))["dynamodb:LeadingKeys"])
    )


@pytest.fixture
def app():
    """With an endpoint that hears of everything."""
    made = MemoryApp()
    body = {"url": "https://hooks.test/e", "event_types": ["job.failed", "batch.completed"]}
    answer = made.ask("POST", "/lipwire/v1/webhook-endpoints", body=json.dumps(body).encode())
    assert answer.status == 201, answer.body
    return made


JOB = {"source": {"url": "https://media.test/v.mp4"}, "speech": {"url": "https://media.test/a.wav"}}


def made(app: MemoryApp, path: str, body: object) -> dict:
    """What was made there."""
    answer = app.ask("POST", f"/lipwire/v1/{path}", body=json.dumps(body).encode())
    assert answer.status < 300, answer.body
    return json.loads(answer.body)


def batch_of(app: MemoryApp, *, lines: int = 1) -> dict:
    """A batch of sync.so's, with a URL of its own that is told in that vendor's words."""
    inputs = [{"type": "video", "url": "https://media.test/v.mp4"}]
    inputs.append({"type": "audio", "url": "https://media.test/a.wav"})
    payload = {"model": "lipsync-2", "input": inputs}
    line = {"endpoint": "/v2/generate", "payload": payload}
    text = "\n".join(json.dumps(line | {"request_id": f"r{one}"}) for one in range(lines))
    file = {"filename": "a.jsonl", "content_type": "application/jsonl", "text": text}
    form = a_form({"input": file, "webhook_url": "https://hooks.test/b"})
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = app.ask("POST", "/v2/batch", body=form, headers=headers)
    assert answer.status == 201, answer.body
    return json.loads(answer.body)


def owed(app: MemoryApp, data: EventData) -> list[str]:
    """The deliveries of that event."""
    queue = FakeQueue()
    fan_out_webhook(
        envelope(
            data,
            event_id=app.ids.new("evt"),
            account_id=app.account_id,
            occurred_at=app.clock.now(),
            correlation_id="c",
        ),
        jobs=app.jobs,
        batches=app.batches,
        endpoints=app.endpoints,
        deliveries=app.deliveries,
        queue=queue,
        clock=app.clock,
    )
    return [delivery_id for delivery_id, _ in queue.woken]


ENDS = {
    200: DeliveryStatus.DELIVERED,
    500: DeliveryStatus.PENDING,
    410: DeliveryStatus.DROPPED,
}


@pytest.mark.parametrize("status", ENDS)
def test_deliveries_need_no_more_rows_than_they_may_touch(app, status):
    """Of jobs and batches, to endpoints and to their own URLs; taken, to be tried again, refused for ever."""
    job = made(app, "jobs", JOB | {"webhook_url": "https://hooks.test/j"})
    batch = batch_of(app)
    due = owed(app, JobFailed(job_id=job["id"], code="render_failed"))
    due += owed(app, BatchCompleted(batch_id=batch["id"], succeeded=0, failed=1, canceled=0))
    assert len(due) == 4
    # It is made anew where it is missing, while the account is active.
    del app.tables.tables[Resource.WEBHOOKS_TABLE.value][app.account_id, "clock"]
    app.tables.rights = rights(CONSUMER.function.needs)
    sender = SimpleNamespace(post=lambda *_what, **_how: Answer(status=status))
    ended = [app.deliver(one, sender) for one in due]
    assert app.tables.refused == []
    assert {one.status for one in ended if one is not None} == {ENDS[status]}


def test_a_fetch_needs_no_more_rows_than_it_may_touch(app):
    """From a job's URLs to its pinned versions, or to why it failed."""
    job_id = made(app, "jobs", JOB)["id"]
    app.tables.rights = rights(FETCH_SOURCES.needs)
    bucket = app.__dict__["uploads"] = FakeBucket()
    give = SimpleNamespace(fetch=lambda _url, sink, **_how: sink.write(b"x" * 100))
    app.__dict__ |= {"media_fetcher": give, "pages": None}
    stores = {"jobs": app.jobs, "assets": app.assets}
    fetch_from_urls(job_id, jobs=app.jobs, stores=app)
    speak_texts(job_id, **stores, uploads=bucket, speaker=None)
    fetch_sources(job_id, **stores, uploads=bucket, clock=app.clock)
    assert app.jobs.get(job_id).stage == "validating"
    app.jobs.record_failure(job_id, Problem(code="source_url_error", message="m"))
    assert app.tables.refused == []


def fetched_upload(app: MemoryApp) -> Asset:
    """One of LipDub's, by URL."""
    url = "https://media.test/v.mp4"
    body = {"file_name": "a.mp4", "content_type": "video/mp4", "video_source_url": url}
    answer = app.ask("POST", "/v1/video", body=json.dumps(body).encode())
    assert answer.status == 201, answer.body
    (asset_id,) = app.limits.fetches(app.account_id)
    asset = app.assets.get(asset_id)
    assert asset is not None
    return asset


def fetched(app: MemoryApp, asset: Asset, error: Exception | None = None) -> None:
    """The workflow's first step."""

    def give(_url: str, sink: Any, **_how: object) -> None:
        sink.write(b"x" * 100)
        if error is not None:
            raise error

    parts = {"uploads": FakeBucket(), "media_fetcher": SimpleNamespace(fetch=give), "pages": None}
    app.__dict__ |= parts
    fetch_upload(asset.id, stores=app)


@pytest.mark.parametrize(
    ("spec", "end"),
    [
        (FETCH_SOURCES, fetched),
        (FETCH_SOURCES, lambda app, one: fetched(app, one, SourceUrlError())),
        (
            GIVE_UP_ASSET,
            lambda app, one: give_up_awaited(one.id, assets=app.assets, clock=app.clock),
        ),
        (
            INGEST.function,
            lambda app, one: ingest_upload(
                one.key, assets=app.assets, uploads=app.uploads, clock=app.clock
            ),
        ),
        (RETENTION.function, lambda app, one: erase_asset(one, stores=app, at=app.clock.now())),
        (ERASE.function, lambda app, one: erase_asset(one, stores=app, at=app.clock.now())),
        (
            API_UPLOADS,
            lambda app, one: app.ask("POST", f"/v1/video/failure/{uuid_of(one.id)}", body=b"{}"),
        ),
        (REPAIR.function, lambda app, one: lost(app)),
    ],
)
def test_whoever_ends_a_fetch_may_give_its_place_back(app, spec, end):
    """By the account's row of active things, of which those that only end some write nothing else."""
    asset = fetched_upload(app)
    app.tables.rights = allowed = rights(spec.needs)
    end(app, asset)
    assert app.tables.refused == []
    app.tables.rights = None
    assert app.limits.fetches(app.account_id) == frozenset()
    if spec in {FETCH_SOURCES, GIVE_UP_ASSET}:
        limits = Resource.LIMITS_TABLE.value
        assert not allowed("PutItem", limits, f"active#{app.account_id}")
        assert not allowed("UpdateItem", limits, f"rate#{app.account_id}")


def lost(app: MemoryApp) -> None:
    """Hours later, by the clock."""
    later = SimpleNamespace(now=lambda: SystemClock().now() + LOST_AFTER)
    found = end_lost_fetches([app.account_id], limits=app.limits, assets=app.assets, clock=later)
    assert len(found.ended) == 1


def test_a_batch_is_filled_and_told_by_the_rows_that_it_may_touch(app):
    """From a batch that waits to its last job's end, and to what is left of lines that are never made."""
    batch = batch_of(app, lines=21)
    app.tables.rights = allowed = rights(BATCHES.function.needs)
    assert fill_batches(app.account_id, stores=app) > 0
    (job_id, *_) = app.batches.get(batch["id"]).made_ids
    close_batch(job_id, jobs=app.jobs, batches=app.batches, clock=app.clock)
    assert app.tables.refused == []
    for table in (Resource.JOBS_TABLE, Resource.LEDGER_TABLE, Resource.LIMITS_TABLE):
        assert not allowed("DeleteItem", table.value, job_id)
    assert not allowed("UpdateItem", Resource.OUTBOX_TABLE.value, "out_1")
    assert not allowed("UpdateItem", Resource.LIMITS_TABLE.value, f"rate#{app.account_id}")
    assert not allowed("PutItem", Resource.JOBS_TABLE.value, "cns_1")
    assert not allowed("GetItem", Resource.ACCOUNTS_TABLE.value, "key#0123456789")


@pytest.mark.parametrize("spec", [BATCHES.function, REPAIR.function, API_JOBS])
def test_what_a_batch_made_for_nothing_may_be_erased_by_whoever_ends_it(app, spec):
    """Its next line's asset was made, and then it was called off; the end of another one is told."""
    batch = app.batches.get(batch_of(app, lines=21)["id"])
    small = app.batches.get(batch_of(app)["id"])
    lines = app.batch_lines.get(batch)
    app.assets.create(lines[0].assets[0])
    app.batches.stop(batch, Stop.CANCELED)
    app.jobs.release(app.jobs.get(small.job_ids[0]), status=JobStatus.CANCELED, error=None)
    app.tables.rights = rights(spec.needs)
    fill_batches(app.account_id, stores=app)
    tell_batches(app.account_id, stores=app)
    assert app.tables.refused == []
    app.tables.rights = None
    assert app.assets.get(lines[0].assets[0].id) is None
    assert (app.batches.open(app.account_id), app.batches.untold(app.account_id)) == ((), ())
    # Tables alone are held to rights in memory.
    lines = {
        reads(Resource.WORK_BUCKET, "batches/"),
        Need(Resource.WORK_BUCKET, Access.DELETE, "batches/"),
    }
    assert {*ERASING_ASSETS, *lines} <= set(spec.needs)


@pytest.mark.parametrize("spec", [BATCHES.function, REPAIR.function, API_JOBS, RETENTION.function])
def test_whoever_erases_may_see_what_open_batches_name(app, spec):
    """Read from the batches themselves, which no index lags behind."""
    batch = app.batches.get(batch_of(app, lines=21)["id"])
    app.tables.rights = rights(spec.needs)
    assert app.batches.awaits(app.account_id, batch.asset_ids[0])
    assert not app.batches.awaits(app.account_id, app.video)
    assert app.tables.refused == []


def test_rights_refuse_what_is_not_granted(app):
    """Else the two tests above say nothing."""
    app.tables.rights = allowed = rights(FETCH_SOURCES.needs)
    accounts = Resource.ACCOUNTS_TABLE.value
    assert allowed("GetItem", accounts, app.account_id)
    assert not allowed("GetItem", accounts, "key#0123456789")
    assert not allowed("DeleteItem", Resource.ASSETS_TABLE.value, app.video)
    with pytest.raises(Exception, match="AccessDenied"):
        app.accounts.key("0123456789")
    assert app.tables.refused == [("GetItem", accounts, "key#0123456789")]
