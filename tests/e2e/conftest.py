"""Media for journeys and visits: a portrait drawn from scikit-image's picture and voices spoken by espeak-ng."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from infra.local.receiver import Receiver
from infra.local.voice import speak
from tests.support.clients import shared_files
from tests.support.platform import Platform
from tests.support.visits import CLIENTS, Visit, World

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
    path = tmp_path_factory.mktemp("voice") / "short.wav"
    speak("Hello, my moon.", "en-us", path)
    return path


@pytest.fixture(scope="session")
def long_voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to be interrupted while it is being rendered."""
    text = (
        "Mama may bring my baby a big blue ball, and papa will find a very warm place for it. " * 2
    )
    path = tmp_path_factory.mktemp("voice") / "long.wav"
    speak(text, "en-us", path)
    return path


@pytest.fixture(scope="session")
def visits(
    platform: Platform,
    clip: Path,
    portrait: Path,
    voice: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Visit]:
    """What each client met, having run side by side."""
    shared = tmp_path_factory.mktemp("shared")
    video, sound, picture = (Path(shutil.copy(one, shared)) for one in (clip, voice, portrait))
    made = {
        visit.__name__: Visit(
            platform.new_client(credits=1000), Receiver(), tmp_path_factory.mktemp(visit.__name__)
        )
        for visit in CLIENTS
    }

    def run(client: Callable[[World, Visit], None]) -> None:
        visit = made[client.__name__]
        visit.began = time.monotonic()
        with visit.receiver.running():
            client(world, visit)
        visit.ended = time.monotonic()

    with shared_files(video, sound, picture) as urls:
        named = dict(zip(("video", "voice", "picture"), urls, strict=True))
        world = World(platform, video, sound, picture, named)
        for visit in made.values():
            # Every function has been started before a client with a time limit of its own asks.
            assert visit.balance == 1_000_000
        with ThreadPoolExecutor(len(CLIENTS)) as pool:
            list(pool.map(run, CLIENTS))
    return made
