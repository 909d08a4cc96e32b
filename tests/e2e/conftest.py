"""Media for journeys: a portrait drawn from scikit-image's picture and voices spoken by espeak-ng."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def portrait() -> Path:
    """The public-domain astronaut."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data" / "astronaut.png"


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About a second of English."""
    return speak("Hello, my moon.", "en-us", tmp_path_factory.mktemp("voice") / "short.wav")


@pytest.fixture(scope="session")
def long_voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to be interrupted while it is being rendered."""
    text = (
        "Mama may bring my baby a big blue ball, and papa will find a very warm place for it. " * 2
    )
    return speak(text, "en-us", tmp_path_factory.mktemp("voice") / "long.wav")


def speak(text: str, voice: str, path: Path) -> Path:
    """The file, with this text spoken by that voice of espeak-ng."""
    command = [sys.executable, "-m", "infra.local.voice", voice, str(path)]
    subprocess.run(command, input=text.encode(), cwd=ROOT, check=True)
    return path
