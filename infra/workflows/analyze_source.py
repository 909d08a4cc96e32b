"""What is computed once from an upload: the probe, and for pictures and clips the face analysis (D10)."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.workflows.policies import FETCH_TIMEOUT
from infra.workflows.steps import batch_job, step

#: Of the longest source, whole.
ANALYSIS_ATTEMPT = Duration.hours(2)
#: Two attempts, and waiting for an instance before each.
ANALYSIS_TIMEOUT = Duration.hours(5)
EXECUTION_TIMEOUT = Duration.hours(6)


def analyze_source(scope: Construct, functions: Mapping[str, lambda_.IFunction]) -> sfn.IChainable:
    """The definition. A failed analysis is recorded and harms nothing: a render makes its own.

    What comes from a URL is fetched first. Where not even the probe comes to an end, what was to be fetched or spoken is
    rejected, and a speech paid back.
    """
    by_id = {"asset_id": "$.asset_id"}
    finish = step(scope, "FinishAnalysis", functions["FinishAnalysis"], payload=by_id).next(
        sfn.Succeed(scope, "AnalysisRecorded")
    )
    probe = step(
        scope, "ProbeAsset", functions["ProbeAsset"], payload=by_id, result_path="$.analysis"
    )
    fetch = step(
        scope, "FetchUpload", functions["FetchSources"], payload=by_id, timeout=FETCH_TIMEOUT
    )
    give_up = step(scope, "GiveUpAsset", functions["GiveUpAsset"], payload=by_id)
    for state in (fetch, probe):
        state.add_catch(give_up, errors=["States.ALL"], result_path="$.error")
    give_up.next(sfn.Fail(scope, "NotProbed", error="NotProbed"))
    analyze = batch_job(
        scope,
        "AnalyzeFaces",
        task="analyze",
        id_path="$.asset_id",
        target="$.analysis",
        timeout=ANALYSIS_TIMEOUT,
        attempt=ANALYSIS_ATTEMPT,
    )
    analyze.add_catch(finish, errors=["States.ALL"], result_path="$.error")
    has_faces = sfn.Condition.boolean_equals("$.analysis.analyze", value=True)
    probe.next(
        sfn.Choice(scope, "MayHaveFaces")
        .when(has_faces, analyze.next(finish))
        .otherwise(sfn.Succeed(scope, "NothingToAnalyze"))
    )
    return (
        sfn.Choice(scope, "IsFetched")
        .when(sfn.Condition.is_present("$.fetch"), fetch.next(probe))
        .otherwise(probe)
    )
