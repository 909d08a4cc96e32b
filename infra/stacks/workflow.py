"""The state machines, their steps, and the media box."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.constructs.python_function import FunctionKit, PythonFunction
from infra.constructs.voices import OfferedVoices
from infra.grants import Handle, Handles
from infra.stacks.compute import ComputeStack
from infra.stacks.storage import name_outputs
from infra.workflows import analyze_source, lipsync_job
from lipwire.function_specs import FunctionSpec, Layer
from lipwire.resources import Resource
from pages.spec import FUNCTION as PAGES
from probe.spec import FUNCTION as PROBE
from speak.spec import FUNCTION as SPEAK
from workflow.specs import ANALYSIS_STEPS, FETCH_SOURCES, JOB_STEPS, with_pages


class WorkflowStack(Stack):
    """A job's life and an upload's analysis."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeployConfig,
        code: CodeSource,
        storage: Handles,
        compute: ComputeStack,
    ) -> None:
        super().__init__(scope, construct_id)
        voices = config.voices and OfferedVoices.of(config.voices)
        own = {Layer.SPEECH} | ({Layer.PAGES} if config.page_sources else set())
        own |= {Layer.NETWORKS} if voices else set()
        kit = FunctionKit.of(self, config, code, own=own)
        probe = PythonFunction(self, PROBE, kit=kit, handles=storage)
        speak = (
            voices.speaking(self, SPEAK, kit=kit, handles=storage)
            if voices
            else PythonFunction(self, SPEAK, kit=kit, handles=storage)
        )
        if config.polly:
            # Nothing narrower: what is named here would be a lexicon, and none is used.
            speak.role.add_to_policy(
                iam.PolicyStatement(actions=["polly:SynthesizeSpeech"], resources=["*"])
            )
        known = storage | {
            Resource.PROBE_FUNCTION: _function_handle(probe),
            Resource.SPEAK_FUNCTION: _function_handle(speak),
        }
        job_steps: tuple[FunctionSpec, ...] = JOB_STEPS
        pages: list[PythonFunction] = []
        if config.page_sources:
            pages = [PythonFunction(self, PAGES, kit=kit, handles=storage)]
            known |= {Resource.PAGES_FUNCTION: _function_handle(pages[0])}
            job_steps = (
                with_pages(FETCH_SOURCES),
                *(one for one in job_steps if one is not FETCH_SOURCES),
            )
        targets = {name: pool.target for name, pool in compute.pools.items()}
        parameters = {
            "BATCH_TARGETS": self.to_json_string(targets),
            "SHARD_SECONDS": str(config.shard_seconds),
        }

        def steps(specs: tuple[FunctionSpec, ...]) -> dict[str, PythonFunction]:
            return {
                spec.name: PythonFunction(self, spec, kit=kit, handles=known, parameters=parameters)
                for spec in specs
            }

        job, analysis = steps(job_steps), steps(ANALYSIS_STEPS)
        submittable = sorted({arn for pool in compute.pools.values() for arn in pool.submittable})
        job_machine = self._machine(
            "LipsyncJob",
            lipsync_job.lipsync_job(
                Construct(self, "JobStates"), {name: made.function for name, made in job.items()}
            ),
            lipsync_job.EXECUTION_TIMEOUT,
            submittable,
        )
        analysis_machine = self._machine(
            "AnalyzeSource",
            analyze_source.analyze_source(
                Construct(self, "AnalysisStates"),
                # Uploads that come from URLs are fetched by whom jobs' sources are fetched by.
                {
                    name: made.function
                    for name, made in {"FetchSources": job["FetchSources"], **analysis}.items()
                },
            ),
            analyze_source.EXECUTION_TIMEOUT,
            submittable,
        )
        self.functions = [probe, speak, *pages, *job.values(), *analysis.values()]
        self.machines = [job_machine, analysis_machine]
        self.handles: Handles = {
            Resource.JOB_STATE_MACHINE: _handle(job_machine),
            Resource.ANALYSIS_STATE_MACHINE: _handle(analysis_machine),
            Resource.PROBE_FUNCTION: known[Resource.PROBE_FUNCTION],
        }
        name_outputs(self, self.handles)

    def _machine(
        self, name: str, definition: sfn.IChainable, timeout: Duration, submittable: list[str]
    ) -> sfn.StateMachine:
        log_group = logs.LogGroup(
            self,
            f"{name}Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        machine = sfn.StateMachine(
            self,
            name,
            definition_body=sfn.DefinitionBody.from_chainable(definition),
            timeout=timeout,
            tracing_enabled=True,
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL),
        )
        machine.add_to_role_policy(
            iam.PolicyStatement(actions=["batch:SubmitJob"], resources=submittable)
        )
        machine.add_to_role_policy(
            iam.PolicyStatement(
                actions=["batch:TerminateJob"],
                resources=[self.format_arn(service="batch", resource="job", resource_name="*")],
            )
        )
        machine.add_to_role_policy(
            # Describing jobs knows no narrower resource.
            iam.PolicyStatement(actions=["batch:DescribeJobs"], resources=["*"])
        )
        machine.add_to_role_policy(
            iam.PolicyStatement(
                actions=["events:PutTargets", "events:PutRule", "events:DescribeRule"],
                resources=[
                    self.format_arn(
                        service="events",
                        resource="rule",
                        resource_name="StepFunctionsGetEventsForBatchJobsRule",
                    )
                ],
            )
        )
        return machine


def _handle(machine: sfn.StateMachine) -> Handle:
    return Handle(machine.state_machine_arn, machine.state_machine_arn)


def _function_handle(made: PythonFunction) -> Handle:
    return Handle(made.function.function_arn, made.function.function_name)
