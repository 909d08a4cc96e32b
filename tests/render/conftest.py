"""Sources and voices for renders. Those of others' making come from LIPWIRE_MEDIA and are skipped without it."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.renders import Footage, make_footage
from tests.support.speech import synthesize

ROOT = Path(__file__).resolve().parents[2]
#: The tools environment holds a public-domain photograph and a speech synthesizer; the renderer's holds neither.
TOOLS = ROOT / ".venv" / "tools" / "bin" / "python"
_SAVE_ASTRONAUT = (
    "import shutil, sys; from importlib.util import find_spec; "
    "shutil.copy(find_spec('skimage').submodule_search_locations[0] + '/data/astronaut.png', sys.argv[1])"
)


@pytest.fixture(scope="session")
def media() -> Callable[[str], Path]:
    """A file of the shared test media by its name within."""
    folder = Path(os.environ.get("LIPWIRE_MEDIA") or ROOT.parent / "shared" / "media")

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"{name} is not in {folder}; set LIPWIRE_MEDIA")
        return path

    return find


@pytest.fixture(scope="session")
def astronaut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public-domain portrait, 512x512, smiling with teeth."""
    path = tmp_path_factory.mktemp("portrait") / "astronaut.png"
    _with_tools(["-c", _SAVE_ASTRONAUT, str(path)], why="the astronaut's picture")
    return path


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short synthetic English sentence with closures."""
    if not TOOLS.exists():
        pytest.skip("a synthetic voice is made with the tools environment's package: make setup")
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    synthesize("Maybe Pam may bring my apple home.", "en", path, words_per_minute=150)
    return path


@pytest.fixture(scope="session")
def footage(astronaut: Path, voice: Path, tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """What option tests render; needs none of the shared media."""
    return make_footage(tmp_path_factory.mktemp("footage"), astronaut, voice)


def _with_tools(arguments: list[str], *, why: str) -> None:
    if not TOOLS.exists():
        pytest.skip(f"{why} is made in the tools environment: make setup")
    subprocess.run([str(TOOLS), *arguments], check=True, timeout=120, capture_output=True)
