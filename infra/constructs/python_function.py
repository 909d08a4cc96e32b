"""The one place that sets a function's runtime, layers, logs, rights and environment."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration, RemovalPolicy, Size, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.grants import Handles, environment, statements
from lipwire.function_specs import FunctionSpec, Layer
from speak.spec import LEAST_DISK_MIB

_RETENTION: Final = {30: logs.RetentionDays.ONE_MONTH}


@dataclass(frozen=True, slots=True)
class FunctionKit:
    """What every function of one stack shares: config, one code object, one version of each layer."""

    config: DeployConfig
    code: lambda_.Code
    layers: dict[Layer, lambda_.LayerVersion]

    @property
    def runtime(self) -> lambda_.Runtime:
        """The interpreter."""
        return _runtime(self.config)

    @classmethod
    def of(
        cls,
        stack: Stack,
        config: DeployConfig,
        source: CodeSource,
        *,
        own: AbstractSet[Layer] = frozenset(),
    ) -> "FunctionKit":
        """The kit of a stack; `own` are the layers of functions that it alone has."""
        layers = {
            layer: lambda_.LayerVersion(
                stack,
                f"{layer.value.title()}Layer",
                code=source.layer(layer),
                compatible_runtimes=[_runtime(config)],
                description=f"third-party code of functions that need {layer.value}",
            )
            for layer in source.layers
            if layer not in {Layer.PAGES, Layer.SPEECH, Layer.NETWORKS} or layer in own
        }
        return cls(config, source.code(), layers)


class PythonFunction(Construct):
    """One Lambda function from its spec, with exactly the rights its needs say."""

    def __init__(
        self,
        scope: Construct,
        spec: FunctionSpec,
        *,
        kit: FunctionKit,
        handles: Handles,
        parameters: dict[str, str] | None = None,
        also: Sequence[lambda_.ILayerVersion] = (),
    ) -> None:
        super().__init__(scope, spec.name)
        config = kit.config
        offered = {
            "LIPWIRE_STAGE": config.stage,
            "LOOPBACK_ALLOWED": "1" if config.loopback_allowed else "0",
            "OWN_HOSTS": ",".join(config.own_hosts),
            "CONSENT_REQUIRED": "1" if config.consent_required else "0",
            "POLLY": "1" if config.polly else "0",
            **(parameters or {}),
        }
        self.spec = spec
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            retention=_RETENTION[config.log_retention_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        self.log_group.grant_write(role)
        self.function = lambda_.Function(
            self,
            "Function",
            description=spec.summary,
            runtime=_runtime(config),
            architecture=(
                lambda_.Architecture.ARM_64
                if config.architecture == "arm64"
                else lambda_.Architecture.X86_64
            ),
            code=kit.code,
            handler=spec.handler,
            layers=[*(kit.layers[layer] for layer in spec.layers), *also],
            memory_size=spec.memory_mib,
            # Said only where it is not Lambda's own.
            ephemeral_storage_size=(
                Size.mebibytes(spec.disk_mib) if spec.disk_mib > LEAST_DISK_MIB else None
            ),
            timeout=Duration.seconds(spec.timeout_s),
            role=role,
            log_group=self.log_group,
            environment={
                "POWERTOOLS_SERVICE_NAME": spec.name,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                **{name: offered[name] for name in spec.parameters},
                **environment(spec.needs, handles),
            },
        )
        for statement in statements(spec.needs, handles):
            role.add_to_policy(statement)


def _runtime(config: DeployConfig) -> lambda_.Runtime:
    return lambda_.Runtime(config.runtime, lambda_.RuntimeFamily.PYTHON)
