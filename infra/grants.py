"""Needs of `lipwire.resources` as IAM statements and environment variables: the only place that knows the actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws, Fn
from aws_cdk import aws_iam as iam

from lipwire.function_specs import Access, Need
from lipwire.resources import Resource


@dataclass(frozen=True, slots=True)
class Handle:
    """A resource as others need it: its ARN for policies, its value for the environment variable."""

    arn: str
    value: str


Handles = dict[Resource, Handle]

_READ_ROWS: Final = (
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    # Part of other tables' transactions; it reads and changes nothing.
    "dynamodb:ConditionCheckItem",
)
_WRITE_ROWS: Final = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
)
_STREAM: Final = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")


def environment(needs: Iterable[Need], handles: Handles) -> dict[str, str]:
    """The variables that these needs give: one per resource, named like it."""
    resources = sorted({need.resource for need in needs})
    return {resource.value: handles[resource].value for resource in resources}


def statements(needs: Iterable[Need], handles: Handles) -> list[iam.PolicyStatement]:
    """Exactly these needs, and nothing else."""
    return [
        statement for need in needs for statement in _statements(need, handles[need.resource].arn)
    ]


def _statements(need: Need, arn: str) -> list[iam.PolicyStatement]:
    name = need.resource.value
    if name.endswith("_TABLE"):
        return _table(need, arn)
    if name.endswith("_BUCKET"):
        return _bucket(need, arn)
    if need.access is Access.STOP:
        # The ARN of an execution is that of its machine with another word in the middle.
        name = Fn.select(6, Fn.split(":", arn))
        owner = ["arn", Aws.PARTITION, "states", Aws.REGION, Aws.ACCOUNT_ID]
        executions = Fn.join(":", [*owner, "execution", name, "*"])
        return [_allow(("states:StopExecution",), executions)]
    action = {
        Access.PUBLISH: "events:PutEvents",
        Access.SEND: "sqs:SendMessage",
        Access.INVOKE: "lambda:InvokeFunction",
        Access.START: "states:StartExecution",
    }[need.access]
    return [_allow((action,), arn)]


def _table(need: Need, arn: str) -> list[iam.PolicyStatement]:
    access = need.access
    # The partition keys of the rows; a scan has none, which is why nobody with a prefix scans.
    keys: str | list[str] = f"{need.prefix}*"
    if need.or_prefixes:
        keys = [f"{prefix}*" for prefix in (need.prefix, *need.or_prefixes)]
    limited = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}}
    conditions = limited if need.prefix else None
    if access is Access.STREAM:
        return [
            _allow(_STREAM, f"{arn}/stream/*"),
            # Lambda lists streams before it reads one, and AWS knows no narrower resource for that.
            _allow(("dynamodb:ListStreams",), "*"),
        ]
    if access is Access.SCAN:
        return [_allow(("dynamodb:Scan",), arn)]
    if access is Access.READ:
        return [_allow(_READ_ROWS, arn, f"{arn}/index/*", conditions=conditions)]
    actions = {
        Access.CHECK: ("dynamodb:ConditionCheckItem",),
        Access.GET: ("dynamodb:GetItem",),
        Access.PUT: ("dynamodb:PutItem",),
        Access.UPDATE: ("dynamodb:UpdateItem",),
        Access.CHANGE: ("dynamodb:PutItem", "dynamodb:UpdateItem"),
        Access.WRITE: _WRITE_ROWS,
    }[access]
    return [_allow(actions, arn, conditions=conditions)]


def _bucket(need: Need, arn: str) -> list[iam.PolicyStatement]:
    objects = f"{arn}/{need.prefix}*"
    listed = {"StringLike": {"s3:prefix": f"{need.prefix}*"}}
    if need.access is Access.READ:
        # Without the right to list, S3 answers 403 where a key is missing, and nobody can tell the two apart.
        return [
            _allow(("s3:GetObject", "s3:GetObjectVersion"), objects),
            _allow(("s3:ListBucket",), arn, conditions=listed),
        ]
    if need.access is Access.GET:
        return [_allow(("s3:GetObject",), objects)]
    if need.access is Access.LIST:
        return [_allow(("s3:ListBucketVersions",), arn, conditions=listed)]
    if need.access is Access.DELETE:
        deletes = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload")
        found = [
            _allow(deletes, objects),
            _allow(("s3:ListBucket", "s3:ListBucketVersions"), arn, conditions=listed),
        ]
        if need.resource is Resource.UPLOADS_BUCKET:
            # AWS knows no prefix here: unfinished uploads are listed by bucket.
            found.append(_allow(("s3:ListBucketMultipartUploads",), arn))
        return found
    return [
        _allow(("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"), objects)
    ]


def _allow(
    actions: tuple[str, ...], *resources: str, conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(actions), resources=list(resources), conditions=conditions
    )
