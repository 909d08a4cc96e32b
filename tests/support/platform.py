"""The deployed platform for integration tests and journeys: one emulator, one deployment per test run.

`LIPWIRE_TEST_ENDPOINT` points the same tests at another endpoint the app is deployed to (and `LIPWIRE_TEST_BASE_URL`
at its API's origin, where that isn't found under the endpoint).
"""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pytest_localstack.session import RunningSession

from infra.local import deployment, forwarder, processes
from infra.local.client import Client
from infra.local.platform import REGION, REPOSITORY, Emulator, start_emulator
from tests.support import secrets
from tests.support.witness import Witness

_CONNECTED = (
    "dynamodb",
    "s3",
    "sqs",
    "lambda",
    "events",
    "stepfunctions",
    "logs",
    "cloudformation",
)

_QUEUE = "lipwire-test-events"


class Platform:
    """What a test may know of the platform: its API, its resources' names, and the operator's clients."""

    def __init__(self, emulator: Emulator, base_url: str) -> None:
        self.emulator = emulator
        self.base_url = base_url
        self.names = deployment.resource_names(emulator)
        self._connection = RunningSession(
            "127.0.0.1",
            services=dict.fromkeys(_CONNECTED, emulator.port),
            region_name=REGION,
            localstack_version="latest",
        )
        self._connection.start()
        self._accounts: dict[str, str] = {}
        #: Secrets that tests were given, and what they were told when they were refused.
        self.known = secrets.Known()
        self.refusals: list[str] = []
        self._events: list[dict[str, Any]] = []
        self._events_url = self._record_events()

    def aws(self, service: str) -> Any:
        """A client of one service, as the operator."""
        if service == "s3" or service not in _CONNECTED:
            return self.emulator.client(service)
        return self._connection.boto3.client(service)

    def new_account(self, credits: int = 1000) -> str:
        """The API key of a fresh account."""
        opened = deployment.open_account(self.emulator, granted=credits)
        self._accounts[opened["api_key"]] = opened["account_id"]
        self.known.learn(opened)
        return opened["api_key"]

    def new_client(self, credits: int = 1000) -> Witness:
        """A client of the native API with a fresh account."""
        return Witness(self.base_url, self.new_account(credits), self.known, self.refusals)

    def account_of(self, client: Client) -> str:
        """The account a client of `new_client` speaks for."""
        return self._accounts[client.api_key]

    def count_events(
        self, name: str, entity_id: str | int, *, account_id: str | None = None
    ) -> int:
        """How often a fact about this job or asset was told; waits for the first, then for doubles."""
        deadline = time.monotonic() + 30
        settle = time.monotonic() + 1.5
        while True:
            self._drain()
            count = sum(
                1
                for event in self._events
                if event["detail-type"] == name
                and entity_id in event["detail"]["data"].values()
                and account_id in (None, event["detail"]["metadata"]["account_id"])
            )
            if (count and time.monotonic() > settle) or time.monotonic() > deadline:
                return count

    def events_of(self, entity_id: str) -> list[str]:
        """Types of all facts told so far about this job or asset, in the order they arrived."""
        self._drain()
        return [
            event["detail-type"]
            for event in self._events
            if entity_id in event["detail"]["data"].values()
        ]

    def ledger_entries(self, client: Client, job_id: str) -> list[dict[str, Any]]:
        """The ledger's entries about one job."""
        pages = (
            self.aws("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.names["LEDGER_TABLE"],
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": self.account_of(client)}},
                ConsistentRead=True,
            )
        )
        rows = [
            {name: next(iter(value.values())) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]
        return [row for row in rows if job_id in json.dumps(row)]

    def batch_job(self, name: str, *, child: int | None = None) -> dict[str, Any]:
        """The one Batch job of this name, or a child of it where it is an array."""
        (found,) = self._batch_jobs(name)
        job_id = found["jobId"] if child is None else f"{found['jobId']}:{child}"
        (described,) = self.aws("batch").describe_jobs(jobs=[job_id])["jobs"]
        return dict(described)

    def count_batch_jobs(self, name: str) -> int:
        """How many Batch jobs of this name there were."""
        return len(self._batch_jobs(name))

    def batch_pid(self, name: str, *, child: int | None = None) -> int:
        """The process of a running Batch job, or of an array's child."""
        found: int = until(
            lambda: self.batch_pids(name).get(child), lambda pid: pid is not None, timeout_s=60
        )
        return found

    def batch_pids(self, name: str) -> dict[int | None, int]:
        """The processes of a Batch job that run now: an array's by its children's numbers, another's by None."""
        marker = f"AWS_BATCH_JOB_ID={self.batch_job(name)['jobId']}"
        found: dict[int | None, int] = {}
        for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
            try:
                environment = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
                is_leader = os.getsid(pid) == pid
            except (OSError, ProcessLookupError):
                continue  # it ended while we looked
            for variable in environment.split("\0"):
                job, _, index = variable.partition(marker)[2].partition(":")
                if is_leader and variable.startswith(marker) and not job:
                    found[int(index) if index else None] = pid
        return found

    def count_executions(self, machine: str, name: str) -> int:
        """How many executions of the `job` or `analysis` workflow bear this name."""
        arn = self.names[f"{machine.upper()}_STATE_MACHINE"]
        pages = (
            self.aws("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=arn)
        )
        return sum(one["name"].startswith(name) for page in pages for one in page["executions"])

    def stop_execution(self, machine: str, name: str) -> None:
        """Stop the execution of this name as an operator would, behind the API's back."""
        arn = self.names[f"{machine.upper()}_STATE_MACHINE"].replace(
            ":stateMachine:", ":execution:"
        )
        self.aws("stepfunctions").stop_execution(executionArn=f"{arn}:{name}")

    @contextmanager
    def stage_parameter(self, handler: str, name: str, value: str) -> Iterator[None]:
        """As if the stage had been deployed with another value of one function's parameter."""
        aws, function = self.aws("lambda"), self.function(handler)
        found = aws.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        changed = {**found, name: value}
        aws.update_function_configuration(FunctionName=function, Environment={"Variables": changed})
        try:
            yield
        finally:
            aws.update_function_configuration(
                FunctionName=function, Environment={"Variables": found}
            )

    def work_keys(self, prefix: str) -> list[str]:
        """Every version of every object below the prefix in the work bucket."""
        pages = (
            self.aws("s3")
            .get_paginator("list_object_versions")
            .paginate(Bucket=self.names["WORK_BUCKET"], Prefix=prefix)
        )
        return [one["Key"] for page in pages for one in page.get("Versions", [])]

    def repeat_upload_event(self, client: Client, asset_id: str) -> None:
        """Deliver the bucket's “Object Created” event for this asset once more."""
        key = f"uploads/{self.account_of(client)}/{asset_id}/source"
        bucket = self.names["UPLOADS_BUCKET"]
        found = self.aws("s3").head_object(Bucket=bucket, Key=key)
        event = {
            "version": "0",
            "id": f"repeat-{asset_id}",
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": "000000000000",
            "time": found["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [f"arn:aws:s3:::{bucket}"],
            "detail": {
                "version": "0",
                "bucket": {"name": bucket},
                "object": {
                    "key": key,
                    "size": found["ContentLength"],
                    "etag": found["ETag"].strip('"'),
                    "sequencer": "00",
                },
                "request-id": "repeat",
                "requester": "000000000000",
                "source-ip-address": "127.0.0.1",
                "reason": "PutObject",
            },
        }
        aws = self.aws("lambda")
        function = self.function("consumers.ingest_uploads.handler.handler")
        (mapping,) = aws.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        queue = mapping["EventSourceArn"].rpartition(":")[2]
        sqs = self.aws("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))

    def repeat_outbox_record(self, kind: str, payload: dict[str, str]) -> None:
        """Hand the publisher a record as the outbox's stream would."""
        row = {
            "pk": f"out_repeat{os.urandom(8).hex()}",
            "kind": kind,
            "account_id": "acct_repeat",
            "payload": json.dumps(payload),
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        }
        record = {
            "eventID": os.urandom(8).hex(),
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": {
                "Keys": {"pk": {"S": row["pk"]}},
                "NewImage": {name: {"S": value} for name, value in row.items()},
                "SequenceNumber": "1",
                "SizeBytes": 1,
                "StreamViewType": "NEW_IMAGE",
            },
            "eventSourceARN": f"arn:aws:dynamodb:{REGION}:000000000000:table/outbox/stream/repeat",
        }
        answer = self.aws("lambda").invoke(
            FunctionName=self.function("outbox.handler.handler"),
            Payload=json.dumps({"Records": [record]}),
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def secrets_told(self) -> list[str]:
        """Secrets that were told since the platform was started.

        In any log line of any function or job, the emulator's own log, any event, what executions carried and failed
        with, dead letters, and answers that were errors.
        """
        self._drain()
        machines = [self.names[f"{one}_STATE_MACHINE"] for one in ("JOB", "ANALYSIS")]
        told = [
            *secrets.told_on(self.aws, machines),
            *self.emulator.log.read_text(errors="replace").splitlines(),
            *(json.dumps(event) for event in self._events),
            *self.refusals,
        ]
        return [
            leak for text in told for leak in (*secrets.found_in(text), *self.known.found_in(text))
        ]

    def function(self, handler: str) -> str:
        """The name of the function behind a handler."""
        pages = self.aws("lambda").get_paginator("list_functions").paginate()
        (name,) = (
            one["FunctionName"]
            for page in pages
            for one in page["Functions"]
            if one["Handler"] == handler
        )
        return str(name)

    def _batch_jobs(self, name: str) -> list[dict[str, Any]]:
        batch = self.aws("batch")
        return [
            job
            for queue in batch.describe_job_queues()["jobQueues"]
            for job in batch.list_jobs(
                jobQueue=queue["jobQueueArn"], filters=[{"name": "JOB_NAME", "values": [name]}]
            )["jobSummaryList"]
        ]

    def _record_events(self) -> str:
        """A queue that every event on our bus reaches."""
        sqs, events = self.aws("sqs"), self.aws("events")
        url = sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = answer["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        bus = self.names["EVENT_BUS"]
        events.put_rule(
            Name=_QUEUE,
            EventBusName=bus,
            EventPattern=json.dumps({"source": [{"prefix": "lipwire"}]}),
        )
        events.put_targets(Rule=_QUEUE, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
        return str(url)

    def _drain(self) -> None:
        sqs = self.aws("sqs")
        while True:
            answer = sqs.receive_message(
                QueueUrl=self._events_url, MaxNumberOfMessages=10, WaitTimeSeconds=1
            )
            messages = answer.get("Messages", [])
            for message in messages:
                self._events.append(json.loads(message["Body"]))
                sqs.delete_message(
                    QueueUrl=self._events_url, ReceiptHandle=message["ReceiptHandle"]
                )
            if not messages:
                return


def until(look: Callable[[], Any], good: Callable[[Any], bool], *, timeout_s: float) -> Any:
    """What `look` finds, once it is good."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = look()
        if good(found):
            return found
        assert time.monotonic() < deadline, f"still {found}"
        time.sleep(0.1)


#: Media from web pages is on where the layer for it has been built (`make layer`).
PAGES_LAYER = REPOSITORY / "build" / "layers" / "pages-local"


@contextmanager
def deployed() -> Iterator[Platform]:
    """The platform with the app on it, for as long as the tests run."""
    elsewhere = os.environ.get("LIPWIRE_TEST_ENDPOINT")
    if elsewhere:
        port = urlsplit(elsewhere).port or 4566
        with (
            tempfile.TemporaryDirectory(prefix="lipwire-test-") as folder,
            _origin(Emulator(0, port, Path(folder))) as platform,
        ):
            yield platform
        return
    with tempfile.TemporaryDirectory(prefix="lipwire-test-", ignore_cleanup_errors=True) as folder:
        emulator = start_emulator(Path(folder))
        try:
            deployment.deploy(emulator, context={"page_sources": str(PAGES_LAYER.exists())})
            with _origin(emulator) as platform:
                yield platform
        finally:
            emulator.stop()
            sys.stdout.write(processes.tail(emulator.log))


@contextmanager
def _origin(emulator: Emulator) -> Iterator[Platform]:
    known = os.environ.get("LIPWIRE_TEST_BASE_URL")
    if known:
        yield Platform(emulator, known)
        return
    server = forwarder.create_server(
        port=0, upstream_port=emulator.port, api_id=deployment.api_id(emulator)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Platform(emulator, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
