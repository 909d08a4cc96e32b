"""In the renderer's environment: what became of a source. `python -m benchmarks.look SOURCE SPEECH OUTPUT QUALITY`.

Prints one line of JSON.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import av
import numpy as np

from lipwire.render.face.analysis import analyze_picture
from lipwire.render.face.measure import correlation, measure_video, rigid_drift
from lipwire.render.face.picture import read_picture
from lipwire.render.media.sink import VideoSink
from lipwire.render.media.source import VideoSource


def main(source: Path, speech: Path, output: Path, quality: Path) -> dict[str, Any]:
    """All figures of one dub."""
    told = json.loads(quality.read_text())
    seen = measure_video(output)
    voice_s = _seconds(speech)
    is_image = source.suffix in {".png", ".jpg", ".jpeg", ".webp"}
    with VideoSource(output) as made:
        info, frames = made.info, len(seen.times_s)
    off = abs(frames / info.fps - voice_s) * info.fps
    kept: dict[str, Any] = {
        "size": f"{info.width}x{info.height}",
        "fps": str(info.fps),
        "codec": info.codec,
        "pixel format": info.pix_fmt,
        "colour": _colour(info),
        "frames": frames,
    }
    found: dict[str, Any] = {
        "opening_r": correlation(np.array(told["opening_target"]), seen.opening),
        "length_off_frames": float(off),
        "kept": kept,
    }
    if is_image:
        picture = read_picture(source)
        reference = analyze_picture(picture).people[0].landmarks[0]
        size = f"{picture.shape[1] // 2 * 2}x{picture.shape[0] // 2 * 2}"
        found["changed"] = int(kept["size"] != size)
        found["drift"] = float(np.nanmean(rigid_drift(seen.landmarks[seen.found], reference)))
        return found
    before = measure_video(source)
    with VideoSource(source) as original:
        was = original.info
    kept_of_source = {
        "size": f"{was.width}x{was.height}",
        "fps": str(was.fps),
        "codec": was.codec,
        "pixel format": was.pix_fmt,
        "colour": _colour(was),
    }
    found["changed"] = sum(kept[key] != value for key, value in kept_of_source.items())
    both = min(len(before.times_s), frames)
    drifts = [
        float(rigid_drift(seen.landmarks[k : k + 1], before.landmarks[k])[0])
        for k in range(both)
        if seen.found[k] and before.found[k]
    ]
    found["drift"] = float(np.mean(drifts))
    return found | _outside(source, speech, output, before.landmarks, both)


def _outside(
    source: Path, speech: Path, output: Path, landmarks: Any, count: int
) -> dict[str, float]:
    """PSNR of luma outside the mouth and jaw, for the output and for a plain re-encoding of the same frames."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.mp4"
        with (
            VideoSource(source) as original,
            VideoSink(plain, like=original.info, sound=speech) as sink,
        ):
            for frame in original.frames():
                if frame.index >= count:
                    break
                sink.write(frame, None, frame.time_s)
            sink.close()
        errors = {"psnr_outside": [], "psnr_plain": []}  # type: dict[str, list[float]]
        triples = zip(_luma(source), _luma(output), _luma(plain), strict=False)
        for k, (was, made, again) in enumerate(triples):
            if k >= count or not np.isfinite(landmarks[k, 0, 0]):
                continue
            mask = _beyond_the_face(was.shape, landmarks[k])
            for key, shown in (("psnr_outside", made), ("psnr_plain", again)):
                difference = was[mask].astype(np.float32) - shown[mask]
                errors[key].append(float((difference**2).mean()))
    return {key: 10 * float(np.log10(255**2 / np.mean(values))) for key, values in errors.items()}


def _beyond_the_face(shape: tuple[int, ...], landmarks: Any) -> Any:
    """All but the box of the face below the eyes, with room for the jaw to move."""
    mask = np.ones(shape, bool)
    eye = float(np.linalg.norm(landmarks[33, :2] - landmarks[263, :2]))
    x0, x1 = landmarks[:, 0].min() - 0.25 * eye, landmarks[:, 0].max() + 0.25 * eye
    y0, y1 = landmarks[33, 1], landmarks[152, 1] + 0.6 * eye
    mask[max(0, int(y0)) : int(y1), max(0, int(x0)) : int(x1)] = False
    return mask


def _luma(path: Path) -> Any:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="gray").astype(np.float32)


def _colour(info: Any) -> str:
    colour = info.colour
    return f"{colour.range}/{colour.primaries}/{colour.transfer}/{colour.matrix}"


def _seconds(speech: Path) -> float:
    with av.open(str(speech)) as container:
        stream = container.streams.audio[0]
        return float(sum(f.samples for f in container.decode(stream)) / stream.sample_rate)


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
