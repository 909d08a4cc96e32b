"""Least privilege, encryption, alarms; and the rights of services, which the emulator does not enforce."""

import json
import re
from pathlib import Path

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks

from infra.acknowledged import ACKNOWLEDGED
from infra.config import DeployConfig
from infra.system import System
from lipwire.function_specs import Access
from lipwire.resources import Resource
from tests.contract.test_packages import every_function
from tests.infra.conftest import CONTEXT, of_type

#: Actions for which AWS knows no narrower resource than `*`.
UNSCOPED = {
    "batch:DescribeJobs",
    "dynamodb:ListStreams",
    "ecr:GetAuthorizationToken",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "polly:SynthesizeSpeech",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

#: What each kind of access comes to; `ListStreams` and the like are among UNSCOPED.
ACTIONS = {
    ("TABLE", Access.READ): {
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
    },
    ("TABLE", Access.WRITE): {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"},
    ("TABLE", Access.CHECK): {"dynamodb:ConditionCheckItem"},
    ("TABLE", Access.GET): {"dynamodb:GetItem"},
    ("TABLE", Access.PUT): {"dynamodb:PutItem"},
    ("TABLE", Access.UPDATE): {"dynamodb:UpdateItem"},
    ("TABLE", Access.CHANGE): {"dynamodb:PutItem", "dynamodb:UpdateItem"},
    ("TABLE", Access.SCAN): {"dynamodb:Scan"},
    ("TABLE", Access.STREAM): {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    },
    ("BUCKET", Access.READ): {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"},
    ("BUCKET", Access.GET): {"s3:GetObject"},
    ("BUCKET", Access.LIST): {"s3:ListBucketVersions"},
    ("BUCKET", Access.WRITE): {
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
    },
    ("BUCKET", Access.DELETE): {
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucket",
        "s3:ListBucketVersions",
    },
}

#: Functions of CDK's own that work during a deployment.
CDK_HELPERS = ("BucketNotificationsHandler", "CustomResourceProviderHandler")


def statements(templates):
    """Every statement of every policy, with the policy's name."""
    for name, properties in of_type(templates, "AWS::IAM::Policy").items():
        for statement in properties["PolicyDocument"]["Statement"]:
            yield name, statement


def as_list(value):
    """AWS writes lists of one without brackets."""
    return value if isinstance(value, list) else [value]


def test_nag_finds_nothing_unexplained(stub, voices, tmp_path):
    """AWS Solutions' rules over the AWS stage: each finding has its reason, and each reason its finding."""
    app = cdk.App(outdir=str(tmp_path), context=CONTEXT)
    System(app, config=DeployConfig.of("prod", polly=True, voices=voices), code=stub)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with pytest.raises(RuntimeError, match="alidation"):
        app.synth()
    (report,) = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    found = {
        (violation["ruleName"].removeprefix("AwsSolutions-"), one["constructPath"])
        for violation in report["violations"]
        for one in violation["violatingConstructs"]
    }
    explained = {
        known: {
            (rule, path)
            for rule, path in found
            if re.fullmatch(known.finding, rule) and re.fullmatch(known.construct, path)
        }
        for known in ACKNOWLEDGED
    }
    assert found - set().union(*explained.values()) == set()
    assert [known for known, uses in explained.items() if not uses] == []


def test_no_policy_allows_every_action(aws):
    """No `*` as an action, anywhere."""
    for name, statement in statements(aws):
        for action in as_list(statement["Action"]):
            assert not action.endswith(":*"), (name, action)
            assert action != "*", name


def test_every_star_is_one_that_aws_knows_nothing_narrower_for(aws):
    """`*` as a resource only for actions of the list above."""
    for name, statement in statements(aws):
        if "*" in as_list(statement["Resource"]):
            unexplained = set(as_list(statement["Action"])) - UNSCOPED
            assert "BucketNotificationsHandler" in name or not unexplained, (name, unexplained)


@pytest.mark.parametrize("spec", every_function(), ids=lambda spec: spec.name)
def test_a_function_may_touch_exactly_what_it_declares(aws, spec):
    """The tables and buckets in its policy are those of its needs: no other context's."""
    text = "".join(
        json.dumps(statement["Resource"])
        for name, statement in statements(aws)
        if f"/{spec.name}Role" in name or f"Consumer{spec.name}Role" in name
    )
    for word in ("Accounts", "Assets", "Jobs", "Ledger", "Webhooks", "Outbox"):
        declared = any(n.resource.value == f"{word.upper()}_TABLE" for n in spec.needs)
        assert (f"ExportsOutputFnGetAtt{word}Table" in text) == declared, word
    for word in ("Uploads", "Work", "Outputs"):
        declared = any(n.resource.value == f"{word.upper()}_BUCKET" for n in spec.needs)
        assert (f"ExportsOutputFnGetAtt{word}Bucket" in text) == declared, word


@pytest.mark.parametrize("spec", every_function(), ids=lambda spec: spec.name)
def test_a_function_may_do_exactly_what_it_declares(aws, spec):
    """Who reads a table can't write it, and the reverse; the words of IAM are written out here a second time."""
    granted = [
        (action, json.dumps(resource))
        for name, statement in statements(aws)
        if f"/{spec.name}Role" in name or f"Consumer{spec.name}Role" in name
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]
    for resource in {need.resource for need in spec.needs}:
        if not resource.value.endswith(("_TABLE", "_BUCKET")):
            continue
        exported = f"FnGetAtt{resource.value.title().replace('_', '')}"
        actions = {action for action, target in granted if exported in target}
        accesses = [need.access for need in spec.needs if need.resource is resource]
        kind = resource.value.rpartition("_")[2]
        expected = set().union(*(ACTIONS[kind, access] for access in accesses))
        if resource is Resource.UPLOADS_BUCKET and Access.DELETE in accesses:
            # Only uploads are sent in parts by others than ourselves.
            expected.add("s3:ListBucketMultipartUploads")
        assert actions == expected, resource


@pytest.mark.parametrize("spec", every_function(), ids=lambda spec: spec.name)
def test_only_what_runs_on_a_clock_scans(spec):
    """A scan in a request is a bill that grows."""
    scans = any(need.access is Access.SCAN for need in spec.needs)
    assert not scans or spec.handler.startswith("schedules.")


def test_containers_may_not_touch_money_or_keys(aws):
    """The job role reads its files, writes its results, updates its job's row."""
    text = "".join(
        json.dumps(statement) for name, statement in statements(aws) if "/JobRole" in name
    )
    for word in ("Ledger", "Accounts", "Assets", "Webhooks", "Outbox"):
        assert f"FnGetAtt{word}Table" not in text
    assert "dynamodb:UpdateItem" in text
    assert "dynamodb:PutItem" not in text


def test_containers_are_told_their_region(aws):
    """ECS on EC2 sets none, and boto3 can't do without; the emulator always gives one."""
    for definition in of_type(aws, "AWS::Batch::JobDefinition").values():
        environment = {
            one["Name"]: one["Value"] for one in definition["ContainerProperties"]["Environment"]
        }
        assert environment["AWS_DEFAULT_REGION"] == {"Ref": "AWS::Region"}


def test_the_image_build_sees_what_is_there_already(aws):
    """Without that right it would build again, and a second push of an immutable tag is refused."""
    allowed = {
        action
        for name, statement in statements(aws)
        if "ImagePipelineProjectRole" in name
        for action in as_list(statement["Action"])
    }
    assert {"ecr:DescribeImages", "ecr:PutImage"} <= allowed


def test_state_machines_may_submit_only_to_our_pools(aws):
    """Not every job definition of the account."""
    found = [s for _, s in statements(aws) if "batch:SubmitJob" in as_list(s["Action"])]
    assert len(found) == 2
    for statement in found:
        assert "*" not in as_list(statement["Resource"])
        assert len(as_list(statement["Resource"])) >= 2


def test_services_may_call_what_they_are_wired_to(aws):
    """Gateway and rules -> functions, rules -> queues, machines -> functions: not enforced locally."""
    permitted = of_type(aws, "AWS::Lambda::Permission").values()
    principals = [permission["Principal"] for permission in permitted]
    assert principals.count("apigateway.amazonaws.com") == 3
    assert principals.count("events.amazonaws.com") >= 2
    for permission in permitted:
        assert "SourceArn" in permission or "SourceAccount" in permission
    queued = json.dumps(list(of_type(aws, "AWS::SQS::QueuePolicy").values()))
    rules = [
        rule
        for rule in of_type(aws, "AWS::Events::Rule").values()
        for target in rule["Targets"]
        if "QueueArn" in json.dumps(target) or "Arn" in json.dumps(target["Arn"])
    ]
    assert rules
    assert queued.count("events.amazonaws.com") >= 2
    invoked = json.dumps(
        [s for _, s in statements(aws) if "lambda:InvokeFunction" in as_list(s["Action"])]
    )
    for step in (
        "FetchSources",
        "ValidateSources",
        "PlanRender",
        "SettleJob",
        "FailJob",
        "ProbeAsset",
    ):
        assert step in invoked


def test_tables_are_recoverable_and_encrypted(aws):
    """Point in time, deletion protection, retained."""
    tables = of_type(aws, "AWS::DynamoDB::Table")
    assert len(tables) == 8
    for name, table in tables.items():
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert table["SSESpecification"]["SSEEnabled"], name
        assert table["DeletionProtectionEnabled"], name
        assert table["TimeToLiveSpecification"]["AttributeName"] == "expires_at", name


def test_buckets_are_private_and_forget(aws):
    """Encrypted, versioned, nothing public, unfinished uploads aborted, everything expires."""
    buckets = of_type(aws, "AWS::S3::Bucket")
    assert len(buckets) == 3
    for name, bucket in buckets.items():
        assert all(bucket["PublicAccessBlockConfiguration"].values()), name
        assert bucket["VersioningConfiguration"]["Status"] == "Enabled", name
        assert bucket["BucketEncryption"], name
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert any("AbortIncompleteMultipartUpload" in rule for rule in rules), name
        assert any("ExpirationInDays" in rule for rule in rules), name


def test_hosts_refuse_the_old_metadata_service(aws):
    """IMDSv2 with one hop: a container can't reach the host's role."""
    for template in of_type(aws, "AWS::EC2::LaunchTemplate").values():
        options = template["LaunchTemplateData"]["MetadataOptions"]
        assert options == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_there_is_no_nat_gateway_and_nothing_comes_in(aws):
    """Idle cost near zero; no inbound rule."""
    assert of_type(aws, "AWS::EC2::NatGateway") == {}
    for group in of_type(aws, "AWS::EC2::SecurityGroup").values():
        assert "SecurityGroupIngress" not in group
    endpoints = json.dumps(list(of_type(aws, "AWS::EC2::VPCEndpoint").values()))
    assert ".s3" in endpoints
    assert ".dynamodb" in endpoints


def test_spot_comes_first_and_on_demand_second(aws):
    """And a job that can't start is canceled, not left waiting."""
    queues = of_type(aws, "AWS::Batch::JobQueue")
    assert len(queues) == 2
    environments = of_type(aws, "AWS::Batch::ComputeEnvironment")
    kinds = {
        name.partition("/")[2]: one["ComputeResources"]["Type"]
        for name, one in environments.items()
    }
    for queue in queues.values():
        ordered = sorted(queue["ComputeEnvironmentOrder"], key=lambda entry: entry["Order"])
        names = [entry["ComputeEnvironment"]["Fn::GetAtt"][0] for entry in ordered]
        assert [kinds[name] for name in names] == ["SPOT", "EC2"]
        assert len(queue["JobStateTimeLimitActions"]) == 3


def test_everything_that_can_fail_has_an_alarm(aws):
    """Each dead-letter queue, function and state machine."""
    alarms = json.dumps(list(of_type(aws, "AWS::CloudWatch::Alarm").values()))
    for kind in ("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine", "AWS::SQS::Queue"):
        for name in of_type(aws, kind):
            logical_id = name.partition("/")[2]
            if any(helper in name for helper in CDK_HELPERS) or (
                kind == "AWS::SQS::Queue" and "DeadLetters" not in name
            ):
                continue
            assert logical_id in alarms, name


def test_every_log_group_forgets(aws):
    """Retention is set, and functions write to groups of their own."""
    for name, group in of_type(aws, "AWS::Logs::LogGroup").items():
        assert group["RetentionInDays"] == 30, name
    for name, function in of_type(aws, "AWS::Lambda::Function").items():
        assert "LoggingConfig" in function or "Handler" in name, name


def test_every_route_of_the_dialects_is_in_the_gateway(aws):
    """And the catch-all; none needs a gateway authorizer."""
    from lipwire import dialects

    keys = {route["RouteKey"] for route in of_type(aws, "AWS::ApiGatewayV2::Route").values()}
    assert keys == {f"{r.method} {r.path}" for r in dialects.all_routes()} | {"$default"}


def test_rules_match_the_samples_of_their_events(aws):
    """A rule's pattern is computed from the event classes; offline it matches their samples and no others."""
    samples = {
        path.parent.name: json.loads(path.read_text())
        for path in (Path(__file__).parents[2] / "events").glob("*/*.v*/full.json")
    }
    rules = [
        rule["EventPattern"]
        for rule in of_type(aws, "AWS::Events::Rule").values()
        if "EventPattern" in rule and str(rule["EventPattern"]["source"][0]).startswith("lipwire.")
    ]
    assert samples
    assert rules
    matched = {
        sample["metadata"]["type"]
        for sample in samples.values()
        for rule in rules
        if sample["metadata"]["type"] in rule["detail-type"]
    }
    assert matched == {
        *("JobSucceeded", "JobFailed", "JobCanceled"),
        *("JobRenderingStarted", "BatchAccepted", "BatchCompleted", "AccountClosed"),
        *("WebhookEndpointDisabled", "ApiKeyRevoked", "BalanceLow"),
    }


def test_texts_that_waited_in_a_batch_leave_with_every_version(aws):
    """The bucket keeps versions: without a rule of their own they would stay a month."""
    buckets = of_type(aws, "AWS::S3::Bucket").values()
    rules = [
        rule
        for bucket in buckets
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if rule.get("Prefix") == "batches/"
    ]
    assert [
        (one["ExpirationInDays"], one["NoncurrentVersionExpiration"]["NoncurrentDays"])
        for one in rules
    ] == [(7, 1)]
