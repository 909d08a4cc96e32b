"""Batch on the local cloud: jobs run, fail, are retried, stopped and seen as on AWS."""

import json
import time

import pytest

from tests.support.deadlines import SLACK_S


def codes(job: dict) -> list[int | None]:
    """The exit code of each attempt."""
    return [attempt["container"].get("exitCode") for attempt in job["attempts"]]


def test_a_job_runs_its_definitions_command(cloud):
    """The process has the container's variables, its own scratch folder, and nothing of the emulator's."""
    overrides = {"environment": [{"name": "KEPT", "value": "override"}]}
    job = cloud.ended(cloud.submit("environment", containerOverrides=overrides))
    assert job["status"] == "SUCCEEDED"
    assert codes(job) == [0]
    seen = json.loads(cloud.output_of(job)[0])
    assert seen["AWS_BATCH_JOB_ID"] == job["jobId"]
    assert seen["AWS_BATCH_JOB_ATTEMPT"] == "1"
    assert seen["KEPT"] == "override"
    assert seen["BUCKET"] == cloud.names["Bucket"]
    assert seen["AWS_ENDPOINT_URL"] == cloud.emulator.endpoint
    assert not {"AUTH", "GATEWAY_PORT", "STATE_DIR", "MINISTACK_REGION"} & seen.keys()
    assert seen["AWS_ACCESS_KEY_ID"] != "accesskey"


@pytest.mark.parametrize(
    ("what", "status", "expected"),
    [
        ("fail-once", "SUCCEEDED", [75, 0]),
        ("killed-once", "SUCCEEDED", [137, 0]),
        ("exit-64", "FAILED", [64]),
        ("exit-70", "FAILED", [70]),
        ("exit-75", "FAILED", [75, 75, 75]),
    ],
)
def test_exit_codes_decide_on_another_attempt(cloud, what, status, expected):
    """75 and a kill are tried again, three times at most; bad input and bugs are not."""
    job = cloud.ended(cloud.submit(what))
    assert (job["status"], codes(job)) == (status, expected)
    assert job["container"]["exitCode"] == expected[-1]
    streams = [attempt["container"]["logStreamName"] for attempt in job["attempts"]]
    assert len(set(streams)) == len(expected)


def test_too_much_memory_ends_the_job(cloud):
    """An attempt above the definition's memory is killed for that reason, which isn't retried."""
    job = cloud.ended(cloud.submit("memory"))
    assert codes(job) == [137]
    assert job["container"]["reason"].startswith("OutOfMemoryError")


def test_an_attempt_that_takes_too_long_is_ended(cloud):
    """The attempt timeout ends the job for good, with its reason."""
    job = cloud.ended(cloud.submit("sleep", timeout={"attemptDurationSeconds": 60}))
    assert job["status"] == "FAILED"
    assert job["statusReason"] == "Job attempt duration exceeded timeout"
    assert len(job["attempts"]) == 1


def test_an_array_runs_its_children_side_by_side(cloud):
    """Each child knows its index; the parent ends when all have."""
    job_id = cloud.submit("nap", arrayProperties={"size": 3})
    parent = cloud.ended(job_id)
    assert parent["status"] == "SUCCEEDED"
    assert parent["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 3
    children = [cloud.job(f"{job_id}:{index}") for index in range(3)]
    assert [child["arrayProperties"]["index"] for child in children] == [0, 1, 2]
    assert all(child["container"]["exitCode"] == 0 for child in children)
    # One after the other, the second would begin when the first has ended.
    first, second, _ = sorted(children, key=lambda child: int(child["startedAt"]))
    assert second["startedAt"] < first["stoppedAt"]


def test_a_failed_child_fails_its_array(cloud):
    """The parent waits for all children and fails when one did."""
    job_id = cloud.submit("exit-64", arrayProperties={"size": 2})
    assert cloud.ended(job_id)["status"] == "FAILED"


@pytest.mark.parametrize("size", [1, 10_001])
def test_arrays_have_two_children_or_more(cloud, size):
    """AWS takes 2 to 10,000."""
    batch = cloud.client("batch")
    with pytest.raises(batch.exceptions.ClientException, match="2 and 10000"):
        cloud.submit("exit-0", arrayProperties={"size": size})


def test_terminating_ends_every_process(cloud):
    """SIGTERM, then SIGKILL: a process that ignores the first, and what it started, are gone in 5 s."""
    job_ids = [cloud.submit("stubborn"), cloud.submit("sleep")]
    for job_id in job_ids:
        cloud.reaches(job_id, "RUNNING")
        cloud.until(lambda job_id=job_id: cloud.pids_of(job_id), bool)
    time.sleep(0.4)
    began = time.monotonic()
    for job_id in job_ids:
        cloud.client("batch").terminate_job(jobId=job_id, reason="no longer wanted")
    for job_id in job_ids:
        job = cloud.ended(job_id)
        assert (job["status"], job["statusReason"]) == ("FAILED", "no longer wanted")
        assert len(job["attempts"]) == 1
        assert cloud.pids_of(job_id) == []
    assert time.monotonic() - began < 5 + SLACK_S


def test_waiting_jobs_start_in_order_and_can_be_canceled(cloud):
    """With every slot taken a job stays RUNNABLE; canceled, it never starts."""
    busy = [cloud.submit("sleep") for _ in range(4)]
    for job_id in busy:
        cloud.reaches(job_id, "RUNNING")
    waiting = cloud.submit("exit-0")
    assert cloud.job(waiting)["status"] == "RUNNABLE"
    batch = cloud.client("batch")
    batch.cancel_job(jobId=waiting, reason="changed my mind")
    job = cloud.ended(waiting)
    assert (job["statusReason"], job["attempts"]) == ("changed my mind", [])
    running = batch.list_jobs(jobQueue=cloud.names["Queue"])["jobSummaryList"]
    assert {one["jobId"] for one in running} >= set(busy)
    for job_id in busy:
        batch.cancel_job(jobId=job_id, reason="cancel leaves a running job alone")
        batch.terminate_job(jobId=job_id, reason="done")
    for job_id in busy:
        assert cloud.ended(job_id)["statusReason"] == "done"


def test_a_job_has_its_roles_rights_and_no_more(cloud):
    """Its credentials are a session of the definition's role."""
    job = cloud.ended(cloud.submit("role"))
    identity, allowed, refused = cloud.output_of(job)
    assert ":assumed-role/toy-JobRole" in identity
    assert allowed == "out/a allowed"
    assert refused == "in/a AccessDenied"


def test_ends_are_published(cloud):
    """A “Batch Job State Change” event on the default bus carries the job."""
    job_id = cloud.submit("exit-64")
    cloud.ended(job_id)
    sqs, found = cloud.client("sqs"), []

    def receive() -> list[dict]:
        answer = sqs.receive_message(QueueUrl=cloud.names["Events"], MaxNumberOfMessages=10)
        found.extend(json.loads(one["Body"]) for one in answer.get("Messages", ()))
        return [event for event in found if event["detail"]["jobId"] == job_id]

    (event,) = cloud.until(receive, bool)
    assert event["source"] == "aws.batch"
    assert event["detail"]["status"] == "FAILED"
    assert event["detail"]["attempts"][0]["container"]["exitCode"] == 64
    assert not [key for key in event["detail"] if key.startswith("_")]


def test_submitting_needs_the_right_to_definition_and_queue(cloud):
    """A function may submit what its role names, to the queue its role names."""
    aws, names = cloud.client("lambda"), cloud.names

    def submit(definition: str, queue: str) -> str:
        event = {"definition": names[definition], "queue": names[queue]}
        answer = aws.invoke(FunctionName=names["Submits"], Payload=json.dumps(event))
        return str(json.loads(answer["Payload"].read()))

    assert cloud.ended(submit("Definition", "Queue"))["status"] == "SUCCEEDED"
    assert submit("Unlisted", "Queue") == "AccessDeniedException"
    assert submit("Definition", "OtherQueue") == "AccessDeniedException"
