"""Images are built where they run: CodeBuild takes the source asset and pushes under its content's hash (D14)."""

from typing import Final

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.code_source import CodeSource
from lipwire.domain.engines import Device

_DOCKERFILES: Final = {Device.CPU: "Dockerfile", Device.CUDA: "Dockerfile.cuda"}


class ImagePipeline(Construct):
    """One project that builds every image whose tag isn't there yet; `make deploy` starts it and waits."""

    def __init__(
        self, scope: Construct, *, code: CodeSource, repositories: dict[Device, ecr.Repository]
    ) -> None:
        super().__init__(scope, "ImagePipeline")
        asset = code.image_asset(self)
        build_logs = logs.LogGroup(
            self,
            "Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.project = codebuild.Project(
            self,
            "Project",
            description="builds the render images of this deployment",
            source=codebuild.Source.s3(bucket=asset.bucket, path=asset.s3_object_key),
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5,
                compute_type=codebuild.ComputeType.MEDIUM,
                # Docker inside CodeBuild asks for it.
                privileged=True,
            ),
            timeout=Duration.minutes(60),
            logging=codebuild.LoggingOptions(
                cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=build_logs)
            ),
            build_spec=codebuild.BuildSpec.from_object(_build_spec(code.image_tag, repositories)),
        )
        for repository in repositories.values():
            repository.grant_pull_push(self.project)
            # To see which tags are there: pushing one again is refused, since tags are immutable.
            repository.grant_read(self.project)
        CfnOutput(self, "ImageProject", value=self.project.project_arn).override_logical_id(
            "ImageProject"
        )


def _build_spec(tag: str, repositories: dict[Device, ecr.Repository]) -> dict[str, object]:
    commands = []
    for device, repository in repositories.items():
        uri = f"{repository.repository_uri}:{tag}"
        known = (
            f"aws ecr describe-images --repository-name {repository.repository_name} "
            f"--image-ids imageTag={tag} >/dev/null 2>&1"
        )
        build = f"docker build -f containers/inference/{_DOCKERFILES[device]} -t {uri} . && docker push {uri}"
        commands.append(f"{known} || ({build})")
    registry = next(iter(repositories.values())).registry_uri
    login = f"aws ecr get-login-password | docker login --username AWS --password-stdin {registry}"
    return {"version": "0.2", "phases": {"build": {"commands": [login, *commands]}}}
