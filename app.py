"""The CDK app: one description of the system, for a laptop and for AWS."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "functions"))

import aws_cdk as cdk

from infra.config import DeployConfig
from infra.constructs.code_source import CodeSource
from infra.system import System


def main() -> None:
    """Synthesize the stage that `-c stage=…` (or STAGE) names."""
    app = cdk.App()
    stage = app.node.try_get_context("stage") or os.environ.get("STAGE", "local")
    config = DeployConfig.of(
        stage,
        own_hosts=app.node.try_get_context("own_hosts") or "",
        # The CLI gives every value as text, `cdk.json` may give a true one.
        consent_required=str(app.node.try_get_context("consent_required")).lower() == "true",
        page_sources=str(app.node.try_get_context("page_sources")).lower() == "true",
        polly=str(app.node.try_get_context("polly")).lower() == "true",
        voices=app.node.try_get_context("voices") or os.environ.get("LIPWIRE_VOICES", ""),
    )
    System(app, config=config, code=CodeSource.real(config))
    app.synth()


main()
