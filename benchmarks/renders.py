"""What a render costs beside plain re-encoding, side by side in one run: time, memory, shards, a second voice.

Needs the test media (`LIPWIRE_MEDIA`); says so and gives nothing where there is none. Every run has a process of its own
and the same encoder settings. Peak memory of ten minutes is measured by `LONG=1 make bench`: it takes as long.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.figure import Figure
from benchmarks.footage import INFERENCE, MEDIA, ROOT

CLIP: Final = "video/actor_f_outdoor_1080x1920_25.mp4"
VOICES: Final = ("audio/de_48k.wav", "audio/fr_48k.wav")
_STAGES: Final = ("listening", "analyzing", "planning", "rendering")


def figures() -> Iterator[Figure]:
    """The whole table of the renderer's costs."""
    if not (MEDIA / CLIP).exists():
        sys.stdout.write("renders: no test media, left out (LIPWIRE_MEDIA names the folder)\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from _all(Path(folder))


def _all(folder: Path) -> Iterator[Figure]:
    sources = {1080: MEDIA / CLIP, 720: folder / "720.mp4"}
    _run("scaled", sources[1080], "720", sources[720])
    voice, second = (MEDIA / name for name in VOICES)
    for height, source in sources.items():
        analysis = folder / f"{height}.npz"
        plain = _run("plain", source, voice, folder / "plain.mp4")
        job = _run("job", source, voice, folder / "job.mp4", analysis)
        again = _run("job", source, second, folder / "again.mp4", analysis)
        name = f"{height}p"
        yield Figure(
            f"{name}: whole job / plain decode+encode",
            job["wall_s"] / plain["wall_s"],
            "ratio",
            1.6,
        )
        yield Figure(f"{name}: the same in CPU time", job["cpu_s"] / plain["cpu_s"], "ratio", 1.6)
        rate = job["frames"] / job["wall_s"]
        yield Figure(
            f"{name}: whole job", rate, "frames/s", 25 if height == 720 else None, at_least=True
        )
        yield Figure(f"{name}: peak memory, plain", plain["peak_mib"], "MiB", 900)
        yield Figure(f"{name}: peak memory, job", job["peak_mib"], "MiB", 900)
        for stage in _STAGES:
            yield Figure(
                f"{name}: {stage}", 1000 * job["timings_s"][stage] / job["frames"], "ms/frame", 100
            )
        yield Figure(
            f"{name}: second voice, share of the time for a first one",
            (again["wall_s"] / again["frames"]) / (job["wall_s"] / job["frames"]),
            "ratio",
            1,
        )
        drawing = _run("synthesize", source, voice, analysis)["frames_per_s"]
        yield Figure(f"{name}: synthesize", drawing, "frames/s", at_least=True)
        if height == 720:
            net = _network(folder / "net.onnx")
            yield Figure("Wav2Lip-shaped network, forward pass", net, "frames/s", at_least=True)
            yield Figure(
                f"{name}: synthesize / that network", drawing / net, "ratio", 5, at_least=True
            )
    yield from _shards(folder, sources[720], voice, folder / "720.npz")
    if os.environ.get("LONG"):
        yield from _long(folder, sources[1080])


def _shards(folder: Path, source: Path, voice: Path, analysis: Path) -> Iterator[Figure]:
    """Two halves, one after the other on this machine: the slower one is what two machines would take."""
    whole = _run("job", source, voice, folder / "whole.mp4", analysis)
    middle = round(1000 * whole["frames"] / 50)
    halves = [
        _run("job", source, voice, folder / f"part{n}.mp4", analysis, *span)
        for n, span in enumerate((("0", str(middle)), (str(middle), "3600000")))
    ]
    yield Figure(
        "frames lost or doubled by two shards",
        abs(sum(h["frames"] for h in halves) - whole["frames"]),
        "frames",
        0,
    )
    slower = max(half["wall_s"] for half in halves)
    yield Figure("2 shards side by side / 1 shard, time", slower / whole["wall_s"], "ratio", 1)


def _long(folder: Path, clip: Path) -> Iterator[Figure]:
    """Ten minutes at 1080p, the clip joined to itself, against ten seconds."""
    long, voice = folder / "long.mp4", folder / "long.wav"
    _run("repeat", clip, "60", long)
    _run("chant", MEDIA / VOICES[0], "600", voice)
    found = _run("job", long, voice, folder / "out.mp4", folder / "long.npz")
    short = _run("job", clip, MEDIA / VOICES[0], folder / "out.mp4", folder / "short.npz")
    yield Figure("1080p, 10 minutes: peak memory", found["peak_mib"], "MiB", 900)
    yield Figure("the same / 10 seconds", found["peak_mib"] / short["peak_mib"], "ratio", 1.1)
    yield Figure(
        "1080p, 10 minutes: whole job",
        found["frames"] / found["wall_s"],
        "frames/s",
        at_least=True,
    )


def _run(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = _json("benchmarks.render_process", *arguments)
    return found


def _network(path: Path) -> float:
    return float(_json("benchmarks.wav2lip_shape", path))


def _json(module: str, *arguments: object) -> Any:
    # As the container's entry sets it.
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [str(INFERENCE), "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
