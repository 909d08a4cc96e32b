"""Media for journeys: a portrait drawn from scikit-image's picture and voices spoken by espeak-ng."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE_CLIP = """
import sys
from pathlib import Path
from lipwire.render.face.picture import read_picture
from tests.support.renders import numbered_clip
numbered_clip(Path(sys.argv[2]), [read_picture(Path(sys.argv[1]))] * 50)
"""


@pytest.fixture(scope="session")
def portrait() -> Path:
    """The public-domain astronaut."""
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data" / "astronaut.png"


@pytest.fixture(scope="session")
def clip(portrait: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of the portrait as a video of 512 x 512, made where video libraries are installed."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    command = [str(ROOT / ".venv" / "inference" / "bin" / "python"), "-c", MAKE_CLIP]
    subprocess.run(
        [*command, str(portrait), str(path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"functions{os.pathsep}."},
        check=True,
    )
    return path


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
