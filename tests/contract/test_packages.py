"""What a function sees in the cloud: boto3, its layers, the code, and nothing else (D3, D5)."""

import importlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from lipwire import dialects
from lipwire.resources import FunctionSpec, Layer

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
RUNTIME = ROOT / ".venv" / "runtime" / "bin" / "python"
LAYERS = ROOT / "build" / "layers"


def every_function() -> list[FunctionSpec]:
    """Each declared function, found in the spec files as the infrastructure finds them."""
    found = []
    for path in sorted([*FUNCTIONS.rglob("spec.py"), *FUNCTIONS.rglob("specs.py")]):
        module = importlib.import_module(
            ".".join(path.relative_to(FUNCTIONS).with_suffix("").parts)
        )
        for value in vars(module).values():
            spec = getattr(value, "function", value)
            if isinstance(spec, FunctionSpec):
                found.append(spec)
    return found


def clean_run(code: str, layers: tuple[Layer, ...]) -> str:
    """What a fresh interpreter prints that sees what the function would see; no environment, no network."""
    path = [str(FUNCTIONS), *(str(LAYERS / f"{layer}-local" / "python") for layer in layers)]
    closed = "import socket; socket.socket.connect = None"
    done = subprocess.run(
        [str(RUNTIME), "-I", "-c", f"import sys; sys.path[:0] = {path!r}\n{closed}\n{code}"],
        capture_output=True,
        text=True,
        env={},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("spec", every_function(), ids=lambda spec: spec.name)
def test_a_handler_imports_with_its_layers_alone(spec):
    """Without the emulator's or the laptop's packages, without environment and network."""
    module, _, attribute = spec.handler.rpartition(".")
    clean_run(f"import {module}; assert callable({module}.{attribute})", spec.layers)


@pytest.mark.parametrize("spec", every_function(), ids=lambda spec: spec.name)
def test_a_handler_loads_nothing_heavy(spec):
    """No renderer, no HTTP client library, no X-Ray SDK in any function's start."""
    module = spec.handler.rpartition(".")[0]
    heavy = ["numpy", "cv2", "mediapipe", "av", "httpx", "requests", "aws_xray_sdk", "cryptography"]
    code = f"import {module}, json; print(json.dumps([m for m in {heavy!r} if m in sys.modules]))"
    assert json.loads(clean_run(code, spec.layers)) == []


@pytest.mark.parametrize("name", dialects.names())
def test_a_cold_start_loads_only_the_dialect_that_is_called(name):
    """Whatever else there is; at most 600 modules in all, the client of DynamoDB among them, and nothing of boto3."""
    path = dialects.load(name).routes[0].path
    code = f"""
import json, os
os.environ.update(dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "none"), AWS_DEFAULT_REGION="us-east-1")
from api_jobs.handler import handler
from lipwire import bootstrap, dialects, serving
assert bootstrap.lambda_app().dynamodb
serving.resolver_of(dialects.dialect_of({path!r}), "ApiJobs")
print(json.dumps([len(sys.modules), *(one for one in sys.modules if one.startswith(("lipwire.dialects.", "boto3")))]))
"""
    count, *loaded = json.loads(clean_run(code, (Layer.API,)))
    others = tuple(f"lipwire.dialects.{other}" for other in dialects.names() if other != name)
    assert f"lipwire.dialects.{name}" in loaded
    assert [module for module in loaded if module.startswith(others)] == []
    assert count <= 600
    assert "boto3" not in loaded


@pytest.mark.parametrize("layer", list(Layer))
def test_the_layer_for_aws_holds_the_same_packages(layer):
    """Built for another processor and Python, from the same lock."""
    assert packages(f"{layer}-aws") == packages(f"{layer}-local")


def packages(folder: str) -> set[str]:
    """Name and version of every installed package."""
    found = (LAYERS / folder / "python").glob("*.dist-info")
    return {re.sub(r"\.dist-info$", "", path.name).lower() for path in found}
