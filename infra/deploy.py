"""Puts a stage on AWS: `python -m infra.deploy STAGE [options of cdk deploy]`, or `make deploy STAGE=…`.

The real CLI deploys the images' stack; CodeBuild makes the render images in the account (docs/adr/0005) while this
waits; then the CLI deploys the rest. Credentials and region are the CLI's.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.config import LOCAL, DeployConfig

_ROOT: Final = Path(__file__).resolve().parents[1]
_CDK: Final = _ROOT / "node_modules" / ".bin" / "cdk"
_POLL_S: Final = 10.0

Outputs = dict[str, str]


class DeployError(Exception):
    """What stops a deployment, in a sentence for whoever typed the command."""


def deploy(stage: str, options: Sequence[str], *, stacks: Sequence[str] = ("--all",)) -> Outputs:
    """Deploy a stage's stacks, all or those named; returns their outputs in one mapping.

    Raises:
        DeployError: no such stage, no CLI, or the CLI failed (it has said why).
    """
    if stage == LOCAL:
        raise DeployError("`local` is the laptop's stage: `make up` deploys it")
    try:
        DeployConfig.of(stage)
    except ValueError as error:
        raise DeployError(str(error)) from error
    if not _CDK.exists():
        raise DeployError("the CDK CLI isn't installed: run `make setup`")
    with tempfile.TemporaryDirectory() as folder:
        outputs = Path(folder) / "outputs.json"
        command = [str(_CDK), "deploy", *stacks, "--context", f"stage={stage}"]
        command += ["--outputs-file", str(outputs), *options]
        if subprocess.run(command, cwd=_ROOT, check=False).returncode != 0:
            raise DeployError(f"`cdk deploy` failed; the stacks are called lipwire-{stage}-…")
        told: dict[str, Outputs] = json.loads(outputs.read_text(encoding="utf-8"))
    return {name: value for found in told.values() for name, value in found.items()}


def build_images(
    codebuild: Any, project: str, *, say: Callable[[str], object], pause: Callable[[float], None]
) -> None:
    """Build the images of this deployment and wait; what is in its repository already is left alone.

    Raises:
        DeployError: the build ended otherwise than well.
    """
    build = codebuild.start_build(projectName=project)["build"]
    phase = ""
    while build["buildStatus"] == "IN_PROGRESS":
        if build.get("currentPhase", "") != phase:
            phase = build["currentPhase"]
            say(f"images: {phase.lower()}")
        pause(_POLL_S)
        (build,) = codebuild.batch_get_builds(ids=[build["id"]])["builds"]
    if build["buildStatus"] != "SUCCEEDED":
        where = build.get("logs", {}).get("deepLink", "its log group")
        raise DeployError(
            f"the image build ended as {build['buildStatus']}; nothing can render until it "
            f"succeeds. Its log: {where}"
        )


def main(stage: str, *options: str) -> int:
    """0 when the stage serves and can render."""
    try:
        # Images first: what is deployed after them names a tag that can be pulled.
        outputs = deploy(stage, options, stacks=(f"lipwire-{stage}-images",))
        # The project's ARN says where the CLI has deployed to: arn:aws:codebuild:REGION:ACCOUNT:project/NAME
        *_, region, _, name = outputs["ImageProject"].split(":")
        session = boto3.Session(profile_name=_profile(options))
        build_images(
            session.client("codebuild", region_name=region),
            name.removeprefix("project/"),
            say=_say,
            pause=time.sleep,
        )
        outputs = deploy(stage, options)
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"the image build could not be started: {error}\n")
        return 1
    _say(f"{stage} serves at {outputs['ApiUrl']}")
    return 0


def _profile(options: Sequence[str]) -> str | None:
    """The credentials' profile the CLI is told, so that both work in one account."""
    for option, value in zip(options, [*options[1:], ""], strict=True):
        if option == "--profile":
            return value
        if option.startswith("--profile="):
            return option.partition("=")[2]
    return None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m infra.deploy STAGE [options of cdk deploy]")
    sys.exit(main(*sys.argv[1:]))
