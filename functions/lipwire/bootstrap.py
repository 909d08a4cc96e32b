"""The composition root: the only module that knows every adapter.

Every port is made, and its adapter imported, at its first use: a function needs only the variables of what it really
touches, a cold start loads only that, and importing this module needs neither AWS nor the environment.
"""

from __future__ import annotations

import os
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from lipwire.callers import Callers
from lipwire.dialects.base import COUNTED, Operation
from lipwire.domain.commands import Caller, Command
from lipwire.domain.limits import Allowance
from lipwire.resources import ACCOUNT_TABLES, Resource
from lipwire.speech_wiring import SpeechWiring

if TYPE_CHECKING:
    from lipwire.adapters.dynamodb.account_rows import DynamoAccountRows
    from lipwire.adapters.dynamodb.accounts import DynamoAccounts
    from lipwire.adapters.dynamodb.aged_rows import DynamoAgedRows
    from lipwire.adapters.dynamodb.assets import DynamoAssets
    from lipwire.adapters.dynamodb.batches import DynamoBatches
    from lipwire.adapters.dynamodb.consents import DynamoConsents
    from lipwire.adapters.dynamodb.deliveries import DynamoDeliveries
    from lipwire.adapters.dynamodb.idempotency import DynamoKeyClaims
    from lipwire.adapters.dynamodb.jobs import DynamoJobs
    from lipwire.adapters.dynamodb.ledger import DynamoLedger
    from lipwire.adapters.dynamodb.limits import DynamoLimits
    from lipwire.adapters.dynamodb.outbox import DynamoOutbox
    from lipwire.adapters.dynamodb.stage_key import DynamoStageKey
    from lipwire.adapters.dynamodb.webhooks import DynamoEndpoints
    from lipwire.adapters.engines import DeployedEngines
    from lipwire.adapters.eventbridge import EventBridgeBus
    from lipwire.adapters.http.fetcher import GuardedFetcher
    from lipwire.adapters.http.guard import UrlGuard
    from lipwire.adapters.http.sender import GuardedSender
    from lipwire.adapters.memory_limits import MemoryLimits
    from lipwire.adapters.pages import LambdaPages
    from lipwire.adapters.probe import LambdaProbe
    from lipwire.adapters.s3 import S3Objects, S3Work
    from lipwire.adapters.sqs import SqsDeliveryQueue
    from lipwire.adapters.stepfunctions import StepFunctionsWorkflows
    from lipwire.webhook_views import DialectJobViews


class App(SpeechWiring):
    """Every port by name, made at first use."""

    @cached_property
    def accounts(self) -> DynamoAccounts:
        """Accounts and keys."""
        from lipwire.adapters.dynamodb.accounts import DynamoAccounts

        return DynamoAccounts(
            self.dynamodb,
            table=self._name(Resource.ACCOUNTS_TABLE),
            outbox=self._outbox_if_declared(),
        )

    @cached_property
    def limits(self) -> DynamoLimits:
        """Requests, active jobs and uses of keys, counted exactly."""
        from lipwire.adapters.dynamodb.limits import DynamoLimits

        return DynamoLimits(self.dynamodb, table=self._name(Resource.LIMITS_TABLE))

    @cached_property
    def memory_limits(self) -> MemoryLimits:
        """Requests, counted by this process alone."""
        from lipwire.adapters.memory_limits import MemoryLimits

        return MemoryLimits()

    @cached_property
    def ledger(self) -> DynamoLedger:
        """The ledger."""
        from lipwire.adapters.dynamodb.ledger import DynamoLedger

        return DynamoLedger(
            self.dynamodb,
            table=self._name(Resource.LEDGER_TABLE),
            accounts=self._active_accounts(),
            outbox=self._outbox_if_declared(),
        )

    @cached_property
    def assets(self) -> DynamoAssets:
        """Assets. A function without the outbox can read them, not write; one without the ledger gives no speech up."""
        from lipwire.adapters.dynamodb.assets import DynamoAssets

        return DynamoAssets(
            self.dynamodb,
            table=self._name(Resource.ASSETS_TABLE),
            accounts=self._active_accounts(),
            charges=self._charges_if_declared(),
            limits=self._limits_if_declared(),
            outbox=self._outbox_if_declared(),
        )

    @cached_property
    def jobs(self) -> DynamoJobs:
        """Jobs. A function without ledger and outbox can read and advance them, not end them."""
        from lipwire.adapters.dynamodb.jobs import DynamoJobs

        return DynamoJobs(self.dynamodb, clock=self.clock, **self._parts_of_jobs())

    @cached_property
    def batches(self) -> DynamoBatches:
        """Batches. A function without ledger and outbox can read them, not make one."""
        from lipwire.adapters.dynamodb.batches import DynamoBatches

        return DynamoBatches(self.dynamodb, active=self._active_accounts(), **self._parts_of_jobs())

    @cached_property
    def consents(self) -> DynamoConsents:
        """The audit of consents."""
        from lipwire.adapters.dynamodb.consents import DynamoConsents

        return DynamoConsents(self.dynamodb, table=self._name(Resource.JOBS_TABLE))

    def _parts_of_jobs(self) -> dict[str, Any]:
        from lipwire.adapters.dynamodb.accounts import DynamoAccounts
        from lipwire.adapters.dynamodb.ledger import DynamoLedger

        environment, outbox = self.settings.environment, self._outbox_if_declared()
        ledger = environment.get(Resource.LEDGER_TABLE, "")
        accounts = environment.get(Resource.ACCOUNTS_TABLE, "")
        return {
            "table": self._name(Resource.JOBS_TABLE),
            "ledger": DynamoLedger(
                self.dynamodb, table=ledger, accounts=self._active_accounts(), outbox=outbox
            ),
            "accounts": DynamoAccounts(self.dynamodb, table=accounts, outbox=outbox),
            "limits": self._limits_if_declared(),
            "outbox": outbox,
        }

    @cached_property
    def account_rows(self) -> DynamoAccountRows:
        """All that the tables hold of an account."""
        from lipwire.adapters.dynamodb.account_rows import DynamoAccountRows

        return DynamoAccountRows(
            self.dynamodb, tables={table: self._name(table) for table in ACCOUNT_TABLES}
        )

    @cached_property
    def aged_rows(self) -> DynamoAgedRows:
        """Jobs and assets by age."""
        from lipwire.adapters.dynamodb.aged_rows import DynamoAgedRows

        return DynamoAgedRows(
            self.dynamodb,
            jobs_table=self._name(Resource.JOBS_TABLE),
            assets_table=self._name(Resource.ASSETS_TABLE),
        )

    @cached_property
    def key_claims(self) -> DynamoKeyClaims:
        """Idempotency keys and their answers."""
        from lipwire.adapters.dynamodb.idempotency import DynamoKeyClaims

        return DynamoKeyClaims(self.dynamodb, table=self._name(Resource.IDEMPOTENCY_TABLE))

    @cached_property
    def stage_key(self) -> DynamoStageKey:
        """What seals cursors."""
        from lipwire.adapters.dynamodb.stage_key import DynamoStageKey

        return DynamoStageKey(
            self.dynamodb, table=self._name(Resource.IDEMPOTENCY_TABLE), ids=self.ids
        )

    @cached_property
    def uploads(self) -> S3Objects:
        """The uploads bucket."""
        from lipwire.adapters.s3 import S3Objects

        # What a fetch writes has its bounds too: no call takes longer than about a minute, retries included.
        client = self._s3(
            connect_timeout=5,
            read_timeout=15,
            retries={"mode": "standard", "total_max_attempts": 3},
        )
        return S3Objects(client, bucket=self._name(Resource.UPLOADS_BUCKET))

    @cached_property
    def outputs(self) -> S3Objects:
        """The outputs bucket."""
        from lipwire.adapters.s3 import S3Objects

        return S3Objects(self.s3, bucket=self._name(Resource.OUTPUTS_BUCKET))

    @cached_property
    def work_objects(self) -> S3Objects:
        """The work bucket as plain objects."""
        from lipwire.adapters.s3 import S3Objects

        return S3Objects(self.s3, bucket=self._name(Resource.WORK_BUCKET))

    @cached_property
    def work(self) -> S3Work:
        """Plans and reports."""
        from lipwire.adapters.s3 import S3Work

        return S3Work(self.s3, bucket=self._name(Resource.WORK_BUCKET))

    @cached_property
    def results(self) -> S3Objects:
        """Links to results."""
        return self.outputs

    @cached_property
    def engines(self) -> DeployedEngines:
        """The engines of this deployment."""
        from lipwire import engines
        from lipwire.adapters.engines import DeployedEngines

        return DeployedEngines(
            engines.specs(),
            targets=lambda: self.settings.batch_targets,
            shard_ms=lambda: self.settings.shard_ms,
        )

    @cached_property
    def probe(self) -> LambdaProbe:
        """The media box."""
        from lipwire.adapters.probe import LambdaProbe

        # One try, a little longer than the function may run: the step's own retry makes the next.
        client = self.client(
            "lambda", connect_timeout=5, read_timeout=65, retries={"total_max_attempts": 1}
        )
        return LambdaProbe(client, function=self._name(Resource.PROBE_FUNCTION))

    @cached_property
    def pages(self) -> LambdaPages | None:
        """Media on web pages, where the operator has turned that on."""
        from lipwire.adapters.pages import LambdaPages

        function = self.settings.environment.get(Resource.PAGES_FUNCTION)
        if not function:
            return None
        # A little longer than the function may run, as for the probe.
        client = self.client(
            "lambda", connect_timeout=5, read_timeout=95, retries={"total_max_attempts": 1}
        )
        return LambdaPages(client, function=function)

    @cached_property
    def url_guard(self) -> UrlGuard:
        """Where webhooks may go and media may come from."""
        from lipwire.adapters.http.guard import UrlGuard

        return UrlGuard(loopback=self.settings.loopback, own_hosts=self.settings.own_hosts)

    @property
    def webhook_urls(self) -> UrlGuard:
        """What judges a URL's form when it is registered."""
        return self.url_guard

    @cached_property
    def http_sender(self) -> GuardedSender:
        """What sends webhooks."""
        from lipwire.adapters.http.sender import GuardedSender

        return GuardedSender(self.url_guard)

    @cached_property
    def media_fetcher(self) -> GuardedFetcher:
        """Media from URLs."""
        from lipwire.adapters.http.fetcher import GuardedFetcher

        return GuardedFetcher(self.url_guard)

    @cached_property
    def endpoints(self) -> DynamoEndpoints:
        """Webhook endpoints. A function without the outbox can't disable one."""
        from lipwire.adapters.dynamodb.webhooks import DynamoEndpoints

        return DynamoEndpoints(
            self.dynamodb,
            table=self._name(Resource.WEBHOOKS_TABLE),
            accounts=self._active_accounts(),
            outbox=self._outbox_if_declared(),
        )

    @cached_property
    def deliveries(self) -> DynamoDeliveries:
        """Webhook deliveries."""
        from lipwire.adapters.dynamodb.deliveries import DynamoDeliveries

        return DynamoDeliveries(
            self.dynamodb,
            table=self._name(Resource.WEBHOOKS_TABLE),
            accounts=self._active_accounts(),
            clock=self.clock,
        )

    @cached_property
    def delivery_queue(self) -> SqsDeliveryQueue:
        """What wakes the delivery worker."""
        from lipwire.adapters.sqs import SqsDeliveryQueue

        return SqsDeliveryQueue(self.client("sqs"), url=self._name(Resource.DELIVERY_QUEUE))

    @cached_property
    def outbox(self) -> DynamoOutbox:
        """Rows that wait to be published."""
        from lipwire.adapters.dynamodb.outbox import DynamoOutbox

        return DynamoOutbox(self.dynamodb, table=self._name(Resource.OUTBOX_TABLE))

    @cached_property
    def event_bus(self) -> EventBridgeBus:
        """Where facts are told."""
        from lipwire.adapters.eventbridge import EventBridgeBus

        return EventBridgeBus(self.client("events"), bus=self._name(Resource.EVENT_BUS))

    @cached_property
    def workflows(self) -> StepFunctionsWorkflows:
        """Executions."""
        from lipwire.adapters.stepfunctions import StepFunctionsWorkflows

        return StepFunctionsWorkflows(
            self.client("stepfunctions"),
            jobs=self._name(Resource.JOB_STATE_MACHINE),
            analyses=self._name(Resource.ANALYSIS_STATE_MACHINE),
        )

    @cached_property
    def job_views(self) -> DialectJobViews:
        """Jobs as webhooks carry them."""
        from lipwire.webhook_views import DialectJobViews

        return DialectJobViews(self.jobs, self.batches, self.results, self.clock)

    @property
    def account_secrets(self) -> DynamoAccounts:
        """What signs webhooks of jobs with a URL of their own."""
        return self.accounts

    @cached_property
    def callers(self) -> Callers:
        """Who called lately: a revoked key reads for at most 60 s, and changes nothing (D13)."""
        from lipwire.usecases.authenticate import authenticate

        return Callers(
            lambda key: authenticate(
                key, accounts=self.accounts, limits=self.limits, clock=self.clock
            ),
            self.clock,
        )

    def limit(self, operation: Operation, caller: Caller) -> Allowance:
        """Whether the request may be made now: exact for what makes something, generous in memory for all else (D13)."""
        from lipwire.usecases.limit_request import limit_request

        is_creating = operation in COUNTED
        return limit_request(
            caller,
            is_creating=is_creating,
            limiter=self.limits if is_creating else self.memory_limits,
            clock=self.clock,
        )

    def run(self, operation: Operation, command: Command, caller: Caller) -> Any:
        """The operation's use case over this deployment's ports."""
        from lipwire import operations
        from lipwire.usecases.turn_pages import turn_pages

        return turn_pages(
            lambda one: operations.RUN[operation](self, one, caller),
            command,
            caller,
            listed=operation.value,
            key=self.stage_key.key,
        )

    def sealed(self, operation: Operation, view: Any, caller: Caller) -> Any:
        """A view as `run` gives it, for an answer that is kept before."""
        from lipwire.usecases.seal_cursor import seal_cursor

        return seal_cursor(view, caller, listed=operation.value, key=self.stage_key.key)


@cache
def lambda_app() -> App:
    """The app of this process, from its environment."""
    return App(os.environ)
