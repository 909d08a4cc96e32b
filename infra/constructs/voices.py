"""An operator's own voices in a deployment: their files as assets, and a layer that says which there are."""

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aws_cdk import Annotations, Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from infra.constructs.code_source import ROOT
from infra.constructs.python_function import FunctionKit, PythonFunction
from infra.grants import Handles
from lipwire.adapters.speech.networks.catalogue import FILE, PACKAGE, Catalogue, VoiceFile
from lipwire.adapters.speech.networks.folder import Refusal, read_folder
from lipwire.function_specs import FunctionSpec
from speak.spec import with_networks


@dataclass(frozen=True, slots=True)
class OfferedVoices:
    """What an operator's folder offers. A voice that is refused is told and left out; the others are had."""

    folder: Path
    #: Files are named by their paths in the folder.
    catalogue: Catalogue
    refusals: tuple[Refusal, ...]

    @classmethod
    def of(cls, folder: Path) -> "OfferedVoices":
        """The folder's voices, read once.

        Raises:
            FileNotFoundError: there is no such folder.
        """
        return _offered(folder)

    @property
    def files(self) -> dict[str, VoiceFile]:
        """Every file that a voice needs, by its path in the folder."""
        return {one.key: one for network in self.catalogue.networks for one in network.files}

    def layer(self, scope: Construct, runtime: lambda_.Runtime) -> lambda_.LayerVersion:
        """The list of voices, for whoever lists them."""
        return _layer(scope, runtime, self.catalogue)

    def speaking(
        self, scope: Construct, spec: FunctionSpec, *, kit: FunctionKit, handles: Handles
    ) -> PythonFunction:
        """The function that speaks by them; it may get their files and nothing else of that bucket."""
        for one in self.refusals:
            Annotations.of(scope).add_warning_v2(f"lipwire:{one.code}", str(one))
        assets = {
            path: s3_assets.Asset(scope, f"Voice{file.sha256[:16]}", path=str(self.folder / path))
            for path, file in sorted(self.files.items())
        }
        keys = {path: asset.s3_object_key for path, asset in assets.items()}
        bucket = next((asset.s3_bucket_name for asset in assets.values()), "")
        made = PythonFunction(
            scope,
            with_networks(spec, size_bytes=sum(one.size_bytes for one in self.files.values())),
            kit=kit,
            handles=handles,
            parameters={"VOICES_BUCKET": bucket},
            also=[_layer(scope, kit.runtime, _moved(self.catalogue, keys))],
        )
        if keys:
            made.role.add_to_policy(
                iam.PolicyStatement(
                    actions=["s3:GetObject"],
                    resources=[
                        f"arn:{Aws.PARTITION}:s3:::{bucket}/{key}"
                        for key in sorted(set(keys.values()))
                    ],
                )
            )
        return made


@cache
def _offered(folder: Path) -> OfferedVoices:
    networks, refusals = read_folder(folder)
    return OfferedVoices(folder, Catalogue(networks=networks), refusals)


def _moved(catalogue: Catalogue, keys: Mapping[str, str]) -> Catalogue:
    """The catalogue with the keys that its files have where they were put."""

    def moved(file: VoiceFile | None) -> VoiceFile | None:
        return file and file.model_copy(update={"key": keys[file.key]})

    return Catalogue(
        networks=tuple(
            network.model_copy(
                update={
                    "weights": moved(network.weights),
                    "config": moved(network.config),
                    "speakers": tuple(
                        one.model_copy(update={"styles": moved(one.styles)})
                        for one in network.speakers
                    ),
                }
            )
            for network in catalogue.networks
        )
    )


def _layer(
    scope: Construct, runtime: lambda_.Runtime, catalogue: Catalogue
) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        "VoicesLayer",
        code=lambda_.Code.from_asset(str(_package(catalogue))),
        compatible_runtimes=[runtime],
        description="which voices of the operator's own there are",
    )


def _package(catalogue: Catalogue) -> Path:
    """The folder that the layer is made of, named by its content."""
    text = catalogue.model_dump_json()
    target = ROOT / "build" / "voices" / hashlib.sha256(text.encode()).hexdigest()[:16]
    if target.exists():
        return target
    # Made beside it and moved: another synthesis may be reading, or making the same.
    target.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=target.parent))
    package = half / "python" / PACKAGE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / FILE).write_text(text, encoding="utf-8")
    try:
        half.rename(target)
    except OSError:
        # The other was quicker: what it made is the same.
        shutil.rmtree(half)
        if not target.exists():
            raise
    return target
