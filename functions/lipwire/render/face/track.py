"""One face through a whole clip: what an analysis keeps."""

import itertools
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from lipwire.domain.errors import NoFaceError
from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Ints, Mask
from lipwire.render.face.chart import Chart, eye_distance
from lipwire.render.face.finder import SMALLEST_FACE_PX
from lipwire.render.face.packed import Packed
from lipwire.render.face.steady import Steady

#: Gaps of at most this many frames are bridged by interpolation.
_BRIDGED_FRAMES = 4
#: A head that is this far, in eye distances, from where it was a frame before, while it goes less than this share of that
#: in any other of so many frames before and after, was cut: somebody left out some words. Nobody moves so at once and
#: not at all beside it; quick movements, and those of few pictures a second, take several frames.
_LEAP, _BESIDE, _AROUND = 0.15, 0.35, 12


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """One face in every frame. Its landmarks stay packed: unpacked, ten minutes of them are 86 MB."""

    width: int
    height: int
    #: Exact presentation time and duration of each frame, in seconds.
    starts: tuple[Fraction, ...]
    durations: tuple[Fraction, ...]
    packed: Packed
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
    def times_s(self) -> Floats:
        """When each frame is shown, (n,), in seconds."""
        return np.array([float(start) for start in self.starts])

    @cached_property
    def found(self) -> Mask:
        """Where the face was found."""
        return self.packed.found

    @property
    def landmarks(self) -> Floats:
        """All landmarks (n, 478, 3) in pixels, NaN where the face was not found. Made anew each time."""
        return self.packed.landmarks()

    @cached_property
    def breaks(self) -> Mask:
        """Frames at which continuity ends: cuts, the edges of gaps, and leaps of the head within one scene."""
        edges = np.zeros(len(self), dtype=bool)
        edges[1:] = self.found[1:] != self.found[:-1]
        edges[self._leaps()] = True
        return edges | self.cuts

    def _leaps(self) -> Ints:
        """Frames before which a moment was cut out of a scene, too alike on both sides to be one of `cuts`."""
        skulls = [one[:, points.RIGID, :2] for one in self.packed.blocks()]
        if not skulls:
            return np.zeros(0, dtype=np.intp)
        way = np.linalg.norm(np.diff(np.concatenate(skulls), axis=0), axis=2).mean(axis=1)
        leaps = []
        for k in np.flatnonzero(way >= _LEAP * self.eye_px):
            beside = np.concatenate([way[max(0, k - _AROUND) : k], way[k + 1 : k + 1 + _AROUND]])
            if len(beside) and beside.max() < _BESIDE * way[k]:
                leaps.append(k + 1)
        return self.packed.there[np.array(leaps, dtype=np.intp)]

    @cached_property
    def steady(self) -> Steady:
        """Landmarks with the mesh's jitter smoothed away; gaps hold their nearest found frame."""
        return Steady(self.packed, _nearest_found(self.found), self.breaks)

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
        return float(np.median(np.concatenate([eye_distance(one) for one in self.packed.blocks()])))


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
