"""What the extension adds to other services."""

import json
import sys
import time

from infra.local.emulator.stand_in_types import STAND_INS
from tests.support.deadlines import SLACK_S


def test_functions_see_boto3_and_their_own_code_only(cloud):
    """Neither the emulator's packages nor its variables reach a handler."""
    answer = cloud.client("lambda").invoke(FunctionName=cloud.names["Imports"])
    seen = json.loads(answer["Payload"].read())
    assert seen["found"] == ["boto3"]
    assert seen["mine"] == "here"
    assert not {"AUTH", "STATE_DIR", "PYTHONPATH", "LIPWIRE_RUNTIME_PYTHON"} & set(
        seen["environment"]
    )


def test_processes_share_unpacked_code(cloud):
    """One copy of code, with its compiled modules, however many processes run it."""
    aws, name = cloud.client("lambda"), cloud.names["Raises"]
    for _ in range(2):  # a handler that raises loses its process
        aws.invoke(FunctionName=name)
    unpacked = cloud.emulator.folder / "tmp" / "unpacked"
    copies = [
        path for path in unpacked.iterdir() if "SourceRejected" in (path / "index.py").read_text()
    ]
    assert len(copies) == 1
    assert list((copies[0] / "__pycache__").glob("index.*.pyc"))


def test_a_silent_call_is_quick(cloud):
    """A warm call doesn't wait for log lines that never come."""
    aws = cloud.client("lambda")
    aws.invoke(FunctionName=cloud.names["Imports"])
    took = []
    for _ in range(10):
        began = time.monotonic()
        aws.invoke(FunctionName=cloud.names["Imports"])
        took.append(time.monotonic() - began)
    # A wait would be in every one of them; whatever else this machine does is not.
    assert min(took) < 0.045, took


def test_ref_of_a_secret_is_its_arn(cloud):
    """So a policy can name it, and the service takes it."""
    assert cloud.names["Secret"].startswith("arn:aws:secretsmanager:")
    found = cloud.client("secretsmanager").get_secret_value(SecretId=cloud.names["Secret"])
    assert len(found["SecretString"]) == 20


def test_a_tables_expiry_and_recovery_are_on(cloud):
    """As the template says."""
    dynamodb, name = cloud.client("dynamodb"), cloud.names["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_a_network_tells_its_block(cloud):
    """`Fn::GetAtt Vpc.CidrBlock`."""
    assert cloud.names["Block"] == "10.9.0.0/16"


def test_loopback_passes_a_policy_that_asks_for_tls(cloud):
    """The bucket denies plain HTTP; the operator gets through on loopback."""
    cloud.client("s3").put_object(Bucket=cloud.names["Bucket"], Key="a", Body=b"x")


def test_schedules_fire_at_once(cloud):
    """A one-off schedule that is due reaches its queue within two seconds."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="scheduled")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 1))
    began = time.monotonic()
    cloud.client("scheduler").create_schedule(
        Name="soon",
        ScheduleExpression=f"at({moment})",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={"Arn": arn, "RoleArn": "arn:aws:iam::000000000000:role/any", "Input": "{}"},
    )
    cloud.until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"), bool)
    assert time.monotonic() - began < 3 + SLACK_S


def test_stand_ins_are_few_and_known(capsys):
    """Types that deploy here as a record only; anything new must be argued for in this list."""
    with capsys.disabled():
        sys.stdout.write(f"\n  stood in for locally: {', '.join(sorted(STAND_INS))}\n")
    assert sorted(STAND_INS) == ["AWS::EC2::FlowLog"]
