"""Where the functions' code, the layers and the images' source come from; a stub of it keeps tests fast."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from infra.config import DeployConfig
from lipwire.function_specs import Layer

ROOT: Final = Path(__file__).resolve().parents[2]
_IGNORED: Final = ["**/__pycache__", "*.pyc", "**/golden", ".*"]
#: What an image is built from: its tag is the hash of exactly these.
_IMAGE_PARTS: Final = (
    "containers/inference",
    "functions/lipwire",
    "requirements/inference.txt",
    "requirements/inference-nodeps.txt",
)


@dataclass(frozen=True, slots=True)
class CodeSource:
    """One code asset for all functions, one folder per layer, one source for the images."""

    functions: Path
    layers: dict[Layer, Path]
    image: Path
    image_tag: str

    @classmethod
    def real(cls, config: DeployConfig) -> "CodeSource":
        """This repository.

        Raises:
            FileNotFoundError: the layers were not built (`make layer`).
        """
        optional = {Layer.PAGES: config.page_sources, Layer.NETWORKS: config.voices is not None}
        layers = {
            layer: ROOT / "build" / "layers" / f"{layer}-{config.layer_target}"
            for layer in Layer
            if layer not in optional or optional[layer]
        }
        for folder in layers.values():
            if not folder.exists():
                raise FileNotFoundError(f"{folder.name} is not built; run `make layer`")
        image, tag = _stage_image()
        return cls(ROOT / "functions", layers, image, tag)

    @classmethod
    def stub(cls, folder: Path) -> "CodeSource":
        """Almost empty folders, for templates that nobody deploys."""
        for name in ("functions", *Layer, "image"):
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / "stub.py").write_text("")
        layers = {layer: folder / layer.value for layer in Layer}
        return cls(folder / "functions", layers, folder / "image", "0" * 16)

    def code(self) -> lambda_.Code:
        """The one asset that every function shares."""
        return lambda_.Code.from_asset(
            str(self.functions), exclude=_IGNORED, ignore_mode=IgnoreMode.GIT
        )

    def layer(self, layer: Layer) -> lambda_.Code:
        """A layer's content."""
        return lambda_.Code.from_asset(str(self.layers[layer]))

    def image_asset(self, scope: Construct) -> s3_assets.Asset:
        """The images' source, for CodeBuild."""
        return s3_assets.Asset(scope, "ImageSource", path=str(self.image))


def _stage_image() -> tuple[Path, str]:
    """A copy of the image's parts alone, and the hash of their names and bytes."""
    parts = {
        path.relative_to(ROOT): path.read_bytes()
        for path in _files(ROOT / part for part in _IMAGE_PARTS)
    }
    digest = hashlib.sha256()
    for relative, content in parts.items():
        digest.update(f"{relative}\0{len(content)}\0".encode() + content)
    tag = digest.hexdigest()[:16]
    target = ROOT / "build" / "image-source" / tag
    if not target.exists():
        # Made beside it and moved: another synthesis may be reading.
        target.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=target.parent))
        for relative, content in parts.items():
            copy = half / relative
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        try:
            half.rename(target)
        except OSError:
            shutil.rmtree(half)  # the other was faster, with the same content
    return target, tag


def _files(parts: Iterable[Path]) -> list[Path]:
    found = [path for part in parts for path in ([part] if part.is_file() else part.rglob("*"))]
    return sorted(p for p in found if p.is_file() and "__pycache__" not in p.parts)
