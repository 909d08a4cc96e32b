"""A job's life: fetch, validate, plan, render whole or in parts, settle; and one lane for everything that fails.

Executions carry ids, never data. The execution's name is the job's id, so a second start of the same job is none.
Seven states are entered by a job that is rendered whole, nine by one in parts.
"""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.workflows.policies import FETCH_TIMEOUT
from infra.workflows.steps import batch_job, step

#: Three attempts of the longest render, and waiting for an instance before each.
RENDER_TIMEOUT = Duration.hours(5)
#: It may have to analyze the longest source, whole; twice, where an instance goes away.
PREPARE_ATTEMPT = Duration.hours(2)
PREPARE_TIMEOUT = Duration.hours(5)
ASSEMBLE_TIMEOUT = Duration.hours(2)
EXECUTION_TIMEOUT = Duration.hours(13)


def lipsync_job(scope: Construct, functions: Mapping[str, lambda_.IFunction]) -> sfn.IChainable:
    """The definition; every path ends in exactly one of SettleJob and FailJob."""
    by_id = {"job_id": "$.job_id"}
    failed = step(
        scope, "FailJob", functions["FailJob"], payload={"job_id": "$.job_id", "error": "$.error"}
    ).next(sfn.Succeed(scope, "JobFailed"))
    settled = sfn.Succeed(scope, "JobSucceeded")
    fetch = step(
        scope, "FetchSources", functions["FetchSources"], payload=by_id, timeout=FETCH_TIMEOUT
    )
    validate = step(scope, "ValidateSources", functions["ValidateSources"], payload=by_id)
    plan = step(scope, "PlanRender", functions["PlanRender"], payload=by_id, result_path="$.plan")

    def batch(
        name: str,
        task: str,
        timeout: Duration,
        *,
        attempt: Duration | None = None,
        size_path: str | None = None,
    ) -> sfn.CustomState:
        return batch_job(
            scope,
            name,
            task=task,
            id_path="$.job_id",
            target="$.plan",
            timeout=timeout,
            attempt=attempt,
            size_path=size_path,
        )

    render = batch("RenderOne", "render", RENDER_TIMEOUT)
    prepare = batch("PrepareShards", "prepare", PREPARE_TIMEOUT, attempt=PREPARE_ATTEMPT)
    shards = batch("RenderShards", "render", RENDER_TIMEOUT, size_path="$.plan.shards")
    assemble = batch("AssembleOutput", "assemble", ASSEMBLE_TIMEOUT)
    settle = step(scope, "SettleJob", functions["SettleJob"], payload=by_id)

    for state in (fetch, validate, plan, render, prepare, shards, assemble, settle):
        state.add_catch(failed, errors=["States.ALL"], result_path="$.error")

    settle.next(settled)
    render.next(settle)
    prepare.next(shards).next(assemble).next(settle)
    plan.next(
        sfn.Choice(scope, "InParts")
        .when(sfn.Condition.number_greater_than("$.plan.shards", 1), prepare)
        .otherwise(render)
    )
    return fetch.next(validate).next(plan)
