"""The bus, everything that listens to it, the outbox that feeds it, and what runs on a clock."""

import importlib
from pathlib import Path
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import DeployConfig
from infra.constructs.code_source import ROOT, CodeSource
from infra.constructs.event_consumer import EventConsumer, WorkQueue
from infra.constructs.python_function import FunctionKit, PythonFunction
from infra.grants import Handle, Handles
from infra.stacks.storage import name_outputs
from lipwire.function_specs import ConsumerSpec, ScheduleSpec
from lipwire.resources import Resource
from outbox.spec import FUNCTION as OUTBOX


class EventsStack(Stack):
    """Consumers and schedules are found by folder: adding one edits nothing here."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeployConfig,
        code: CodeSource,
        handles: Handles,
        outbox: dynamodb.Table,
    ) -> None:
        super().__init__(scope, construct_id)
        kit = FunctionKit.of(self, config, code)
        bus = events.EventBus(self, "Bus", description="what happened in Lipwire")
        consumers = discover("consumers", "CONSUMER")
        queues = {
            spec.queue: WorkQueue(
                self,
                f"{spec.function.name}Queue",
                function_timeout_s=spec.function.timeout_s,
                max_receives=spec.max_receives,
            )
            for spec in consumers
            if spec.queue is not None
        }
        own: Handles = {Resource.EVENT_BUS: Handle(bus.event_bus_arn, bus.event_bus_name)}
        own |= {
            resource: Handle(work.queue.queue_arn, work.queue.queue_url)
            for resource, work in queues.items()
        }
        known = handles | own
        made = [
            EventConsumer(
                self,
                spec,
                kit=kit,
                handles=known,
                bus=bus,
                queue=queues[spec.queue] if spec.queue else None,
            )
            for spec in consumers
        ]
        publisher = PythonFunction(self, OUTBOX, kit=kit, handles=known)
        lost = self._publish(publisher, outbox)
        scheduled = [self._schedule(spec, kit, known) for spec in discover("schedules", "SCHEDULE")]
        self.functions = [*(one.function for one in made), publisher, *scheduled]
        #: By the function whose messages they are.
        self.dead_letters = {one.function.spec.name: one.work.dead_letters for one in made}
        self.dead_letters[OUTBOX.name] = lost
        self.handles = own
        name_outputs(self, own)

    def _publish(self, publisher: PythonFunction, outbox: dynamodb.Table) -> sqs.Queue:
        """The stream's records go to the publisher; what it gives up on, the sweeper finds in the table."""
        lost = sqs.Queue(
            self, "OutboxDeadLetters", enforce_ssl=True, retention_period=Duration.days(14)
        )
        lost.grant_send_messages(publisher.function)
        lambda_.CfnEventSourceMapping(
            self,
            "OutboxStream",
            function_name=publisher.function.function_name,
            event_source_arn=outbox.table_stream_arn,
            starting_position="TRIM_HORIZON",
            batch_size=25,
            maximum_retry_attempts=5,
            maximum_record_age_in_seconds=300,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            # Deletions are our own: only what was put is published.
            filter_criteria={"filters": [{"pattern": '{"eventName":["INSERT"]}'}]},
            destination_config={"onFailure": {"destination": lost.queue_arn}},
        ).node.add_dependency(publisher)
        return lost

    def _schedule(self, spec: ScheduleSpec, kit: FunctionKit, handles: Handles) -> PythonFunction:
        made = PythonFunction(self, spec.function, kit=kit, handles=handles)
        rule = events.Rule(
            self,
            f"{spec.function.name}Clock",
            schedule=events.Schedule.rate(Duration.minutes(spec.every_minutes)),
        )
        rule.add_target(targets.LambdaFunction(made.function, retry_attempts=0))
        return made


def discover(folder: str, name: str) -> list[Any]:
    """The specs of `functions/<folder>/*/spec.py`."""
    found: list[Any] = []
    for path in sorted((ROOT / "functions" / folder).glob("*/spec.py")):
        spec = getattr(importlib.import_module(f"{folder}.{path.parent.name}.spec"), name)
        if not isinstance(spec, ConsumerSpec | ScheduleSpec):
            raise TypeError(f"{Path(path).parent.name} declares no {name}")
        found.append(spec)
    return found
