"""Buckets and tables: the one stateful stack."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import DeployConfig
from infra.constructs.stores import PrivateBucket, Table
from infra.grants import Handles
from lipwire.resources import Resource

#: A source and what was computed from it outlive the standard plan's retention by a day.
_RETENTION = Duration.days(31)


class StorageStack(Stack):
    """Everything that is remembered."""

    def __init__(self, scope: Construct, construct_id: str, *, config: DeployConfig) -> None:
        super().__init__(scope, construct_id, termination_protection=config.keeps_data)
        self.uploads = PrivateBucket(
            self,
            "Uploads",
            config=config,
            event_bridge=True,
            cors=[_cors(s3.HttpMethods.PUT, s3.HttpMethods.GET)],
            rules=[s3.LifecycleRule(id="ForgetUploads", expiration=_RETENTION)],
        )
        work = PrivateBucket(
            self,
            "Work",
            config=config,
            rules=[
                s3.LifecycleRule(id="ForgetAnalyses", prefix="analyses/", expiration=_RETENTION),
                # Joined parts are deleted at once: these are of jobs that failed or were canceled.
                s3.LifecycleRule(
                    id="ForgetParts",
                    prefix="parts/",
                    expiration=Duration.days(1),
                    noncurrent_version_expiration=Duration.days(1),
                ),
                # Deleted once their jobs are made: these wait for room, or no row leads to them.
                s3.LifecycleRule(
                    id="ForgetBatches",
                    prefix="batches/",
                    expiration=Duration.days(7),
                    noncurrent_version_expiration=Duration.days(1),
                ),
                s3.LifecycleRule(id="ForgetPlans", prefix="plans/", expiration=Duration.days(7)),
                s3.LifecycleRule(
                    id="ForgetResults", prefix="results/", expiration=Duration.days(7)
                ),
            ],
        )
        outputs = PrivateBucket(
            self,
            "Outputs",
            config=config,
            cors=[_cors(s3.HttpMethods.GET, s3.HttpMethods.HEAD)],
            rules=[s3.LifecycleRule(id="ForgetOutputs", expiration=_RETENTION)],
        )
        by_account = ("by_account", "account_id", "pk")
        self.outbox = Table(self, "Outbox", config=config, stream=True)
        tables = {
            Resource.ACCOUNTS_TABLE: Table(self, "Accounts", config=config, index=by_account),
            Resource.ASSETS_TABLE: Table(self, "Assets", config=config, index=by_account),
            Resource.JOBS_TABLE: Table(self, "Jobs", config=config, index=by_account),
            Resource.LEDGER_TABLE: Table(
                self, "Ledger", config=config, sort_key="sk", index=("by_time", "pk", "listed_at")
            ),
            Resource.WEBHOOKS_TABLE: Table(
                self,
                "Webhooks",
                config=config,
                sort_key="sk",
                index=("due", "due", "next_attempt_at"),
            ),
            Resource.OUTBOX_TABLE: self.outbox,
            Resource.IDEMPOTENCY_TABLE: Table(self, "Idempotency", config=config, sort_key="sk"),
            Resource.LIMITS_TABLE: Table(self, "Limits", config=config),
        }
        self.handles: Handles = {
            Resource.UPLOADS_BUCKET: self.uploads.handle,
            Resource.WORK_BUCKET: work.handle,
            Resource.OUTPUTS_BUCKET: outputs.handle,
            **{resource: table.handle for resource, table in tables.items()},
        }
        name_outputs(self, self.handles)


def name_outputs(stack: Stack, handles: Handles) -> None:
    """One output per resource, named like it in PascalCase, for operators and the local cloud."""
    for resource, handle in handles.items():
        words = resource.value.lower().split("_")
        CfnOutput(stack, "".join(word.title() for word in words), value=handle.value)


def _cors(*methods: s3.HttpMethods) -> s3.CorsRule:
    # Every URL is signed; which page uses it is its holder's business.
    return s3.CorsRule(
        allowed_methods=list(methods),
        allowed_origins=["*"],
        allowed_headers=["*"],
        exposed_headers=["ETag"],
        max_age=3600,
    )
