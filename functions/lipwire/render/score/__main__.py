"""`lipwire score VIDEO [--speech VOICE] [--source SOURCE]`: figures as JSON on standard output, and a picture."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from lipwire.domain.errors import MediaError
from lipwire.render.retarget.targets import gliding
from lipwire.render.score import metrics, picture
from lipwire.render.score.look import look_at
from lipwire.render.speech.mouth import mouth_track


def main(arguments: list[str]) -> int:
    """0, or 2 with one line of reason for files that can't be judged."""
    parser = argparse.ArgumentParser(prog="lipwire score", description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--speech", type=Path, help="the voice; left out, the video's own sound")
    parser.add_argument("--source", type=Path, help="the video before, for what was changed")
    parser.add_argument("--picture", type=Path, help="where to; left out, VIDEO.score.png")
    parser.add_argument(
        "--syncnet",
        default="",
        help="folder with SyncNet's two ONNX models, for LSE-C and LSE-D; or LIPWIRE_SYNCNET",
    )
    options = parser.parse_args(arguments)
    try:
        with _hushed():
            found = score(
                options.video,
                options.speech,
                options.source,
                Path(options.syncnet) if options.syncnet else None,
                options.picture,
            )
    except (MediaError, ValueError, FileNotFoundError) as error:
        sys.stderr.write(f"lipwire score: {error}\n")
        return 2
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0


@contextmanager
def _hushed() -> Iterator[None]:
    """Without what the landmark model's C++ writes to standard error, which no setting of its own stops."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def score(
    video: Path,
    speech: Path | None = None,
    source: Path | None = None,
    syncnet: Path | None = None,
    shown: Path | None = None,
) -> dict[str, Any]:
    """All figures that these files allow; the picture lies at `shown`."""
    seen = look_at(video)
    before = look_at(source) if source else None
    voice = mouth_track(speech or video)
    found: dict[str, Any] = {
        "frames": len(seen.times_s),
        "frames_with_face": int(seen.found.sum()),
        "opening_p5_p50_p95": _percentiles(seen.opening),
        "flicker_levels": float(np.nanmean(seen.flicker)),
        "sync": asdict(metrics.sync(seen, voice)),
    }
    if source and before:
        found["change"] = asdict(metrics.change(seen, before, video=video, source=source))
    if syncnet:
        from lipwire.render.score.syncnet import lse

        found["lse"] = asdict(lse(video, speech or video, seen, syncnet))
    shown = shown or video.with_suffix(".score.png")
    wanted = np.interp(seen.times_s, voice.times_s, gliding(voice.opening))
    picture.draw(shown, video=video, seen=seen, wanted=wanted, before=before)
    found["picture"] = str(shown)
    return _rounded(found)


def _percentiles(values: Any) -> list[float]:
    return [float(value) for value in np.nanpercentile(values, [5, 50, 95])]


def _rounded(value: Any) -> Any:
    """Four digits after the point, NaN as null: JSON has none."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    if isinstance(value, float):
        return round(value, 4) if np.isfinite(value) else None
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
