"""Where one engine runs: its job definition, with exit codes read by Batch's retry rules."""

from typing import Final

from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from lipwire.domain.engines import EngineSpec
from lipwire.render.exit_codes import ExitCode

ATTEMPTS: Final = 3


def retry_rules() -> list[batch.RetryStrategy]:
    """D9 in the five rules that Batch allows; where none matches, Batch retries.

    An image that can't be pulled leaves no exit code, so no rule matches and it is tried again; everything that ran and
    ended with a code of ours, or with one nobody planned, stops at the last rule.
    """
    retry, leave = batch.Action.RETRY, batch.Action.EXIT
    return [
        batch.RetryStrategy.of(leave, batch.Reason.custom(on_reason="OutOfMemoryError*")),
        batch.RetryStrategy.of(retry, batch.Reason.custom(on_status_reason="Host EC2*")),
        batch.RetryStrategy.of(
            retry, batch.Reason.custom(on_exit_code=str(ExitCode.TRANSIENT.value))
        ),
        batch.RetryStrategy.of(retry, batch.Reason.custom(on_exit_code="137")),
        batch.RetryStrategy.of(leave, batch.Reason.custom(on_exit_code="*")),
    ]


class EnginePool(Construct):
    """One engine's job definition; its queue is the one of its device."""

    def __init__(
        self,
        scope: Construct,
        *,
        stage: str,
        spec: EngineSpec,
        queue: batch.JobQueue,
        image: ecs.ContainerImage,
        job_role: iam.IRole,
        environment: dict[str, str],
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, f"{spec.name.title()}Pool")
        # Others know the definition by this name alone, and Batch takes its newest revision. Its ARN names a revision:
        # exported to another stack it would be a value that CloudFormation lets no deployment change.
        name = f"lipwire-{stage}-{spec.name}"
        container = batch.EcsEc2ContainerDefinition(
            self,
            "Container",
            image=image,
            cpu=spec.vcpus,
            memory=Size.mebibytes(spec.memory_mib),
            gpu=spec.gpus or None,
            command=["python", "entrypoint.py", "Ref::task", "Ref::id"],
            environment=environment,
            job_role=job_role,
            logging=ecs.LogDriver.aws_logs(stream_prefix=spec.name, log_group=log_group),
        )
        self.definition = batch.EcsJobDefinition(
            self,
            "Definition",
            job_definition_name=name,
            container=container,
            # Placeholders: every submission names its own.
            parameters={"task": "render", "id": "none"},
            retry_attempts=ATTEMPTS,
            retry_strategies=retry_rules(),
            timeout=Duration.seconds(spec.attempt_timeout_s),
            propagate_tags=True,
        )
        self.target = {"queue": queue.job_queue_arn, "definition": name}
        definition = Stack.of(self).format_arn(
            service="batch", resource="job-definition", resource_name=name
        )
        self.submittable = [queue.job_queue_arn, definition, f"{definition}:*"]
