"""One synthesis of both clouds' templates for all infrastructure tests; assets are stubs."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.system import System
from tests.support.bare_voices import folder_of_voices

Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def stub(tmp_path_factory: pytest.TempPathFactory) -> CodeSource:
    """Code that nobody deploys."""
    return CodeSource.stub(tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder of an operator's own voices."""
    return str(folder_of_voices(tmp_path_factory.mktemp("voices")))


@pytest.fixture(scope="session")
def aws(stub, voices, tmp_path_factory) -> Templates:
    """The templates of an AWS stage, by stack."""
    return synthesized("prod", stub, tmp_path_factory.mktemp("aws"), voices=voices)


@pytest.fixture(scope="session")
def local(stub, voices, tmp_path_factory) -> Templates:
    """The templates of the local stage, by stack."""
    return synthesized("local", stub, tmp_path_factory.mktemp("local"), voices=voices)


def synthesized(stage: str, code: CodeSource, out: Path, *, voices: str) -> Templates:
    """Every stack's template of a stage with all that can be turned on; the stage's name is left out of the stacks'."""
    app = cdk.App(outdir=str(out), context=CONTEXT)
    config = DeployConfig.of(stage, page_sources=True, polly=True, voices=voices)
    System(app, config=config, code=code)
    assembly = app.synth()
    return {stack.stack_name.rpartition("-")[2]: stack.template for stack in assembly.stacks}


def _context() -> dict[str, Any]:
    import json

    context: dict[str, Any] = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())[
        "context"
    ]
    return context


CONTEXT = _context()


def of_type(templates: Templates, kind: str) -> dict[str, dict[str, Any]]:
    """Every resource of a type, by stack and logical id."""
    return {
        f"{stack}/{name}": resource.get("Properties", {})
        for stack, template in templates.items()
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }
