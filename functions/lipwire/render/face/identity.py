"""Who is who: runs of a face that were broken by a cut or an absence are joined again."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face.arrays import Floats, Ints, Mask, Pixels

#: Points of the skull whose distances in 3D, whatever the pose, differ from one person to the next.
_BONES = np.array([33, 133, 362, 263, 168, 4, 2, 98, 327, 10, 234, 454, 127, 356, 152, 61, 291])
_PAIRS = np.triu_indices(len(_BONES), 1)
#: How much a log distance counts against colour, which is 0 for the same and 1 for nothing in common.
_SHAPE = 6.0
#: Up to this distance two runs are one person; up to the other where one also begins where the other ended.
_ALIKE = 0.62
_ALIKE_IN_PLACE = 1.1
#: A face taken up again this soon, within this many face widths, is in place.
_SOON_S = 2.0
_NEAR_FACES = 1.5
#: Runs overlap by this many frames where one was taken up before the other was let go.
_OVERLAP = 2
_LEVELS = (4, 10, 10)


@dataclass(slots=True, eq=False)
class Signature:
    """What a face looks like: the mean over the times it was looked at."""

    count: int
    shape: Floats
    colours: Floats

    @classmethod
    def of(cls, landmarks: Floats, shown: Pixels, square: tuple[int, int, int]) -> "Signature":
        """Of one frame: landmarks (478, 3) in the picture, and the RGB square around the face."""
        bones = landmarks[_BONES].astype(np.float64)
        apart = np.linalg.norm(bones[_PAIRS[0]] - bones[_PAIRS[1]], axis=1)
        shape = np.log(np.maximum(apart, 1e-3))
        return cls(1, shape - shape.mean(), _colours(landmarks, shown, square))

    def add(self, other: "Signature") -> None:
        """Take in more looks."""
        total = self.count + other.count
        self.shape = (self.count * self.shape + other.count * other.shape) / total
        self.colours = (self.count * self.colours + other.count * other.colours) / total
        self.count = total

    def distance(self, other: "Signature") -> float:
        """0 for the same looks; about 1 for somebody else."""
        shape = float(np.abs(self.shape - other.shape).mean())
        common = float(np.minimum(self.colours, other.colours).sum())
        return _SHAPE * shape + (1 - common)


def _colours(landmarks: Floats, shown: Pixels, square: tuple[int, int, int]) -> Floats:
    """Histogram over the face and the hair around it, in Lab."""
    scale = shown.shape[0] / square[2]
    marks = (landmarks[:, :2] - np.array(square[:2])) * scale
    low, high = marks.min(axis=0), marks.max(axis=0)
    around = 0.25 * (high - low)
    x0, y0 = np.maximum(low - around, 0).astype(int)
    x1, y1 = np.minimum(high + around, shown.shape[0]).astype(int)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return np.zeros(_LEVELS, dtype=np.float64)
    small = cv2.resize(shown[y0:y1, x0:x1], (48, 48), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    # Colours crowd around grey: the middle half of a and b is where they tell people apart.
    ranges = [0.0, 256.0, 96.0, 176.0, 96.0, 176.0]
    counts = cv2.calcHist([lab], [0, 1, 2], None, list(_LEVELS), ranges)
    soft = cv2.GaussianBlur(counts.reshape(_LEVELS[0], -1), (1, 1), 0).reshape(_LEVELS)
    return np.asarray(soft / max(float(soft.sum()), 1.0), dtype=np.float64)


@dataclass(slots=True, eq=False)
class Run:
    """One unbroken lane: the frames it has, where it was at both ends, and how it looks."""

    frames: Ints
    #: Middle and width of the face in its first and its last frame.
    first: tuple[float, float, float]
    last: tuple[float, float, float]
    area: float
    looks: Signature


def group(runs: Sequence[Run], times_s: Floats, cuts: Mask) -> list[list[int]]:
    """Indices of runs that show one person, for each person; those on screen longest and largest come first."""
    shots = np.cumsum(cuts.astype(np.int64))
    order = sorted(range(len(runs)), key=lambda k: (-len(runs[k].frames) * runs[k].area, k))
    people: list[list[int]] = []
    looks: list[Signature] = []
    for k in order:
        run = runs[k]
        best, least = None, np.inf
        for person, members in enumerate(people):
            if any(len(np.intersect1d(run.frames, runs[m].frames)) > _OVERLAP for m in members):
                continue
            in_place = any(_is_in_place(run, runs[m], times_s, shots) for m in members)
            distance = looks[person].distance(run.looks)
            share = distance / (_ALIKE_IN_PLACE if in_place else _ALIKE)
            if share < 1 and share < least:
                best, least = person, share
        if best is None:
            people.append([k])
            looks.append(Signature(run.looks.count, run.looks.shape, run.looks.colours))
        else:
            people[best].append(k)
            looks[best].add(run.looks)
    return people


def _is_in_place(a: Run, b: Run, times_s: Floats, shots: Ints) -> bool:
    """Whether the later of the two begins about where and when the earlier ended, in the same shot."""
    earlier, later = (a, b) if a.frames[0] <= b.frames[0] else (b, a)
    end, start = int(earlier.frames[-1]), int(later.frames[0])
    if shots[end] != shots[start] or times_s[start] - times_s[end] > _SOON_S:
        return False
    width = max(earlier.last[2], later.first[2])
    apart = np.hypot(earlier.last[0] - later.first[0], earlier.last[1] - later.first[1])
    grown = earlier.last[2] / max(later.first[2], 1.0)
    return bool(apart < _NEAR_FACES * width and 1 / 1.6 < grown < 1.6)
