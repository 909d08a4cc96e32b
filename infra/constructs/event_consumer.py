"""A consumer's spec as rule -> queue (with a dead-letter queue) -> function."""

import json
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.python_function import FunctionKit, PythonFunction
from infra.grants import Handles
from lipwire.domain.events import EVENTS
from lipwire.function_specs import ConsumerSpec


class WorkQueue(Construct):
    """A queue with its dead-letter queue; encrypted, TLS only."""

    def __init__(
        self, scope: Construct, construct_id: str, *, function_timeout_s: int, max_receives: int
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = sqs.Queue(
            self, "DeadLetters", enforce_ssl=True, retention_period=Duration.days(14)
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            enforce_ssl=True,
            # Six times the function's timeout, so that a message in work is never handed out twice.
            visibility_timeout=Duration.seconds(6 * function_timeout_s),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=max_receives
            ),
        )


class EventConsumer(Construct):
    """One consumer folder, running."""

    def __init__(
        self,
        scope: Construct,
        spec: ConsumerSpec,
        *,
        kit: FunctionKit,
        handles: Handles,
        bus: events.IEventBus,
        queue: WorkQueue | None = None,
    ) -> None:
        super().__init__(scope, f"{spec.function.name}Consumer")
        self.work = queue or WorkQueue(
            self,
            "Work",
            function_timeout_s=spec.function.timeout_s,
            max_receives=spec.max_receives,
        )
        self.function = PythonFunction(self, spec.function, kit=kit, handles=handles)
        self.function.function.add_event_source(
            sources.SqsEventSource(
                self.work.queue,
                batch_size=spec.batch_size,
                report_batch_item_failures=True,
                max_concurrency=spec.max_concurrency,
            )
        )
        if spec.events:
            self._rule("Facts", pattern_of(spec.events), bus)
        if spec.aws_pattern:
            values = {resource.value: handle.value for resource, handle in handles.items()}
            self._rule("AwsFacts", _filled(spec.aws_pattern, values), None)

    def _rule(self, name: str, pattern: dict[str, Any], bus: events.IEventBus | None) -> None:
        rule = events.Rule(
            self,
            name,
            event_bus=bus,
            event_pattern=events.EventPattern(
                source=pattern["source"],
                detail_type=pattern["detail-type"],
                detail=pattern.get("detail"),
            ),
        )
        rule.add_target(targets.SqsQueue(self.work.queue, dead_letter_queue=self.work.dead_letters))


def pattern_of(types: tuple[str, ...]) -> dict[str, Any]:
    """The pattern that matches these events of ours and no others; nobody types it by hand."""
    found = [event for event in EVENTS.values() if event.type in types]
    if {event.type for event in found} != set(types):
        raise ValueError(f"unknown events in {types}")
    return {
        "source": sorted({f"lipwire.{event.context}" for event in found}),
        "detail-type": sorted({event.type for event in found}),
    }


def _filled(pattern: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """The pattern with each `${RESOURCE}` replaced by its name."""

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        if isinstance(value, str) and value.startswith("${"):
            return values[value[2:-1]]
        return value

    filled: dict[str, Any] = fill(json.loads(json.dumps(pattern)))
    return filled
