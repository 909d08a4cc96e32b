"""IAM as it is enforced: with a function's own policies, its own tables answer and no other context's does."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def as_function(platform):
    """Clients with exactly the policies of the function behind a handler, under a user of their own."""
    iam = platform.aws("iam")
    made: list[tuple[str, str, str]] = []

    def clients(handler: str):
        pages = platform.aws("lambda").get_paginator("list_functions").paginate()
        role = next(
            function["Role"].rpartition("/")[2]
            for page in pages
            for function in page["Functions"]
            if function["Handler"] == handler
        )
        user = f"as-{handler.replace('.', '-')}"
        iam.create_user(UserName=user)
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            text = document if isinstance(document, str) else json.dumps(document)
            iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=text)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        made.append((user, key["AccessKeyId"], role))
        session = boto3.session.Session(
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            region_name="us-east-1",
        )
        return lambda service: session.client(service, endpoint_url=platform.emulator.endpoint)

    yield clients
    for user, key_id, role in made:
        iam.delete_access_key(UserName=user, AccessKeyId=key_id)
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            iam.delete_user_policy(UserName=user, PolicyName=name)
        iam.delete_user(UserName=user)


def refused(call) -> bool:
    """Whether IAM said no."""
    try:
        call()
    except ClientError as exc:
        return exc.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException", "403"}
    return False


TABLES = ("ACCOUNTS", "ASSETS", "JOBS", "LEDGER", "WEBHOOKS", "OUTBOX", "LIMITS")


@pytest.mark.parametrize(
    ("handler", "readable"),
    [
        ("api_uploads.handler.handler", {"ACCOUNTS", "ASSETS"}),
        # Of LIMITS the rows of what is active alone; which rows a right reaches, tests of the template hold.
        ("api_jobs.handler.handler", {"ACCOUNTS", "ASSETS", "JOBS", "LEDGER", "LIMITS"}),
        ("api_account.handler.handler", {"ACCOUNTS", "LEDGER", "LIMITS", "WEBHOOKS"}),
        ("probe.handler.handler", set()),
        ("consumers.deliver_webhooks.handler.handler", {"ACCOUNTS", "JOBS", "WEBHOOKS"}),
    ],
)
def test_a_function_reads_its_own_tables_only(platform, as_function, handler, readable):
    """The function that signs uploads can't look at credits, the media box can't look at any table."""
    dynamodb = as_function(handler)("dynamodb")
    found = set()
    for table in TABLES:
        name = platform.names[f"{table}_TABLE"]
        key = {"pk": {"S": "x"}} | ({"sk": {"S": "x"}} if table in {"LEDGER", "WEBHOOKS"} else {})
        if not refused(lambda name=name, key=key: dynamodb.get_item(TableName=name, Key=key)):
            found.add(table)
    assert found == readable


def test_the_media_box_reads_uploads_and_writes_nothing(platform, as_function):
    """A hostile file that took over the box would find nothing to take."""
    s3 = as_function("probe.handler.handler")("s3")
    uploads, outputs = platform.names["UPLOADS_BUCKET"], platform.names["OUTPUTS_BUCKET"]
    assert refused(lambda: s3.put_object(Bucket=uploads, Key="uploads/x", Body=b"x"))
    assert refused(lambda: s3.get_object(Bucket=outputs, Key="outputs/x"))
    assert refused(s3.list_buckets)
