"""Findings of cdk-nag that stand, each with its reason; `tests/infra/test_security.py` allows no other, and none unused.

cdk-nag names a wildcard with the whole resource it stands in, so entries are patterns of (finding, construct path).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One kind of finding and why it stands."""

    finding: str
    construct: str
    reason: str


ACKNOWLEDGED: Final = (
    Acknowledged(
        r"IAM5\[Resource::.*Bucket.*/(uploads|plans|analyses|results|parts|batches|outputs)/\*\]",
        r".*",
        "the wildcard ends an object prefix: the right is to what lies below it",
    ),
    Acknowledged(
        r"IAM5\[Resource::.*Table.*/index/\*\]",
        r".*",
        "a table's own indexes; reading one without the table's other rights would be no right at all",
    ),
    Acknowledged(
        r"IAM5\[Resource::.*OutboxTable.*/stream/\*\]",
        r".*/Outbox/.*",
        "a stream's name ends in the time it was made",
    ),
    Acknowledged(
        r"IAM5\[Resource::arn:.*:states:.*:execution:.*:\*\]",
        r".*/(Outbox|SweepOutbox)/.*",
        "executions of one state machine are named after jobs that don't exist yet",
    ),
    Acknowledged(
        r"IAM5\[Resource::arn:.*:batch:.*:job/\*\]",
        r".*/(LipsyncJob|AnalyzeSource)/.*",
        "Batch jobs get their ids when they are submitted",
    ),
    Acknowledged(
        r"IAM5\[Resource::arn:.*:batch:.*:job-definition/.*:\*\]",
        r".*/(LipsyncJob|AnalyzeSource)/.*",
        "an execution may name the revision before a deployment",
    ),
    Acknowledged(
        r"IAM5\[Resource::<\w+Function\w+\.Arn>:\*\]",
        r".*/(LipsyncJob|AnalyzeSource)/.*",
        "CDK grants a function together with its versions",
    ),
    Acknowledged(
        r"IAM5\[Resource::\*\]",
        r".*/(LipsyncJob|AnalyzeSource|Outbox|ImagePipeline|ExecutionRole|BucketNotificationsHandler\w+)/.*",
        "actions for which AWS knows nothing narrower; UNSCOPED in test_security.py lists them one by one",
    ),
    Acknowledged(
        r"IAM5\[Resource::\*\]",
        r".*/Speak/.*",
        "Amazon Polly's voices are no resources; what could be named is a lexicon, and none is used",
    ),
    Acknowledged(
        r"IAM5\[Action::s3:(GetBucket|GetObject|List)\*\]|IAM5\[Resource::.*\]",
        r".*/ImagePipeline/.*",
        "CDK's own grants to CodeBuild: reading the source asset, writing its log and report",
    ),
    Acknowledged(
        r"IAM4\[Policy::.*AWSLambdaBasicExecutionRole\]",
        r".*/BucketNotificationsHandler\w+/.*",
        "CDK's own function that turns on a bucket's events",
    ),
    Acknowledged(
        r"IAM4\[Policy::.*AmazonEC2ContainerServiceforEC2Role\]",
        r".*/InstanceProfileRole/.*",
        "what the ECS agent of a Batch host needs is AWS's to say",
    ),
    Acknowledged(r"SQS3", r".*/OutboxDeadLetters/.*", "it is a dead-letter queue: of a stream"),
    Acknowledged(
        r"S1",
        r".*",
        "access is signed URLs and our own functions; object-level trails are an account's choice",
    ),
    Acknowledged(r"L1", r".*", "the runtime follows the dependency layers, which are built for it"),
    Acknowledged(r"APIG4", r".*", "the functions authenticate (ADR 0004); documents need no key"),
    Acknowledged(
        r"CB4", r".*/ImagePipeline/.*", "its artifacts are images in encrypted repositories"
    ),
)
