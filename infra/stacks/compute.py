"""Where engines run: network, Batch environments and queues, one pool per engine."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_batch as batch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.constructs.engine_pool import EnginePool
from infra.constructs.network import public_network
from infra.grants import Handles, statements
from lipwire import engines
from lipwire.domain.engines import Device
from lipwire.function_specs import Access, Need, reads, writes
from lipwire.resources import Resource

#: What a container may touch: its files in, its results out, its own job's row. No ledger, no outbox.
JOB_NEEDS = (
    reads(Resource.UPLOADS_BUCKET, "uploads/"),
    reads(Resource.WORK_BUCKET, "plans/"),
    reads(Resource.WORK_BUCKET, "analyses/"),
    writes(Resource.WORK_BUCKET, "analyses/"),
    reads(Resource.WORK_BUCKET, "results/"),
    writes(Resource.WORK_BUCKET, "results/"),
    reads(Resource.WORK_BUCKET, "parts/"),
    writes(Resource.WORK_BUCKET, "parts/"),
    writes(Resource.OUTPUTS_BUCKET, "outputs/"),
    # Of a job that was canceled meanwhile, nothing stays.
    Need(Resource.OUTPUTS_BUCKET, Access.DELETE, "outputs/"),
    *(
        Need(Resource.WORK_BUCKET, Access.DELETE, prefix)
        for prefix in ("analyses/", "parts/", "results/")
    ),
)
_CPU_TYPES = ("c6i", "c7i", "m6i", "m7i")
_GPU_TYPES = ("g5", "g6")
_SIZES = ("xlarge", "2xlarge")


class ComputeStack(Stack):
    """Idle, it costs next to nothing: no NAT gateway, no instance below the first job (D20)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeployConfig,
        code: CodeSource,
        storage: Handles,
        repositories: Mapping[Device, ecr.IRepository],
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc = public_network(self)
        self._security = ec2.SecurityGroup(
            self, "Jobs", vpc=self._vpc, description="render jobs: nothing comes in"
        )
        self._template = ec2.LaunchTemplate(
            self,
            "Host",
            require_imdsv2=True,
            http_put_response_hop_limit=1,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        100, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
        )
        queues = {
            Device.CPU: self._queue("Cpu", _CPU_TYPES, config.max_cpu_vcpus),
            Device.CUDA: self._queue("Gpu", _GPU_TYPES, config.max_gpu_vcpus),
        }
        job_logs = logs.LogGroup(
            self,
            "JobLogs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.job_role = self._job_role(storage)
        environment = {
            resource.value: storage[resource].value
            for resource in (
                Resource.JOBS_TABLE,
                Resource.UPLOADS_BUCKET,
                Resource.WORK_BUCKET,
                Resource.OUTPUTS_BUCKET,
            )
        } | {
            "LIPWIRE_STAGE": config.stage,
            # Unlike Lambda, ECS on EC2 tells a container no region.
            "AWS_DEFAULT_REGION": self.region,
        }
        self.pools = {
            spec.name: EnginePool(
                self,
                stage=config.stage,
                spec=spec,
                queue=queues[spec.device],
                image=ecs.ContainerImage.from_ecr_repository(
                    repositories[spec.device], code.image_tag
                ),
                job_role=self.job_role,
                environment=environment,
                log_group=job_logs,
            )
            for spec in engines.specs().values()
        }

    def _queue(self, name: str, types: tuple[str, ...], max_vcpus: int) -> batch.JobQueue:
        """Spot first, on demand when there is none; a job that can't start is ended, not left waiting for ever."""
        ordered = [
            batch.OrderedComputeEnvironment(
                order=order,
                compute_environment=self._environment(name, types, max_vcpus, spot=spot),
            )
            for order, spot in ((1, True), (2, False))
        ]
        stuck = [
            batch.JobStateTimeLimitAction(
                action=batch.JobStateTimeLimitActionsAction.CANCEL,
                max_time=Duration.minutes(20),
                reason=reason,
                state=batch.JobStateTimeLimitActionsState.RUNNABLE,
            )
            for reason in (
                batch.JobStateTimeLimitActionsReason.INSUFFICIENT_INSTANCE_CAPACITY,
                batch.JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
                batch.JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT,
            )
        ]
        return batch.JobQueue(
            self,
            f"{name}Queue",
            compute_environments=ordered,
            priority=1,
            job_state_time_limit_actions=stuck,
        )

    def _environment(
        self, name: str, types: tuple[str, ...], max_vcpus: int, *, spot: bool
    ) -> batch.ManagedEc2EcsComputeEnvironment:
        return batch.ManagedEc2EcsComputeEnvironment(
            self,
            f"{name}{'Spot' if spot else 'OnDemand'}",
            vpc=self._vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            security_groups=[self._security],
            launch_template=self._template,
            spot=spot,
            allocation_strategy=(
                batch.AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
                if spot
                else batch.AllocationStrategy.BEST_FIT_PROGRESSIVE
            ),
            use_optimal_instance_classes=False,
            instance_types=[
                ec2.InstanceType(f"{family}.{size}") for family in types for size in _SIZES
            ],
            minv_cpus=0,
            maxv_cpus=max_vcpus,
            update_to_latest_image_version=True,
            replace_compute_environment=False,
        )

    def _job_role(self, storage: Handles) -> iam.Role:
        role = iam.Role(self, "JobRole", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        for statement in statements(JOB_NEEDS, storage):
            role.add_to_policy(statement)
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["dynamodb:UpdateItem"], resources=[storage[Resource.JOBS_TABLE].arn]
            )
        )
        return role
