"""What the emulator accepts and AWS does not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.conftest import of_type
from tests.support.delivery_crowd import WORKERS

ROOT = Path(__file__).resolve().parents[2]
API_FUNCTIONS = ("ApiUploads", "ApiJobs", "ApiAccount")


def test_stacks_stay_far_below_the_resource_limit(aws):
    """500 is CloudFormation's limit."""
    for stack, template in aws.items():
        assert len(template["Resources"]) < 450, stack


def test_templates_stay_below_a_megabyte(aws):
    """1 MB is CloudFormation's limit for a template in a bucket."""
    for stack, template in aws.items():
        assert len(json.dumps(template)) < 1_000_000, stack


def test_a_functions_resource_policy_stays_below_20_kb(aws):
    """One permission per caller, not per route: each statement costs about 350 bytes."""
    permissions: dict[str, int] = {}
    for properties in of_type(aws, "AWS::Lambda::Permission").values():
        target = json.dumps(properties["FunctionName"])
        permissions[target] = permissions.get(target, 0) + len(json.dumps(properties)) + 200
    assert permissions
    assert max(permissions.values()) < 20 * 1024


def test_environments_stay_below_4_kb(aws):
    """Names and values together; a token stands for at most 100 characters."""
    for name, properties in of_type(aws, "AWS::Lambda::Function").items():
        variables = properties.get("Environment", {}).get("Variables", {})
        size = sum(len(key) + len(json.dumps(value)) + 100 for key, value in variables.items())
        assert size < 4096, name


def test_functions_behind_the_api_answer_within_29_seconds(aws):
    """The gateway gives up after 30."""
    found = [
        properties["Timeout"]
        for name, properties in of_type(aws, "AWS::Lambda::Function").items()
        if any(api in name for api in API_FUNCTIONS)
    ]
    assert len(found) == len(API_FUNCTIONS)
    assert max(found) <= 29


def test_no_function_reserves_concurrency(aws):
    """A new account has ten to give."""
    for name, properties in of_type(aws, "AWS::Lambda::Function").items():
        assert "ReservedConcurrentExecutions" not in properties, name


@pytest.mark.fault(55)
def test_what_fails_five_times_lies_in_a_dead_letter_queue_that_rings(aws):
    """For two weeks, from where `StartMessageMoveTask` brings it back to its own queue."""
    queues = of_type(aws, "AWS::SQS::Queue")
    alarms = json.dumps(list(of_type(aws, "AWS::CloudWatch::Alarm").values()))
    dead = {name for name in queues if "DeadLetters" in name}
    for name in queues.keys() - dead:
        redrive = queues[name]["RedrivePolicy"]
        # Erasing an account is one message that may be given up and taken on for hours.
        assert redrive["maxReceiveCount"] == (20 if "EraseAccounts" in name else 5), name
        assert f"events/{redrive['deadLetterTargetArn']['Fn::GetAtt'][0]}" in dead, name
    for name in dead:
        assert queues[name]["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert name.partition("/")[2] in alarms, name
    # The outbox's stream has no queue before its own.
    assert len(dead) == len(queues.keys() - dead) + 1


def test_no_backlog_takes_all_the_concurrency_there_is(aws):
    """Each queue's function is bounded (AWS takes 2 to 1,000); all together leave the API most of an account's thousand."""
    bounds = {
        name: properties["ScalingConfig"]["MaximumConcurrency"]
        for name, properties in of_type(aws, "AWS::Lambda::EventSourceMapping").items()
        if "OutboxStream" not in name
    }
    assert len(bounds) == len(list((ROOT / "functions" / "consumers").glob("*/spec.py")))
    assert min(bounds.values()) >= 2
    assert sum(bounds.values()) <= 200
    (delivering,) = (bound for name, bound in bounds.items() if "DeliverWebhooks" in name)
    # The crowd of tests/unit/webhooks/test_fairness.py has as many workers.
    assert delivering == WORKERS


@pytest.mark.parametrize(
    "layers", [("api",), ("api", "media"), ("api", "pages"), ("api", "speech")]
)
def test_code_and_layers_fit_into_250_mb(layers):
    """Unpacked, for AWS's processor."""
    folders = [ROOT / "functions", *(ROOT / "build" / "layers" / f"{one}-aws" for one in layers)]
    total = sum(f.stat().st_size for folder in folders for f in folder.rglob("*") if f.is_file())
    assert total < 250 * 1024**2


@pytest.mark.fault(58)
def test_queues_wait_six_times_their_functions_timeout(aws):
    """Or a message in work is handed out twice."""
    queues = of_type(aws, "AWS::SQS::Queue")
    functions = of_type(aws, "AWS::Lambda::Function")
    for mapping in of_type(aws, "AWS::Lambda::EventSourceMapping").values():
        source = mapping["EventSourceArn"].get("Fn::GetAtt", [""])[0]
        queue = queues.get(f"events/{source}")
        if queue is None:
            continue
        function = functions[f"events/{mapping['FunctionName']['Ref']}"]
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_retry_rules_fit_batch(aws):
    """At most five, of at most 512 characters; the last stops whatever ran and ended unplanned."""
    for definition in of_type(aws, "AWS::Batch::JobDefinition").values():
        rules = definition["RetryStrategy"]["EvaluateOnExit"]
        assert len(rules) <= 5
        assert rules[-1] == {"Action": "EXIT", "OnExitCode": "*"}
        assert 1 <= definition["RetryStrategy"]["Attempts"] <= 10
        assert definition["Timeout"]["AttemptDurationSeconds"] >= 60


def test_stacks_export_nothing_that_a_deployment_changes(aws):
    """CloudFormation refuses to change an exported value that another stack uses: revisions and versions stay inside."""
    changing = ("AWS::Batch::JobDefinition", "AWS::Lambda::LayerVersion", "AWS::Lambda::Version")
    for stack, template in aws.items():
        for name, output in template.get("Outputs", {}).items():
            value = output["Value"]
            source = value.get("Ref") or value.get("Fn::GetAtt", [None])[0]
            if "Export" in output and source in template["Resources"]:
                assert template["Resources"][source]["Type"] not in changing, (stack, name)


def test_cloudformation_would_accept_the_templates(aws, tmp_path):
    """cfn-lint over all stacks; W3005 is CDK naming dependencies that CloudFormation sees by itself."""
    for stack, template in aws.items():
        (tmp_path / f"{stack}.json").write_text(json.dumps(template))
    templates = [str(path) for path in sorted(tmp_path.glob("*.json"))]
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--format", "parseable"]
    lint += ["--regions", "us-east-1", "--ignore-checks", "W3005", "--", *templates]
    found = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
