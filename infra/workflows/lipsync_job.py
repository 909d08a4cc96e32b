"""A job's life: fetch, validate, plan, render, settle; and one lane for everything that fails.

Executions carry ids, never data. The execution's name is the job's id, so a second start of the same job is none.
Five transitions on the happy path.
"""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.workflows.steps import batch_job, step

#: Three attempts of the longest render, and waiting for an instance before each.
RENDER_TIMEOUT = Duration.hours(5)
EXECUTION_TIMEOUT = Duration.hours(6)


def lipsync_job(scope: Construct, functions: Mapping[str, lambda_.IFunction]) -> sfn.IChainable:
    """The definition; every path ends in exactly one of SettleJob and FailJob."""
    by_id = {"job_id": "$.job_id"}
    failed = step(
        scope, "FailJob", functions["FailJob"], payload={"job_id": "$.job_id", "error": "$.error"}
    ).next(sfn.Succeed(scope, "JobFailed"))
    settled = sfn.Succeed(scope, "JobSucceeded")
    fetch = step(scope, "FetchSources", functions["FetchSources"], payload=by_id)
    validate = step(scope, "ValidateSources", functions["ValidateSources"], payload=by_id)
    plan = step(scope, "PlanRender", functions["PlanRender"], payload=by_id, result_path="$.plan")
    render = batch_job(
        scope,
        "RenderOne",
        task="render",
        id_path="$.job_id",
        target="$.plan",
        timeout=RENDER_TIMEOUT,
    )
    settle = step(scope, "SettleJob", functions["SettleJob"], payload=by_id)
    for state in (fetch, validate, plan, render, settle):
        state.add_catch(failed, errors=["States.ALL"], result_path="$.error")
    return fetch.next(validate).next(plan).next(render).next(settle).next(settled)
