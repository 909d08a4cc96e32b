"""The edge: one HTTP API at its domain's root, routes from the dialects' tables, a catch-all for the rest (D13)."""

import re

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from api_account.spec import FUNCTION as ACCOUNT
from api_jobs.spec import FUNCTION as JOBS
from api_uploads.spec import FUNCTION as UPLOADS
from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.constructs.python_function import FunctionKit, PythonFunction
from infra.constructs.voices import OfferedVoices
from infra.grants import Handles
from lipwire import dialects
from lipwire.dialects.base import CATCH_ALL


class ApiStack(Stack):
    """No authorizer: each function authenticates, since an answer has every vendor's own shape."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeployConfig,
        code: CodeSource,
        handles: Handles,
    ) -> None:
        super().__init__(scope, construct_id)
        kit = FunctionKit.of(self, config, code)
        # Who lists voices, and lets jobs be spoken by them, knows the operator's own.
        listed = [OfferedVoices.of(config.voices).layer(self, kit.runtime)] if config.voices else []
        made = {
            spec.name: PythonFunction(
                self, spec, kit=kit, handles=handles, also=listed if spec is JOBS else ()
            )
            for spec in (UPLOADS, JOBS, ACCOUNT)
        }
        self.functions = list(made.values())
        api = apigateway.HttpApi(self, "Api", description="Lipwire", create_default_stage=False)
        integrations = {name: self._integration(api, one) for name, one in made.items()}
        for route in dialects.all_routes():
            self._route(api, f"{route.method} {route.path}", integrations[route.function])
        self._route(api, "$default", integrations[CATCH_ALL])
        self._stage(api)
        self.api_id = api.api_id
        CfnOutput(self, "ApiId", value=api.api_id)
        CfnOutput(self, "ApiUrl", value=api.api_endpoint)

    def _integration(
        self, api: apigateway.HttpApi, made: PythonFunction
    ) -> apigateway.CfnIntegration:
        """With one permission for the whole API: one per route would outgrow a function's policy."""
        made.function.add_permission(
            "Api",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=self.format_arn(
                service="execute-api", resource=api.api_id, resource_name="*"
            ),
        )
        return apigateway.CfnIntegration(
            self,
            f"{made.spec.name}Integration",
            api_id=api.api_id,
            integration_type="AWS_PROXY",
            integration_uri=made.function.function_arn,
            payload_format_version="2.0",
        )

    def _route(
        self, api: apigateway.HttpApi, key: str, integration: apigateway.CfnIntegration
    ) -> None:
        name = "".join(word.title() for word in re.findall(r"\w+", key))
        apigateway.CfnRoute(
            self,
            f"Route{name}",
            api_id=api.api_id,
            route_key=key,
            target=f"integrations/{integration.ref}",
            authorization_type="NONE",
        )

    def _stage(self, api: apigateway.HttpApi) -> None:
        access_logs = logs.LogGroup(
            self,
            "AccessLogs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=access_logs.log_group_arn,
                format=(
                    '{"request_id":"$context.requestId","method":"$context.httpMethod",'
                    '"path":"$context.path","status":"$context.status",'
                    '"latency_ms":"$context.responseLatency"}'
                ),
            ),
            # A coarse shield; the promises to accounts are kept by the functions.
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=500, throttling_rate_limit=1000
            ),
        )
