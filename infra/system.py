"""The stacks of one stage and what they hand each other."""

from aws_cdk import Tags
from constructs import Construct

from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.stacks.api import ApiStack
from infra.stacks.compute import ComputeStack
from infra.stacks.events import EventsStack
from infra.stacks.images import ImagesStack
from infra.stacks.observability import ObservabilityStack
from infra.stacks.storage import StorageStack
from infra.stacks.workflow import WorkflowStack


class System:
    """Storage, images <- compute <- workflow <- api, events <- observability."""

    def __init__(self, scope: Construct, *, config: DeployConfig, code: CodeSource) -> None:
        def name(part: str) -> str:
            return f"lipwire-{config.stage}-{part}"

        self.storage = StorageStack(scope, name("storage"), config=config)
        self.images = ImagesStack(scope, name("images"), config=config, code=code)
        self.compute = ComputeStack(
            scope,
            name("compute"),
            config=config,
            code=code,
            storage=self.storage.handles,
            repositories=self.images.repositories,
        )
        self.workflow = WorkflowStack(
            scope,
            name("workflow"),
            config=config,
            code=code,
            storage=self.storage.handles,
            compute=self.compute,
        )
        self.events = EventsStack(
            scope,
            name("events"),
            config=config,
            code=code,
            handles=self.storage.handles | self.workflow.handles,
            outbox=self.storage.outbox.table,
        )
        self.api = ApiStack(
            scope,
            name("api"),
            config=config,
            code=code,
            handles=self.storage.handles | self.events.handles,
        )
        self.observability = ObservabilityStack(
            scope,
            name("observability"),
            functions=[*self.workflow.functions, *self.api.functions, *self.events.functions],
            dead_letters=self.events.dead_letters,
            machines=self.workflow.machines,
            api_id=self.api.api_id,
            stage=config.stage,
        )
        self.stacks = (
            self.storage,
            self.images,
            self.compute,
            self.workflow,
            self.events,
            self.api,
            self.observability,
        )
        for stack in self.stacks:
            Tags.of(stack).add("application", "lipwire")
            Tags.of(stack).add("stage", config.stage)
