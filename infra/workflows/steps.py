"""The two kinds of state that our workflows are made of."""

from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.workflows.policies import CAPACITY, STEP_TIMEOUT, TRANSIENT


def step(
    scope: Construct,
    name: str,
    function: lambda_.IFunction,
    *,
    payload: dict[str, str],
    result_path: str | None = None,
    timeout: Duration = STEP_TIMEOUT,
) -> tasks.LambdaInvoke:
    """A Lambda step; `payload` maps its input's names to JSON paths."""
    state = tasks.LambdaInvoke(
        scope,
        name,
        lambda_function=function,
        payload=sfn.TaskInput.from_object(
            {key: sfn.JsonPath.object_at(path) for key, path in payload.items()}
        ),
        payload_response_only=True,
        result_path=result_path or sfn.JsonPath.DISCARD,
        task_timeout=sfn.Timeout.duration(timeout),
        retry_on_service_exceptions=False,
    )
    state.add_retry(**TRANSIENT)
    return state


def batch_job(
    scope: Construct,
    name: str,
    *,
    task: str,
    id_path: str,
    target: str,
    timeout: Duration,
    attempt: Duration | None = None,
    size_path: str | None = None,
) -> sfn.CustomState:
    """A Batch job that is waited for; queue, definition and name come from `target`, so engines are data here.

    An attempt of it may take as long as its engine says, or as `attempt` says. With `size_path` it is an array of as many
    children as stand there.
    """
    definition: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::batch:submitJob.sync",
        "Parameters": {
            "JobName.$": f"States.Format('{task}-{{}}', {id_path})",
            "JobQueue.$": f"{target}.queue",
            "JobDefinition.$": f"{target}.definition",
            "Parameters": {"task": task, "id.$": id_path},
        },
        # Of Batch's whole answer only the id: the rest would travel on through every state.
        "ResultSelector": {"job_id.$": "$.JobId"},
        "ResultPath": f"$.{task}",
        "TimeoutSeconds": timeout.to_seconds(),
    }
    if attempt is not None:
        definition["Parameters"]["Timeout"] = {"AttemptDurationSeconds": attempt.to_seconds()}
    if size_path is not None:
        definition["Parameters"]["ArrayProperties"] = {"Size.$": size_path}
    state = sfn.CustomState(scope, name, state_json=definition)
    state.add_retry(**CAPACITY)
    return state
