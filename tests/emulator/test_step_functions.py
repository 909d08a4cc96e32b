"""Step Functions on the local cloud: Batch jobs it waits for, and exceptions it can tell apart."""

import json
import time

from tests.support.deadlines import SLACK_S


def start(cloud, machine: str, **given: str) -> str:
    """A new execution."""
    return cloud.client("stepfunctions").start_execution(
        stateMachineArn=cloud.names[machine], input=json.dumps(given)
    )["executionArn"]


def ended(cloud, execution: str) -> dict:
    """The execution once it has ended."""
    states = cloud.client("stepfunctions")
    return cloud.until(
        lambda: states.describe_execution(executionArn=execution),
        lambda found: found["status"] != "RUNNING",
    )


def job_named(cloud, name: str) -> dict:
    """The one job with this name, once there is one."""
    batch = cloud.client("batch")
    (found,) = cloud.until(
        lambda: batch.list_jobs(
            jobQueue=cloud.names["Queue"], filters=[{"name": "JOB_NAME", "values": [name]}]
        )["jobSummaryList"],
        bool,
    )
    return found


def test_a_machine_waits_for_its_job(cloud):
    """`submitJob.sync` ends with the job, as Step Functions spells it."""
    end = ended(cloud, start(cloud, "Rendering", name="waits", what="fail-once"))
    assert end["status"] == "SUCCEEDED", end
    job = json.loads(end["output"])
    assert job["Status"] == "SUCCEEDED"
    assert [one["Container"]["ExitCode"] for one in job["Attempts"]] == [75, 0]
    assert job["Parameters"] == {"what": "fail-once"}


def test_a_failed_job_fails_the_task(cloud):
    """The error is States.TaskFailed and its cause holds the job."""
    end = ended(cloud, start(cloud, "Rendering", name="fails", what="exit-64"))
    assert (end["status"], end["error"]) == ("FAILED", "States.TaskFailed")
    assert json.loads(end["cause"])["Container"]["ExitCode"] == 64


def test_stopping_an_execution_ends_its_job(cloud):
    """Within five seconds no process of the job is left, and the execution stays ABORTED."""
    execution = start(cloud, "Rendering", name="stopped", what="stubborn")
    job_id = job_named(cloud, "stopped")["jobId"]
    cloud.until(lambda: cloud.pids_of(job_id), bool)
    time.sleep(0.4)
    began = time.monotonic()
    cloud.client("stepfunctions").stop_execution(executionArn=execution)
    cloud.until(lambda: cloud.pids_of(job_id), lambda pids: not pids)
    assert time.monotonic() - began < 5 + SLACK_S
    assert cloud.ended(job_id)["status"] == "FAILED"
    time.sleep(0.2)
    assert ended(cloud, execution)["status"] == "ABORTED"


def test_exceptions_are_caught_by_class_name(cloud):
    """A handler's exception class is the error's name, its text in the cause."""
    end = ended(cloud, start(cloud, "Catching"))
    assert end["status"] == "SUCCEEDED", end
    caught = json.loads(end["output"])
    assert caught["Error"] == "SourceRejected"
    assert json.loads(caught["Cause"])["errorMessage"] == "too dark"
