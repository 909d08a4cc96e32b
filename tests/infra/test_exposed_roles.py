"""What the roles of functions that meet strangers, or their files, come to: the whole of it."""

import json
import re

import pytest

from tests.infra.test_security import as_list, statements

#: Every function's own log group.
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
#: What speaks to strangers, or works on their files: all that its role allows, but to log and to be traced.
EXPOSED = {
    "FetchSources": {
        *(f"dynamodb:{one} ACCOUNTS acct_*" for one in ("GetItem",)),
        *(f"dynamodb:{one} JOBS job_*" for one in ("GetItem", "PutItem", "UpdateItem")),
        *(f"dynamodb:{one} ASSETS ast_*" for one in ("GetItem", "PutItem", "UpdateItem")),
        "dynamodb:UpdateItem LIMITS active#*",
        "dynamodb:PutItem OUTBOX out_*",
        "s3:ListBucketVersions UPLOADS uploads/*",
        *(f"s3:{one} UPLOADS" for one in ("PutObject", "AbortMultipartUpload", "ListMultipartUploadParts")),
        # Web pages are looked at by a function of their own.
        "lambda:InvokeFunction",
    },
    "DeliverWebhooks": {
        *(f"dynamodb:{one} ACCOUNTS acct_*" for one in ("GetItem", "ConditionCheckItem")),
        *(f"dynamodb:GetItem JOBS {kind}_*" for kind in ("job", "bat")),
        *(f"dynamodb:{one} WEBHOOKS acct_*" for one in (
            "GetItem", "Query", "BatchGetItem", "ConditionCheckItem", "PutItem", "UpdateItem", "DeleteItem"
        )),
        *(f"dynamodb:{one} WEBHOOKS dlv_*" for one in ("GetItem", "PutItem", "UpdateItem")),
        "dynamodb:PutItem OUTBOX out_*",
        "s3:GetObject OUTPUTS",
        # Its own queue: to wake others, and Lambda in its name to take from it.
        *(f"sqs:{one}" for one in (
            "SendMessage", "ReceiveMessage", "ChangeMessageVisibility", "GetQueueUrl", "DeleteMessage", "GetQueueAttributes"
        )),
    },
    "Probe": {
        *(f"s3:{one} UPLOADS" for one in ("GetObject", "GetObjectVersion")),
        "s3:ListBucket UPLOADS uploads/*",
    },
    "ResolvePage": set(),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPOSED)
def test_what_meets_strangers_may_do_this_and_nothing_else(aws, name):
    """Whoever breaks in there finds rows whose ids he must guess, no API key, no upload to read, no queue of others."""
    found = set()
    for policy, statement in statements(aws):
        if f"/{name}Role" not in policy and f"Consumer{name}Role" not in policy:
            continue
        resource = json.dumps(statement["Resource"])
        named = re.search(r"FnGetAtt(\w+?)(?:Table|Bucket)", resource)
        where = f" {named[1].upper()}" if named else ""
        (limits,) = statement.get("Condition", {"": {"": ""}}).values()
        (limit,) = limits.values()
        found |= {f"{action}{where} {limit}".rstrip() for action in as_list(statement["Action"])}
        for one in as_list(statement["Resource"]) if where and "Condition" not in statement else ():
            assert json.dumps(one).rstrip('"]}').endswith(("uploads/*", "outputs/*"))
    assert found - {"xray:PutTraceSegments", "xray:PutTelemetryRecords", *LOGS} == EXPOSED[name]
