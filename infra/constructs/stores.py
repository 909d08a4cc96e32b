"""Buckets and tables with the properties that all of ours have."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import DeployConfig
from infra.grants import Handle


class PrivateBucket(Construct):
    """Encrypted, versioned, TLS only, nothing public; unfinished multipart uploads leave after a day."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeployConfig,
        rules: list[s3.LifecycleRule],
        cors: list[s3.CorsRule] | None = None,
        event_bridge: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            event_bridge_enabled=event_bridge,
            cors=cors,
            removal_policy=_removal(config),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="AbortUnfinishedUploads",
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                    # A second PUT to a signed URL makes the accepted bytes noncurrent: they are pinned by version, and kept.
                    noncurrent_version_expiration=Duration.days(31),
                    expired_object_delete_marker=True,
                ),
                *rules,
            ],
        )

    @property
    def handle(self) -> Handle:
        """For grants."""
        return Handle(self.bucket.bucket_arn, self.bucket.bucket_name)


class Table(Construct):
    """On demand, encrypted, point-in-time recovery, time to live on `expires_at`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeployConfig,
        sort_key: str | None = None,
        index: tuple[str, str, str] | None = None,
        stream: bool = False,
    ) -> None:
        """`index` is (name, partition key, sort key)."""
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_key("pk"),
            sort_key=_key(sort_key) if sort_key else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires_at",
            stream=dynamodb.StreamViewType.NEW_IMAGE if stream else None,
            deletion_protection=config.keeps_data,
            removal_policy=_removal(config),
        )
        if index is not None:
            name, partition, sort = index
            self.table.add_global_secondary_index(
                index_name=name, partition_key=_key(partition), sort_key=_key(sort)
            )

    @property
    def handle(self) -> Handle:
        """For grants."""
        return Handle(self.table.table_arn, self.table.table_name)


def _key(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _removal(config: DeployConfig) -> RemovalPolicy:
    return RemovalPolicy.RETAIN if config.keeps_data else RemovalPolicy.DESTROY
