"""Rows become events and executions, at least once, whatever breaks in between."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lipwire.adapters.dynamodb.outbox import DynamoOutbox, outbox_item, outbox_row
from lipwire.adapters.dynamodb.table import from_item
from lipwire.adapters.eventbridge import EventBridgeBus
from lipwire.adapters.sqs import SqsDeliveryQueue
from lipwire.adapters.stepfunctions import StepFunctionsWorkflows
from lipwire.domain.errors import BusyError, InternalError
from lipwire.domain.events import JobCreated, envelope
from lipwire.domain.outbox import OutboxKind, OutboxRow
from lipwire.usecases.publish_outbox import publish_outbox
from lipwire.usecases.sweep_outbox import sweep_outbox
from tests.support.builders import ACCOUNT, NOW
from tests.support.fakes import FakeClock
from tests.support.fakes_webhooks import FakeOutbox, FakeWorld, a_delivery

JOB, ASSET = f"job_{1:026d}", f"ast_{1:026d}"
EVENT = envelope(
    JobCreated(job_id=JOB),
    event_id=f"evt_{1:026d}",
    account_id=ACCOUNT,
    occurred_at=NOW,
    correlation_id=JOB,
)
PAYLOADS = {
    OutboxKind.EVENT: EVENT.to_json(),
    OutboxKind.START_JOB: json.dumps({"job_id": JOB}),
    OutboxKind.STOP_JOB: json.dumps({"job_id": JOB}),
    OutboxKind.START_ANALYSIS: json.dumps({"asset_id": ASSET}),
}


def a_row(number: int = 1, kind: OutboxKind = OutboxKind.EVENT, **changes: object) -> OutboxRow:
    """A row as its transaction wrote it."""
    item = outbox_item(
        f"out_{number:026d}", kind=kind, payload=PAYLOADS[kind], account_id=ACCOUNT, created_at=NOW
    )
    return outbox_row(from_item(item)).model_copy(update=changes)


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        (OutboxKind.EVENT, ("publish", EVENT.metadata.id)),
        (OutboxKind.START_JOB, ("start_job", JOB)),
        (OutboxKind.STOP_JOB, ("stop_job", JOB)),
        (OutboxKind.START_ANALYSIS, ("start_analysis", ASSET)),
    ],
)
def test_a_row_is_published_and_gone(kind, done):
    """Each kind does its one thing."""
    row, world = a_row(kind=kind), FakeWorld()
    outbox = FakeOutbox(row)
    publish_outbox(row, events=world, workflows=world, outbox=outbox)
    assert world.log == [done]
    assert outbox.rows == {}


def test_a_row_of_an_upload_by_url_starts_with_the_fetch():
    """What its transaction wrote."""
    payload = json.dumps({"asset_id": ASSET, "fetch": "url"})
    row, world = a_row(kind=OutboxKind.START_ANALYSIS, payload=payload), FakeWorld()
    publish_outbox(row, events=world, workflows=world, outbox=FakeOutbox(row))
    assert world.log == [("start_fetch", ASSET)]


@pytest.mark.fault(5, 60)
def test_a_row_stays_until_it_is_published():
    """A failing bus loses nothing."""
    row, world = a_row(), FakeWorld()
    world.failing = BusyError()
    outbox = FakeOutbox(row)
    with pytest.raises(BusyError):
        publish_outbox(row, events=world, workflows=world, outbox=outbox)
    assert list(outbox.rows) == [row.id]


@pytest.mark.parametrize("payload", ["", "{", "[]", "{}", '{"metadata": {}}', '"x"'])
@pytest.mark.parametrize("kind", list(OutboxKind))
def test_a_broken_row_stays_and_says_so(kind, payload):
    """An alarm, not a loss."""
    row, world = a_row(kind=kind, payload=payload), FakeWorld()
    outbox = FakeOutbox(row)
    with pytest.raises(InternalError):
        publish_outbox(row, events=world, workflows=world, outbox=outbox)
    assert (world.log, list(outbox.rows)) == ([], [row.id])


def test_the_sweeper_leaves_young_rows_to_the_stream():
    """30 s."""
    clock, world = FakeClock(), FakeWorld()
    young, old = a_row(1), a_row(2, created_at=NOW - timedelta(seconds=31))
    outbox = FakeOutbox(young, old)
    assert sweep_outbox(outbox=outbox, events=world, workflows=world, clock=clock) == {}
    assert list(outbox.rows) == [young.id]


def test_one_broken_row_does_not_hold_up_the_others():
    """It is given back with what is in its way."""
    clock, world = FakeClock(), FakeWorld()
    clock.sleep(60)
    broken = a_row(1, payload="{")
    outbox = FakeOutbox(broken, a_row(2), a_row(3, OutboxKind.START_JOB))
    failures = sweep_outbox(outbox=outbox, events=world, workflows=world, clock=clock)
    assert list(failures) == [broken.id]
    assert len(world.log) == 2


class FakeClient:
    """A boto3 client whose every call answers or raises the same."""

    class exceptions:  # noqa: N801  # boto3's spelling
        class ExecutionAlreadyExists(ClientError): ...  # noqa: N818

        class ExecutionDoesNotExist(ClientError): ...  # noqa: N818

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        return call


def client_error(code: str, kind: type[ClientError] = ClientError) -> ClientError:
    """An AWS error."""
    return kind({"Error": {"Code": code, "Message": ""}}, "Call")


DOWN = [client_error("ThrottlingException"), EndpointConnectionError(endpoint_url="https://x")]


class Client:
    """A table of these items."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = items

    def get_paginator(self, _name: str) -> "Client":
        return self

    def paginate(self, **_request: object) -> list[dict[str, Any]]:
        return [{"Items": self.items}]

    def delete_item(self, **_request: object) -> None:
        """Taken."""


def test_one_row_that_cannot_be_read_does_not_hold_up_the_others():
    """It is told with its id, so that the alarm rings."""
    good = outbox_item(
        a_row(2).id,
        kind="start_job",
        payload=PAYLOADS[OutboxKind.START_JOB],
        account_id=ACCOUNT,
        created_at=NOW,
    )
    bad = {"pk": {"S": a_row(1).id}, "kind": {"S": "sing"}}
    world = FakeWorld()
    clock = FakeClock()
    clock.moment += timedelta(hours=1)
    failures = sweep_outbox(
        outbox=DynamoOutbox(Client(bad, good), table="t"),
        events=world,
        workflows=world,
        clock=clock,
    )
    assert world.log == [("start_job", JOB)]
    assert {row: error.code for row, error in failures.items()} == {a_row(1).id: "internal"}


def test_an_event_goes_out_with_its_source_and_type():
    """What rules match on, and our own id and time inside."""
    client = FakeClient({"FailedEntryCount": 0, "Entries": [{}]})
    EventBridgeBus(client, bus="bus").publish(EVENT)
    (entry,) = client.calls[0][1]["Entries"]
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == (
        "lipwire.jobs",
        "JobCreated",
        "bus",
    )
    assert json.loads(entry["Detail"])["metadata"]["id"] == EVENT.metadata.id


@pytest.mark.parametrize(
    "answer", [*DOWN, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}]
)
def test_a_refused_event_is_an_error(answer):
    """EventBridge answers 200 for entries it did not take."""
    with pytest.raises(BusyError):
        EventBridgeBus(FakeClient(answer), bus="bus").publish(EVENT)


MACHINES = {
    "jobs": "arn:aws:states:eu-west-1:123456789012:stateMachine:Jobs-1",
    "analyses": "arn:aws:states:eu-west-1:123456789012:stateMachine:Analyses-1",
}


@pytest.mark.fault(5)
def test_executions_are_named_after_what_they_are_about():
    """So that a repeat finds the first; and the name gives the ARN to stop."""
    client = FakeClient({})
    workflows = StepFunctionsWorkflows(client, **MACHINES)
    workflows.start_job(JOB)
    workflows.start_analysis(ASSET)
    workflows.start_analysis(ASSET, is_fetched=True)
    workflows.stop_job(JOB)
    start, analysis, fetch, stop = (arguments for _, arguments in client.calls)
    assert (start["stateMachineArn"], start["name"], json.loads(start["input"])) == (
        MACHINES["jobs"],
        JOB,
        {"job_id": JOB},
    )
    assert (analysis["stateMachineArn"], analysis["name"]) == (MACHINES["analyses"], ASSET)
    assert json.loads(analysis["input"]) == {"asset_id": ASSET}
    assert fetch == analysis | {"input": json.dumps({"asset_id": ASSET, "fetch": "url"})}
    assert stop["executionArn"] == f"arn:aws:states:eu-west-1:123456789012:execution:Jobs-1:{JOB}"


@pytest.mark.fault(6)
def test_starting_and_stopping_twice_is_harmless():
    """The name is taken, or nobody has it."""
    taken = client_error("ExecutionAlreadyExists", FakeClient.exceptions.ExecutionAlreadyExists)
    StepFunctionsWorkflows(FakeClient(taken), **MACHINES).start_job(JOB)
    missing = client_error("ExecutionDoesNotExist", FakeClient.exceptions.ExecutionDoesNotExist)
    StepFunctionsWorkflows(FakeClient(missing), **MACHINES).stop_job(JOB)


@pytest.mark.parametrize("error", DOWN)
def test_a_service_that_is_down_is_busy(error):
    """One error of ours for all of theirs."""
    workflows = StepFunctionsWorkflows(FakeClient(error), **MACHINES)
    for act in (workflows.start_job, workflows.stop_job, workflows.start_analysis):
        with pytest.raises(BusyError):
            act(JOB)
    with pytest.raises(BusyError):
        SqsDeliveryQueue(FakeClient(error), url="q").wake(a_delivery())
    with pytest.raises(BusyError):
        SqsDeliveryQueue(FakeClient(error), url="q").wake_all([a_delivery()])
