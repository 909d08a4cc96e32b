"""One face through a whole clip: what an analysis keeps."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from lipwire.domain.errors import CorruptMediaError, NoFaceError
from lipwire.render.face import measures
from lipwire.render.face.arrays import Floats, Ints, Mask, Pixels
from lipwire.render.face.chart import Chart, eye_distance
from lipwire.render.face.finder import SMALLEST_FACE_PX, FaceFinder
from lipwire.render.face.steady import Steady

_LAYOUT = 1
#: Mean change of a 32x32 thumbnail, in levels, that only a cut makes.
_CUT_LEVELS = 28.0
#: Gaps of at most this many frames are bridged by interpolation.
_BRIDGED_FRAMES = 4


class Frame(Protocol):
    """What a track needs of a decoded frame."""

    @property
    def time_s(self) -> Fraction: ...

    @property
    def duration_s(self) -> Fraction: ...

    def to_rgb(self, *, quick: bool) -> Pixels: ...


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """Landmarks (n, 478, 3) in pixels of every frame, NaN where the face was not found."""

    width: int
    height: int
    #: Exact presentation time and duration of each frame, in seconds.
    starts: tuple[Fraction, ...]
    durations: tuple[Fraction, ...]
    landmarks: Floats
    sharpness: Floats
    #: The first frame of every shot after the first.
    cuts: Mask
    #: Frames in which something is before the mouth: the source's pixels stay there.
    hidden: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        if len(self.hidden) != len(self.starts):
            object.__setattr__(self, "hidden", np.zeros(len(self.starts), dtype=bool))

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def found(self) -> Mask:
        """Where the face was found."""
        return np.isfinite(self.landmarks[:, 0, 0])

    @cached_property
    def breaks(self) -> Mask:
        """Frames at which continuity ends: cuts, and the edges of gaps."""
        edges = np.zeros(len(self), dtype=bool)
        edges[1:] = self.found[1:] != self.found[:-1]
        return edges | self.cuts

    @cached_property
    def steady(self) -> Steady:
        """Landmarks with the mesh's jitter smoothed away; gaps hold their nearest found frame."""
        return Steady(self.landmarks, _nearest_found(self.found), self.breaks)

    @property
    def chart(self) -> Chart:
        """The clip without head motion; its reference is the found frame nearest the middle. Made anew each time."""
        found = np.flatnonzero(self.found)
        reference = int(found[np.argmin(np.abs(found - len(self) / 2))])
        return Chart.of_blocks(
            self.steady.blocks(), len(self), reference=self.steady[reference][:, :2]
        )

    @cached_property
    def eye_px(self) -> float:
        """The median eye distance in pixels."""
        return float(np.median(eye_distance(self.landmarks[self.found])))

    def save(self, path: Path) -> None:
        """Write the track as `.npz`."""
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                layout=_LAYOUT,
                size=np.array([self.width, self.height]),
                starts=pairs(self.starts),
                durations=pairs(self.durations),
                plane=self.landmarks[..., :2].astype(np.float32),
                depth=self.landmarks[..., 2].astype(np.float16),
                sharpness=self.sharpness.astype(np.float32),
                cuts=self.cuts,
            )

    @classmethod
    def load(cls, path: Path) -> "FaceTrack":
        """Read what `save` wrote. Raises ValueError for another layout."""
        with np.load(path, allow_pickle=False) as stored:
            if int(stored["layout"]) != _LAYOUT:
                message = f"face track layout {int(stored['layout'])} is not {_LAYOUT}"
                raise ValueError(message)
            plane, depth = stored["plane"], stored["depth"].astype(np.float32)
            return cls(
                width=int(stored["size"][0]),
                height=int(stored["size"][1]),
                starts=fractions(stored["starts"]),
                durations=fractions(stored["durations"]),
                landmarks=np.concatenate([plane, depth[..., None]], axis=2),
                sharpness=stored["sharpness"],
                cuts=stored["cuts"],
            )


def track_face(
    frames: Iterable[Frame], *, on_frame: Callable[[int], None] = lambda _: None
) -> FaceTrack:
    """Follow the most prominent face through `frames`.

    Raises NoFaceError when no frame shows a face that is large enough, CorruptMediaError when there are no frames.
    """
    starts: list[Fraction] = []
    durations: list[Fraction] = []
    marks: list[Floats] = []
    sharp: list[float] = []
    cuts: list[bool] = []
    last: Floats | None = None
    size = (0, 0)
    missing = np.full((478, 3), np.nan, dtype=np.float32)
    with FaceFinder() as finder:
        for index, frame in enumerate(frames):
            rgb = frame.to_rgb(quick=True)
            size = (rgb.shape[1], rgb.shape[0])
            thumb = cv2.resize(rgb, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
            cut = last is not None and float(np.abs(thumb - last).mean()) > _CUT_LEVELS
            if cut:
                finder.forget()
            last = thumb
            found = finder.find(rgb)
            starts.append(frame.time_s)
            durations.append(frame.duration_s)
            marks.append(missing if found is None else found)
            sharp.append(0.0 if found is None else measures.mouth_sharpness(rgb, found))
            cuts.append(cut)
            on_frame(index)
        widest = finder.widest_px
    if not starts:
        raise CorruptMediaError("The file has no picture that can be decoded.")
    landmarks = np.stack(marks)
    if not np.isfinite(landmarks[:, 0, 0]).any():
        raise no_face(widest)
    return FaceTrack(
        width=size[0],
        height=size[1],
        starts=tuple(starts),
        durations=tuple(durations),
        landmarks=bridge(landmarks, np.array(cuts)),
        sharpness=np.array(sharp),
        cuts=np.array(cuts),
    )


def still_track(rgb: Pixels) -> FaceTrack:
    """The face of a single picture, as a track of one frame. Raises NoFaceError."""
    with FaceFinder() as finder:
        landmarks = finder.find(rgb)
        # The mesh settles on a still within a few looks.
        for _ in range(4):
            again = None if landmarks is None else finder.find(rgb)
            landmarks = landmarks if again is None else again
        if landmarks is None:
            raise no_face(finder.widest_px)
    return FaceTrack(
        width=rgb.shape[1],
        height=rgb.shape[0],
        starts=(Fraction(0),),
        durations=(Fraction(0),),
        landmarks=landmarks[None],
        sharpness=np.array([measures.mouth_sharpness(rgb, landmarks)]),
        cuts=np.zeros(1, dtype=bool),
    )


def no_face(widest_px: float) -> NoFaceError:
    """The error for a source without a usable face, saying whether a face was too small."""
    if 0 < widest_px < SMALLEST_FACE_PX:
        return NoFaceError(
            f"The largest face is only {round(widest_px)} pixels wide.",
            face_px=round(widest_px),
            needed_px=SMALLEST_FACE_PX,
        )
    return NoFaceError()


def pairs(values: tuple[Fraction, ...]) -> Ints:
    """Numerators and denominators, (n, 2)."""
    return np.array([(value.numerator, value.denominator) for value in values], dtype=np.int64)


def fractions(numbers: Ints) -> tuple[Fraction, ...]:
    """What `pairs` made numbers of."""
    return tuple(Fraction(int(over), int(under)) for over, under in numbers)


def _nearest_found(found: Mask) -> Ints:
    """For each frame the index of the nearest frame with a face."""
    where = np.flatnonzero(found)
    after = np.clip(np.searchsorted(where, np.arange(len(found))), 0, len(where) - 1)
    before = np.clip(after - 1, 0, None)
    frames = np.arange(len(found))
    nearer = np.abs(where[after] - frames) <= np.abs(where[before] - frames)
    chosen: Ints = np.where(nearer, where[after], where[before])
    return chosen


def bridge(landmarks: Floats, cuts: Mask) -> Floats:
    """Fill short gaps that lie between two found frames of one shot, in place."""
    where = np.flatnonzero(np.isfinite(landmarks[:, 0, 0]))
    for a, b in itertools.pairwise(where):
        if 1 < b - a <= _BRIDGED_FRAMES + 1 and not cuts[a + 1 : b + 1].any():
            for k in range(a + 1, b):
                share = (k - a) / (b - a)
                landmarks[k] = (1 - share) * landmarks[a] + share * landmarks[b]
    return landmarks
