"""The published contract of events and everything that hangs on it keep step (style 8)."""

import importlib
import json
import subprocess
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from events import generate
from lipwire.bootstrap import lambda_app
from lipwire.dialects.native.wire_webhooks import EndpointIn
from lipwire.domain.events import EVENTS, EventData, Metadata, envelope, parse
from lipwire.domain.webhooks import WEBHOOK_TYPES
from outbox.handler import handler as publish
from tests.support.builders import ACCOUNT, a_job
from tests.support.fakes import FakeClock, FakeIds, FakeJobs
from tests.support.fakes_batches import FakeBatches
from tests.support.fakes_webhooks import (
    FakeDeliveries,
    FakeEndpoints,
    FakeOutbox,
    FakeQueue,
    FakeSecrets,
    FakeSender,
    FakeViews,
    FakeWorld,
    a_delivery,
    an_endpoint,
)
from tests.support.messages import AWS, HERE, Context, in_queue, load, on_bus, sample
from tests.support.patterns import matches

CLASSES = sorted(EVENTS.values(), key=generate.folder_of)
CONSUMERS = generate.consumers()
SAMPLES = sorted(HERE.glob("*/*.v*/*l.json"))


def test_generated_files_are_up_to_date():
    """`make events` would change nothing."""
    for path, text in generate.files().items():
        assert path.exists(), f"{path} is missing: run `make events`"
        assert path.read_text() == text, f"{path} is stale: run `make events`"


def test_each_class_has_a_folder_and_each_folder_a_class():
    """No orphans either way, and nothing else lies there."""
    folders = {str(path.relative_to(HERE)) for path in HERE.glob("*/*.v*")}
    assert folders == {generate.folder_of(event) for event in CLASSES}
    for folder in folders:
        found = {path.name for path in (HERE / folder).iterdir()}
        assert found == {"schema.json", "full.json", "minimal.json"}


def test_type_and_version_are_written_out_and_unique():
    """The name is the class's own; nothing is derived, so a renamed class renames no event."""
    assert len(EVENTS) == len(EventData.__subclasses__())
    for event in CLASSES:
        assert {"type", "context"} <= set(vars(event))
        assert event.type == event.__name__


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_samples_validate_and_come_back_unchanged(path):
    """Against the schema, through the envelope, and as their class."""
    detail, schema = load(path), load(path.parent / "schema.json")
    jsonschema.validate(detail, schema, format_checker=jsonschema.FormatChecker())
    event = parse(detail)
    assert json.loads(event.to_json()) == detail
    about = event.metadata
    made = envelope(event.typed(), **_context(about))
    assert made == event


def _context(about: Metadata) -> dict[str, Any]:
    return {
        "event_id": about.id,
        "account_id": about.account_id,
        "occurred_at": about.occurred_at,
        "correlation_id": about.correlation_id,
        "causation_id": about.causation_id,
    }


@pytest.mark.parametrize("event", CLASSES)
def test_minimal_has_the_required_fields_and_full_has_all(event):
    """Optionality can't drift unseen."""
    for part, model in (("metadata", Metadata), ("data", event)):
        fields = model.model_fields
        assert set(sample(event, "full")[part]) == set(fields)
        required = {name for name, field in fields.items() if field.is_required()}
        assert set(sample(event, "minimal")[part]) == required


@pytest.mark.parametrize("event", CLASSES)
@pytest.mark.fault(59)
def test_consumers_ignore_what_they_dont_know_and_producers_cant_add_it(event):
    """A newer producer breaks no older consumer."""
    detail = sample(event, "full")
    for part in ("metadata", "data"):
        detail[part]["of_the_future"] = 1
    detail["of_the_future"] = 1
    parse(detail).typed()
    jsonschema.validate(detail, generate.schema_of(event))
    with pytest.raises(ValueError, match="of_the_future"):
        event.model_validate(detail["data"])


@pytest.mark.fault(59)
def test_an_unknown_event_is_not_guessed_at():
    """It fails, and ends in the dead-letter queue."""
    detail = sample(CLASSES[0], "full")
    detail["metadata"]["version"] = 99
    with pytest.raises(KeyError):
        parse(detail).typed()


@pytest.mark.parametrize("event", CLASSES)
def test_events_are_thin(event):
    """Ids and what routes: no links, no media."""
    for value in sample(event, "full")["data"].values():
        assert isinstance(value, str | int)
        assert "://" not in str(value)
    assert len(json.dumps(sample(event, "full"))) < 1024


@pytest.mark.parametrize("event", CLASSES)
def test_every_event_is_told_by_somebody(event):
    """No dead event; a secret one would have no folder."""
    assert generate.publishers_of(event)


def test_nothing_was_taken_from_a_released_version():
    """Against the schemas of the last release tag: no field removed, newly required, or of another type."""
    tags = _git("tag", "--list", "v*", "--sort=-version:refname").split()
    if not tags:
        pytest.skip("nothing has been released yet")
    for event in CLASSES:
        path = f"events/{generate.folder_of(event)}/schema.json"
        if not _git("ls-tree", tags[0], path):
            continue
        before = json.loads(_git("show", f"{tags[0]}:{path}"))
        assert broken_by(before, generate.schema_of(event)) == []


def broken_by(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What a subscriber of the first schema could rely on and of the second can't."""
    found = []
    for part in ("metadata", "data"):
        old, new = before["properties"][part], now["properties"][part]
        if set(old.get("required", ())) != set(new.get("required", ())):
            found.append(f"{part}: required fields changed")
        for name, field in old["properties"].items():
            if new["properties"].get(name) != field:
                found.append(f"{part}.{name}: removed or of another type")
    return found


def test_a_break_would_be_seen():
    """A field gone, one of another type, one more required; a new optional one is fine."""
    schema = generate.schema_of(EVENTS["JobFailed", 1])

    def changed(change: Callable[[dict[str, Any]], object]) -> list[str]:
        other = json.loads(json.dumps(schema))
        change(other["properties"]["data"])
        return broken_by(schema, other)

    assert changed(lambda data: data["properties"].update(more={"type": "string"})) == []
    assert changed(lambda data: data["properties"].pop("code"))
    assert changed(lambda data: data["properties"]["code"].update(type="integer"))
    assert changed(lambda data: data["required"].append("more"))
    assert changed(lambda data: data["required"].remove("code"))


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=HERE.parent, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return done.stdout


@pytest.fixture(scope="module")
def pattern_of():
    """How infra turns a spec's events into a rule's pattern."""
    return importlib.import_module("infra.constructs.event_consumer").pattern_of


@pytest.mark.parametrize("name", CONSUMERS)
def test_rules_match_the_samples_of_their_events_and_no_others(name, pattern_of):
    """Routing as deployed, against every sample we publish."""
    spec = CONSUMERS[name]
    for path in SAMPLES:
        event = on_bus(load(path))
        wanted = event["detail-type"] in spec.events
        assert (bool(spec.events) and matches(pattern_of(spec.events), event)) is wanted
        if spec.aws_pattern:
            assert not matches(_filled(spec.aws_pattern), event)


@pytest.mark.parametrize("name", [name for name, spec in CONSUMERS.items() if spec.aws_pattern])
def test_rules_on_aws_events_match_one_kind_of_sample(name):
    """And none of the rest of what AWS sends."""
    pattern = _filled(CONSUMERS[name].aws_pattern)
    kinds = {
        path.stem: matches(pattern, load(path))
        for path in AWS.glob("*.json")
        if "detail-type" in load(path)
    }
    told = pattern["detail-type"][0].lower().replace(" ", "_")
    assert [kind for kind, let_through in kinds.items() if let_through] == [
        kind for kind in kinds if kind.endswith(told)
    ]


@pytest.mark.parametrize(
    ("name", "sample", "detail"),
    [
        ("ingest_uploads", "s3_object_created", {"object": {"key": "outputs/x"}}),
        ("close_jobs", "step_functions_execution_status_change", {"status": "SUCCEEDED"}),
        ("close_jobs", "step_functions_execution_status_change", {"stateMachineArn": "another"}),
    ],
)
def test_rules_on_aws_events_let_near_misses_pass_by(name, sample, detail):
    """Another prefix, another end, another machine."""
    near = load(AWS / f"{sample}.json")
    assert matches(_filled(CONSUMERS[name].aws_pattern), near)
    near["detail"] |= detail
    assert not matches(_filled(CONSUMERS[name].aws_pattern), near)


def _filled(pattern: dict[str, object]) -> dict[str, Any]:
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:LipsyncJob"
    text = json.dumps(pattern).replace("${UPLOADS_BUCKET}", "lipwire-uploads")
    filled: dict[str, Any] = json.loads(text.replace("${JOB_STATE_MACHINE}", machine))
    return filled


@pytest.fixture
def desk(monkeypatch):
    """The process's app with fakes in the places of its ports."""
    job = a_job(id="job_01kqsff0a062escqpt6bde8hag")
    fakes: dict[str, Any] = {
        "clock": FakeClock(),
        "ids": FakeIds(),
        "jobs": FakeJobs(job),
        "batches": FakeBatches(FakeJobs(job)),
        "batch_lines": None,
        "assets": None,
        "limits": None,
        "accounts": FakeSecrets(),
        "endpoints": FakeEndpoints(an_endpoint(1, event_types=list(WEBHOOK_TYPES.values()))),
        "deliveries": FakeDeliveries(a_delivery(attempts=0, endpoint_id=an_endpoint(1).id)),
        "delivery_queue": FakeQueue(),
        "job_views": FakeViews(),
        "http_sender": FakeSender(),
        "outbox": FakeOutbox(),
        "event_bus": FakeWorld(),
        "workflows": FakeWorld(),
        # Whose events the samples are has long been erased.
        "account_rows": None,
    }
    for name, fake in fakes.items():
        monkeypatch.setitem(vars(lambda_app()), name, fake)
    return fakes


@pytest.mark.parametrize("name", [name for name, spec in CONSUMERS.items() if spec.events])
@pytest.mark.fault(54, 60)
def test_consumers_accept_every_sample_of_their_events_twice(name, desk):
    """Duplicates are normal: the second time leaves no more behind than the first."""
    handler = importlib.import_module(f"consumers.{name}.handler").handler
    named = [event for event in CLASSES if event.type in CONSUMERS[name].events]
    bodies = [on_bus(sample(event, kind)) for event in named for kind in ("full", "minimal")]
    for body in bodies:
        body["detail"]["metadata"]["account_id"] = ACCOUNT
    # Full and minimal are one event; only the fan-out owes anybody anything.
    owed = len(named) if name == "fan_out_webhooks" else 0
    for _ in range(2):
        assert handler(in_queue(*bodies), Context()) == {"batchItemFailures": []}
        assert len(desk["deliveries"].rows) == 1 + owed


def test_the_worker_takes_a_wake_up(desk):
    """From the queue's message to the receiver."""
    handler = importlib.import_module("consumers.deliver_webhooks.handler").handler
    event = load(AWS / "sqs_delivery.json")
    assert handler(event, Context()) == {"batchItemFailures": []}
    assert desk["http_sender"].sent == []
    assert handler(in_queue({"delivery_id": a_delivery().id}), Context()) == {
        "batchItemFailures": []
    }
    assert len(desk["http_sender"].sent) == 1


def test_the_publisher_takes_the_tables_stream(desk):
    """Each new row once; its deletion, which comes through the stream too, is none."""
    event = load(AWS / "dynamodb_stream_outbox.json")
    assert publish(event, Context()) == {"batchItemFailures": []}
    assert [what for what, _ in desk["event_bus"].log] == ["publish"]
    assert [what for what, _ in desk["workflows"].log] == ["start_job"]


def test_the_publisher_stops_at_a_broken_row(desk):
    """The stream starts again from there, so nothing is skipped."""
    event = load(AWS / "dynamodb_stream_outbox.json")
    event["Records"][1]["dynamodb"]["NewImage"]["payload"]["S"] = "{"
    stuck = event["Records"][1]["dynamodb"]["SequenceNumber"]
    assert publish(event, Context())["batchItemFailures"][0] == {"itemIdentifier": stuck}


@pytest.mark.parametrize("name", ["sweep_outbox", "sweep_deliveries"])
def test_the_sweepers_take_a_tick(name, desk):
    """With the event their clock sends."""
    handler = importlib.import_module(f"schedules.{name}.handler").handler
    handler(load(AWS / "schedule.json"), Context())
    assert (desk["delivery_queue"].woken != []) is (name == "sweep_deliveries")


def test_webhook_types_name_events_that_the_fan_out_hears():
    """What the API promises to tell, somebody listens for."""
    assert {event.type for event in WEBHOOK_TYPES} == set(CONSUMERS["fan_out_webhooks"].events)
    offered = EndpointIn.model_json_schema()["properties"]["event_types"]["items"]["enum"]
    assert set(offered) == set(WEBHOOK_TYPES.values())
