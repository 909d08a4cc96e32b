"""Faces seen frame by frame, gathered into people."""

from dataclasses import dataclass, field

import numpy as np

from lipwire.render.face.arrays import Floats, Ints, Mask, Pixels
from lipwire.render.face.chart import head_pose
from lipwire.render.face.hidden import PATCH, hidden_mouths, mouth_patch
from lipwire.render.face.identity import Run, Signature, group
from lipwire.render.face.packed import Packed
from lipwire.render.face.people import Sighting
from lipwire.render.face.track import bridge

#: People beyond these, the ones seen longest and largest, are left out.
MOST_PEOPLE = 6
#: Whoever is there for less, in seconds and as a share of the clip, is passing by.
_LEAST_S = 0.4
_LEAST_SHARE = 0.05
#: Looks are taken of a face's first frames and of every so-manieth after.
_LOOK_EVERY = 8
_BLOCK = 64


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One person over the whole clip; arrays over frames."""

    packed: Packed
    sharpness: Floats
    hidden: Mask
    lanes: list[int]


@dataclass(slots=True, eq=False)
class _Lane:
    frames: list[int] = field(default_factory=list)
    #: Landmarks in blocks, packed as soon as a block is full.
    packed: list[Packed] = field(default_factory=list)
    recent: list[Floats] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)
    patches: list[Pixels] = field(default_factory=list)
    looks: list[Signature] = field(default_factory=list)

    def landmarks(self) -> Floats:
        blocks = [block.landmarks() for block in self.packed]
        return np.concatenate([*blocks, np.stack(self.recent)] if self.recent else blocks)


class Gatherer:
    """Keeps of each sighting what is needed later: about 3.4 kB."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._lanes: dict[int, _Lane] = {}

    def add(self, index: int, seen: Sighting, sharpness: float) -> None:
        """The face `seen` in frame `index`."""
        lane = self._lanes.setdefault(seen.lane, _Lane())
        count = len(lane.frames)
        lane.frames.append(index)
        lane.sharpness.append(sharpness)
        lane.recent.append(seen.landmarks)
        lane.patches.append(mouth_patch(seen.landmarks, seen.shown, seen.square))
        if len(lane.recent) == _BLOCK:
            lane.packed.append(Packed.of(np.stack(lane.recent), self._size))
            lane.recent.clear()
        if count < 3 or count % _LOOK_EVERY == 0:
            look = Signature.of(seen.landmarks, seen.shown, seen.square)
            if lane.looks:
                lane.looks[0].add(look)
            else:
                lane.looks.append(look)

    def people(self, times_s: Floats, cuts: Mask) -> list[Person]:
        """Who is in the clip, from the left in the first frame that shows them all."""
        numbers = sorted(self._lanes)
        lanes = self._lanes
        runs = [_run(lanes[number], lanes[number].landmarks()) for number in numbers]
        found: list[Person] = []
        for members in group(runs, times_s, cuts):
            person = self._person([numbers[m] for m in sorted(members)], lanes, times_s, cuts)
            seen = person.packed.found
            mean_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
            lasts = seen.sum() * mean_s >= _LEAST_S or seen.mean() >= _LEAST_SHARE
            if (lasts or not found) and len(found) < MOST_PEOPLE:
                found.append(person)
        return [found[k] for k in _from_the_left(found)]

    def _person(
        self,
        numbers: list[int],
        lanes: dict[int, _Lane],
        times_s: Floats,
        cuts: Mask,
    ) -> Person:
        count = len(times_s)
        landmarks = np.full((count, 478, 3), np.nan, dtype=np.float32)
        sharpness = np.zeros(count, dtype=np.float32)
        patches = np.zeros((count, PATCH, PATCH, 3), dtype=np.uint8)
        for number in numbers:
            lane = lanes[number]
            landmarks[lane.frames] = lane.landmarks()
            sharpness[lane.frames] = lane.sharpness
            patches[lane.frames] = lane.patches
        seen = np.flatnonzero(np.isfinite(landmarks[:, 0, 0]))
        hidden = np.zeros(count, dtype=bool)
        hidden[seen] = hidden_mouths(patches[seen], times_s[seen], head_pose(landmarks[seen]))
        packed = Packed.of(bridge(landmarks, cuts), self._size)
        return Person(packed, sharpness, hidden, numbers)


def _run(lane: _Lane, landmarks: Floats) -> Run:
    low, high = landmarks[..., :2].min(axis=1), landmarks[..., :2].max(axis=1)
    middle, width = (low + high) / 2, high[:, 0] - low[:, 0]
    first, last = ((float(middle[k, 0]), float(middle[k, 1]), float(width[k])) for k in (0, -1))
    return Run(np.array(lane.frames), first, last, float(np.median(width)) ** 2, lane.looks[0])


def _from_the_left(people: list[Person]) -> Ints:
    """Their order by place in the first frame that shows most of them; who isn't in it comes after, by first sight."""
    if not people:
        return np.zeros(0, dtype=np.intp)
    seen = np.stack([person.packed.found for person in people])
    frame = int(np.argmax(seen.sum(axis=0)))
    first = seen.argmax(axis=1)
    keys = [
        (0, float(people[k].packed.at(np.array([frame]))[0, :, 0].mean()))
        if seen[k, frame]
        else (1, float(first[k]))
        for k in range(len(people))
    ]
    return np.array(sorted(range(len(people)), key=lambda k: keys[k]))
