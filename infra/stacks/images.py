"""The render images and what builds them; deployed and built before anything names their tag."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.constructs.image_pipeline import ImagePipeline
from lipwire import engines
from lipwire.domain.engines import Device


class ImagesStack(Stack):
    """A stack of its own: a job definition must never name an image that is still being built."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: DeployConfig, code: CodeSource
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        # The CUDA image is gigabytes: it is built as soon as an engine asks for it.
        used = {spec.device for spec in engines.specs().values()}
        self.repositories = {
            device: self._repository(device) for device in Device if device in used
        }
        self.pipeline = ImagePipeline(self, code=code, repositories=self.repositories)

    def _repository(self, device: Device) -> ecr.Repository:
        return ecr.Repository(
            self,
            f"{device.value.title()}Images",
            encryption=ecr.RepositoryEncryption.AES_256,
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            lifecycle_rules=[ecr.LifecycleRule(max_image_count=10)],
            removal_policy=RemovalPolicy.DESTROY,
            empty_on_delete=not self._config.is_local,
        )
