"""LSE-C and LSE-D: lip-sync confidence and distance as SyncNet sees them.

SyncNet: Chung and Zisserman, "Out of time", 2016; a yardstick since Prajwal et al., "A lip sync expert is all you
need", 2020.

The weights are for research and not ours to ship. An operator puts them, as ONNX, into a folder:
`syncnet_lip.onnx` (1, 15, 224, 224): five BGR frames 0..255 of the face, -> (1, 1024), and
`syncnet_audio.onnx` (1, 1, 13, 20): 20 MFCC frames of 10 ms, -> (1, 1024).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import onnxruntime
from scipy.fft import dct

from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.media.sound import Sound
from lipwire.render.media.source import VideoSource
from lipwire.render.score.look import Seen

LIP_MODEL: Final = "syncnet_lip.onnx"
AUDIO_MODEL: Final = "syncnet_audio.onnx"

#: SyncNet looks at 25 frames a second and at 5 of them, or 20 sound frames, at a time.
_FPS, _FRAMES, _SOUNDS, _SIDE = 25, 5, 20, 224
_MOST_SHIFT = 15
_RATE, _WINDOW, _HOP, _BANDS, _COEFFICIENTS, _FFT = 16_000, 400, 160, 26, 13, 512
_LIFTER = 22
_FACE_ROOM = 0.4


@dataclass(frozen=True, slots=True)
class Lse:
    """Confidence (higher is better) and distance (lower is better), and the offset at which they hold."""

    confidence: float
    distance: float
    offset_frames: int


def lse(video: Path, voice: Path, seen: Seen, weights: Path) -> Lse:
    """SyncNet's judgement of the whole video.

    Raises FileNotFoundError without the two models, ValueError for a video of less than a second.
    """
    lip, audio = (_session(weights / name) for name in (LIP_MODEL, AUDIO_MODEL))
    faces = _faces(video, seen)
    sounds = mfcc(Sound(voice).samples(rate=_RATE))
    count = min(len(faces) - _FRAMES, (len(sounds) - _SOUNDS) // 4) + 1
    if count < _FPS - _FRAMES:
        raise ValueError("too short for SyncNet: at least a second of picture and sound")
    seen_as = np.concatenate([_run(lip, _stack(faces[k : k + _FRAMES])) for k in range(count)])
    heard_as = np.concatenate(
        [_run(audio, sounds[4 * k : 4 * k + _SOUNDS].T[None, None]) for k in range(count)]
    )
    return judge(seen_as, heard_as)


def judge(seen: Floats, heard: Floats) -> Lse:
    """From embeddings (n, 1024) of picture and sound, as the published evaluation does it."""
    shifts = np.arange(-_MOST_SHIFT, _MOST_SHIFT + 1)
    padded = np.pad(heard, [(_MOST_SHIFT, _MOST_SHIFT), (0, 0)])
    distances = np.stack(
        [
            np.linalg.norm(
                seen - padded[_MOST_SHIFT + s : _MOST_SHIFT + s + len(seen)] + 1e-6, axis=1
            )
            for s in shifts
        ],
        axis=1,
    )
    mean = distances.mean(axis=0)
    best = int(np.argmin(mean))
    return Lse(float(np.median(mean) - mean[best]), float(mean[best]), int(-shifts[best]))


def mfcc(samples: Floats) -> Floats:
    """(n, 13) cepstra of 16 kHz sound on the 16-bit scale: 25 ms windows every 10 ms, 26 mel bands, lifter 22."""
    scaled = samples.astype(np.float64) * 32768
    emphasised = np.append(scaled[:1], scaled[1:] - 0.97 * scaled[:-1])
    count = 1 + max(0, -(-(len(emphasised) - _WINDOW) // _HOP))
    padded = np.pad(emphasised, (0, max(0, (count - 1) * _HOP + _WINDOW - len(emphasised))))
    rows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:count]
    power = np.abs(np.fft.rfft(rows, _FFT)) ** 2 / _FFT
    energy = np.maximum(power.sum(axis=1), np.finfo(float).eps)
    bands = np.maximum(power @ _filters().T, np.finfo(float).eps)
    cepstra = dct(np.log(bands), type=2, axis=1, norm="ortho")[:, :_COEFFICIENTS]
    n = np.arange(_COEFFICIENTS)
    cepstra *= 1 + _LIFTER / 2 * np.sin(np.pi * n / _LIFTER)
    cepstra[:, 0] = np.log(energy)
    return cepstra.astype(np.float32)  # type: ignore[no-any-return]


def _filters() -> Floats:
    """26 triangles, evenly spaced in mel between 0 and 8 kHz, over the 257 bins."""
    most = 2595 * np.log10(1 + _RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, most, _BANDS + 2) / 2595) - 1)
    bins = np.floor((_FFT + 1) * edges / _RATE)
    at = np.arange(_FFT // 2 + 1)
    rising = (at - bins[:-2, None]) / (bins[1:-1] - bins[:-2])[:, None]
    falling = (bins[2:, None] - at) / (bins[2:] - bins[1:-1])[:, None]
    triangles: Floats = np.clip(np.minimum(rising, falling), 0, None)
    return triangles


def _faces(video: Path, seen: Seen) -> list[Pixels]:
    """Square face crops at 25 frames a second; a frame without a face shows the last one's place."""
    crops: list[Pixels] = []
    box: tuple[float, float, float] | None = None
    with VideoSource(video) as source:
        for frame in source.frames():
            landmarks = seen.landmarks[frame.index]
            if np.isfinite(landmarks[0, 0]):
                low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
                half = (0.5 + _FACE_ROOM / 2) * float((high - low).max())
                box = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2, half)
            if box is None:
                continue
            while len(crops) <= seen.times_s[frame.index] * _FPS:
                crops.append(_square(frame.to_rgb(quick=True), *box))
    return crops


def _square(rgb: Pixels, x: float, y: float, half: float) -> Pixels:
    scale = 2 * half / _SIDE
    place = np.array([[scale, 0, x - half], [0, scale, y - half]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(rgb, place, (_SIDE, _SIDE), flags=flags)  # type: ignore[return-value]


def _stack(faces: list[Pixels]) -> Floats:
    """(1, 15, 224, 224): five frames' B, G, R planes one after the other."""
    planes = np.concatenate([face[..., ::-1].transpose(2, 0, 1) for face in faces])
    return planes[None].astype(np.float32)


def _session(path: Path) -> onnxruntime.InferenceSession:
    if not path.exists():
        raise FileNotFoundError(f"{path.name} is not in {path.parent}")
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, batch: Floats) -> Floats:
    name = session.get_inputs()[0].name
    found: Floats = session.run(None, {name: batch.astype(np.float32)})[0]
    return found.reshape(len(batch), -1)
