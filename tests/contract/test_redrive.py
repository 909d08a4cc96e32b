"""Messages that come again: beside a poisoned one, after a mend, a week late."""

import importlib
from typing import Any

import pytest

from lipwire.bootstrap import lambda_app
from lipwire.domain.assets import AssetStatus
from lipwire.domain.jobs import JobStatus
from lipwire.domain.webhooks import DeliveryStatus
from tests.support.builders import ACCOUNT, a_job, an_asset
from tests.support.fakes import FakeAssets, FakeClock, FakeIds, FakeJobs, FakeUploads
from tests.support.fakes_batches import FakeBatches
from tests.support.fakes_webhooks import (
    FakeDeliveries,
    FakeEndpoints,
    FakeQueue,
    FakeSecrets,
    FakeSender,
    FakeViews,
    a_delivery,
    an_endpoint,
)
from tests.support.messages import AWS, Context, in_queue, load, on_bus

JOB = "job_01kqsff0a062escqpt6bde8hag"


class Ended(FakeJobs):
    """Jobs that have ended: whoever would end them again is wrong, whatever their row says to it."""

    def release(self, *_: object, **__: object) -> bool:
        raise AssertionError("a job that has ended was ended again")


class Arrived(FakeAssets):
    """Assets that have arrived: their version is pinned."""

    def mark_uploaded(self, *_: object, **__: object) -> bool:
        raise AssertionError("an asset that has arrived was marked again")


class Away(FakeEndpoints):
    """A table that is not there until it is mended."""

    is_mended = False

    def list(self, account_id: str) -> tuple[Any, ...]:
        if not self.is_mended:
            raise ConnectionError("mend me")
        return super().list(account_id)


@pytest.fixture
def desk(monkeypatch):
    """The process's app with fakes in the places of its ports."""
    jobs = FakeJobs(a_job(id=JOB))
    fakes: dict[str, Any] = {
        "clock": FakeClock(),
        "ids": FakeIds(),
        "jobs": jobs,
        "batches": FakeBatches(jobs),
        "assets": Arrived(an_asset(1)),
        "uploads": FakeUploads(),
        "accounts": FakeSecrets(),
        "endpoints": FakeEndpoints(an_endpoint(1)),
        "deliveries": FakeDeliveries(),
        "delivery_queue": FakeQueue(),
        "job_views": FakeViews(),
        "http_sender": FakeSender(),
    }
    for name, fake in fakes.items():
        monkeypatch.setitem(vars(lambda_app()), name, fake)
    return fakes


def handle(consumer: str, *bodies: object) -> list[str]:
    """Which of these messages come again."""
    handler = importlib.import_module(f"consumers.{consumer}.handler").handler
    answer = handler(in_queue(*bodies), Context())
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def ended(number: int) -> dict[str, Any]:
    """The event of that number, that a job has succeeded."""
    body = load(AWS.parent / "jobs" / "job_succeeded.v1" / "minimal.json")
    body["metadata"] |= {"id": f"evt_{number:026d}", "account_id": ACCOUNT}
    return on_bus(body)


def owed(desk: dict[str, Any]) -> set[str]:
    """The events that somebody is owed and was woken for."""
    woken = {one for one, _ in desk["delivery_queue"].woken}
    return {row.event_id for row in desk["deliveries"].rows.values() if row.id in woken}


@pytest.mark.fault(55)
@pytest.mark.parametrize("poison", [{"detail": {"nonsense": 1}}, {}, [], "text", None])
def test_one_poison_message_does_not_hold_up_the_others(desk, poison):
    """It alone comes again; those before and after it have had their effect."""
    assert handle("fan_out_webhooks", ended(1), poison, ended(2)) == ["m-1"]
    assert owed(desk) == {f"evt_{1:026d}", f"evt_{2:026d}"}


@pytest.mark.fault(55)
def test_what_failed_has_its_effect_when_it_comes_again_after_the_mend(desk, monkeypatch):
    """From the dead-letter queue the same bytes come back: once they can be worked on, they are; twice is once."""
    endpoints = Away(an_endpoint(1))
    monkeypatch.setitem(vars(lambda_app()), "endpoints", endpoints)
    # A batch in which nothing succeeds fails as a whole.
    with pytest.raises(Exception, match="mend me"):
        handle("fan_out_webhooks", ended(1))
    assert owed(desk) == set()
    endpoints.is_mended = True
    for _ in range(2):
        assert handle("fan_out_webhooks", ended(1)) == []
        assert owed(desk) == {f"evt_{1:026d}"}
        assert len(desk["deliveries"].rows) == 1


@pytest.mark.fault(57)
@pytest.mark.parametrize("status", [JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED])
def test_a_job_that_has_ended_is_not_ended_by_a_message_of_last_week(
    desk, monkeypatch, caplog, status
):
    """Its execution's end comes late: nothing changes, and the log says so."""
    jobs = Ended(a_job(id=JOB, status=status))
    monkeypatch.setitem(vars(lambda_app()), "jobs", jobs)
    body = load(AWS / "step_functions_execution_status_change.json")
    body["detail"] |= {"name": JOB, "status": "TIMED_OUT"}
    assert handle("close_jobs", body) == []
    assert jobs.get(JOB).status is status
    assert [one.message for one in caplog.records] == ["stale message ignored"]


@pytest.mark.fault(57)
def test_an_upload_that_has_arrived_does_not_arrive_again_a_week_later(desk, caplog):
    """Were it marked anew, the version that was judged would not be the one that is rendered."""
    body = load(AWS / "s3_object_created.json")
    asset = desk["assets"].get(an_asset(1).id)
    assert asset.status is AssetStatus.READY
    body["detail"]["object"]["key"] = asset.key
    assert handle("ingest_uploads", body) == []
    assert desk["assets"].get(asset.id) == asset
    assert [one.message for one in caplog.records] == ["stale message ignored"]


@pytest.mark.fault(57)
@pytest.mark.parametrize("status", [one for one in DeliveryStatus if one != "pending"])
def test_a_delivery_that_has_ended_is_not_sent_by_a_message_of_last_week(desk, caplog, status):
    """Whatever became of it."""
    done = a_delivery(status=status, endpoint_id=an_endpoint(1).id)
    desk["deliveries"].rows[done.id] = done
    assert handle("deliver_webhooks", {"delivery_id": done.id}) == []
    assert desk["http_sender"].sent == []
    assert desk["deliveries"].rows == {done.id: done}
    assert [one.message for one in caplog.records] == ["wake-up ignored"]
