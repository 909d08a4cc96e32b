"""What two videos have in common, as JSON; run in the renderer's environment, for tests that have no media library.

python -m tests.support.same_video one.mp4 other.mp4
"""

import json
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np


def compared(one: Path, other: Path) -> dict[str, Any]:
    """Whether frame times and sound packets are the same, and by how much the pictures differ on average at most."""
    differences = [
        float(np.abs(was.astype(int) - now).mean())
        for (_, was), (_, now) in zip(_pictures(one), _pictures(other), strict=False)
    ]
    return {
        "frames": len(differences),
        "same_times": [t for t, _ in _pictures(one)] == [t for t, _ in _pictures(other)],
        "same_sound": _sound(one) == _sound(other),
        "sound_packets": len(_sound(one)),
        "worst_difference": max(differences),
    }


def _pictures(path: Path) -> Any:
    """Every frame with its time."""
    with av.open(str(path)) as opened:
        for frame in opened.decode(video=0):
            yield frame.pts * frame.time_base, frame.to_ndarray(format="gray")


def _sound(path: Path) -> list[tuple[object, ...]]:
    with av.open(str(path)) as opened:
        return [
            (one.pts, one.dts, one.duration, bytes(one))
            for one in opened.demux(audio=0)
            if one.size
        ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(compared(Path(sys.argv[1]), Path(sys.argv[2]))))
