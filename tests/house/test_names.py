"""What may lie in the repository, and under which name."""

import re
from pathlib import Path
from typing import Final

from tests.house import tree

NOTHING_NAMES: Final = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}
MEDIA: Final = {
    *(".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".h264", ".hevc"),
    *(".wav", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac"),
    *(".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
}
WEIGHTS: Final = {".pt", ".pth", ".onnx", ".safetensors", ".tflite", ".ckpt", ".npz", ".npy"}
#: Written in parts, or this file would break its own rule.
MACHINE_PATH: Final = re.compile(r"(?<![\w.})$\"'-])/(?:" + "work|root|home" + r")/\w")
INDEX_HOSTS: Final = (
    "files.python" + "hosted.org",
    "pypi.org/" + "simple",
    "registry." + "npmjs.org",
    "registry." + "yarnpkg.com",
    "--index" + "-url",
    "--extra-index" + "-url",
)


def test_every_module_is_named_for_what_it_does() -> None:
    """No file is called utils, helpers, common or misc."""
    assert [path for path in tree.files() if path.name in NOTHING_NAMES] == []


#: What documents show, drawn by `make pictures`, and the network that `make train-speech` trains.
MADE_HERE: Final = {
    Path("docs/architecture/pictures"),
    Path("functions/lipwire/render/speech"),
}


def test_neither_media_nor_weights_are_in_the_repository() -> None:
    """Clips, voices, photographs and weights are fetched or made; committed is what the repository itself makes."""
    found = [path for path in tree.files() if path.suffix.lower() in MEDIA | WEIGHTS]
    assert [path for path in found if path.parent not in MADE_HERE] == []


def test_nothing_built_is_in_the_repository() -> None:
    """No compiled or installed file is tracked."""
    built = {"__pycache__", "node_modules", ".venv", "cdk.out"}
    assert [path for path in tree.files() if built & set(path.parts)] == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    """Paths are relative to the repository, wherever it lies."""
    found = [
        f"{path}: {match.group()}"
        for path in tree.files()
        for match in MACHINE_PATH.finditer(tree.text(path))
    ]
    assert found == []


def test_no_file_names_a_package_index() -> None:
    """Where packages come from is the business of each machine's own settings."""
    found = [
        f"{path}: {host}"
        for path in tree.files()
        for host in INDEX_HOSTS
        if host in tree.text(path)
    ]
    assert found == []


def test_files_stay_short_enough_to_read_at_once() -> None:
    """At most 400 lines, 200 for a construct or a state machine, 60 for a handler."""
    too_long = []
    for path in tree.python("functions", "infra", "containers", "benchmarks", "tests", "tools"):
        ceiling = 400
        if path.is_relative_to("infra/constructs") or path.is_relative_to("infra/workflows"):
            ceiling = 200
        if path.name == "handler.py":
            ceiling = 60
        count = tree.text(path).count("\n")
        if count > ceiling:
            too_long.append(f"{path}: {count} > {ceiling}")
    assert too_long == []
