"""Every face in a clip's frames: a detector now and then, and a mesh on each face's own crop in between."""

import itertools
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np

from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.face.finder import SMALLEST_FACE_PX, Box
from lipwire.render.face.mesh import Mesh
from lipwire.render.face.solutions import face_detection
from lipwire.render.face.view import View

#: More faces at once than this are a crowd; the largest are followed.
MOST_AT_ONCE = 6
#: The mesh looks at a square this many face widths wide: it must hold the head in any tilt.
_CROP_FACES = 2.6
#: With a neighbour in that square it looks at this one.
_NARROW_FACES = 1.7
#: The mesh sees its crop at this many pixels: small faces are enlarged, large ones reduced.
_LEAST_CROP, _MOST_CROP = 256, 512
_DETECTOR_PX = 640
#: How far, in face widths, a face may drift from its crop's middle before the crop follows.
_DRIFT = 0.4
#: The growth or shrinkage of a face after which its crop is taken anew.
_GROWTH = 1.35
#: In face widths: a face doesn't move further between two frames.
_LEAP = 0.8
#: Nor does it grow or shrink by more.
_BURST = 1.6
#: Two faces nearer than this, in face widths, are one.
_SAME = 0.45
#: The detector looks this often while all faces are followed, and this often while one is missing.
_EVERY_S = 0.5
_EVERY_LOST_S = 0.1
#: A face that is away for longer comes back as a new one; who it is, is found out later.
_AWAY_S = 0.6
_CONFIDENCE = 0.4
#: Paintings and faces half in shadow, asked for where nothing else is found; the mesh must agree.
_LOW_CONFIDENCE = 0.15


@dataclass(eq=False, slots=True)
class _Lane:
    """One face being followed without a break of identity."""

    number: int
    mesh: Mesh
    #: Left, top and side of the square the mesh sees, and the size it sees it at.
    crop: tuple[int, int, int]
    center: tuple[float, float]
    face_px: float
    seen_s: float
    is_lost: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A face in one frame: whose lane it is, and its 478 landmarks as x, y, z in pixels."""

    lane: int
    landmarks: Floats
    #: What the mesh saw: a square of RGB, and its left, top and side in the picture.
    shown: Pixels
    square: tuple[int, int, int]


class PeopleFinder:
    """Follows all faces through a clip; each unbroken run of one face is a lane with a number of its own."""

    def __init__(self, *, is_still: bool = False) -> None:
        self._is_still = is_still
        self._numbers = itertools.count()
        self._lanes: list[_Lane] = []
        #: Meshes whose lanes ended: making one costs a tenth of a second.
        self._spare: list[Mesh] = []
        self._detectors: dict[float, Any] = {}
        self._looked_s = -1e9
        self._anybody = False
        #: The widest face the detector saw, also one that was too small to follow.
        self.widest_px = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for owned in (
            *self._detectors.values(),
            *self._spare,
            *(lane.mesh for lane in self._lanes),
        ):
            owned.close()

    def look(self, view: View, time_s: float, *, anew: bool = False) -> list[Sighting]:
        """The faces of the frame shown at `time_s`; `anew` says that it may begin a shot."""
        if anew:
            self._end(self._lanes)
        found: dict[int, Sighting] = {}
        for lane in self._lanes:
            seen = None if lane.is_lost else self._follow(view, lane)
            lane.is_lost = seen is None
            if seen is not None:
                lane.seen_s = time_s
                found[lane.number] = seen
        self._drop_doubles(found)
        if anew or self._is_due(time_s):
            self._looked_s = time_s
            self._take_up(view, time_s, found)
        self._end([lane for lane in self._lanes if time_s - lane.seen_s > _AWAY_S])
        self._anybody = self._anybody or bool(found)
        return [found[number] for number in sorted(found)]

    def detect(self, view: View, *, least: float = _CONFIDENCE) -> list[Box]:
        """All faces the full-range detector sees at this confidence, the widest first."""
        boxes = self._detect_in(view.whole(_DETECTOR_PX), (0, 0), view.size, least)
        if not boxes:
            for x, y, side in _tiles(view.size):
                shown = view.square(x, y, side, out=min(_DETECTOR_PX, side))
                boxes += self._detect_in(shown, (x, y), (side, side), least)
        kept: list[Box] = []
        for box in sorted(boxes, key=lambda box: -box.width):
            if all(_apart(box.center, other.center) > 0.6 * other.width for other in kept):
                kept.append(box)
        return kept

    def _detect_in(
        self, rgb: Any, corner: tuple[int, int], size: tuple[int, int], least: float
    ) -> list[Box]:
        if least not in self._detectors:
            self._detectors[least] = face_detection.FaceDetection(
                model_selection=1, min_detection_confidence=least
            )
        found = self._detectors[least].process(rgb).detections or []
        return [
            Box(
                corner[0] + r.xmin * size[0],
                corner[1] + r.ymin * size[1],
                r.width * size[0],
                r.height * size[1],
            )
            for r in (d.location_data.relative_bounding_box for d in found)
        ]

    def _is_due(self, time_s: float) -> bool:
        missing = not self._lanes or any(lane.is_lost for lane in self._lanes)
        return time_s - self._looked_s >= (_EVERY_LOST_S if missing else _EVERY_S) - 1e-6

    def _take_up(self, view: View, time_s: float, found: dict[int, Sighting]) -> None:
        """Give every detected face without a lane the lane that lost it, or one of its own."""
        boxes = self.detect(view)
        if not boxes and not self._anybody:
            boxes = self.detect(view, least=_LOW_CONFIDENCE)
        self.widest_px = max([self.widest_px, *(box.width for box in boxes)])
        for box in boxes:
            followed = [lane for lane in self._lanes if not lane.is_lost]
            if box.width < SMALLEST_FACE_PX or any(_is_at(lane, box, _SAME) for lane in followed):
                continue
            lost = [lane for lane in self._lanes if lane.is_lost and _is_at(lane, box, 1.0)]
            if not lost and len(self._lanes) >= MOST_AT_ONCE:
                continue
            lane = lost[0] if lost else self._new_lane()
            lane.center, lane.face_px = box.center, box.width
            seen = self._settle(view, lane, box)
            if seen is None or any(
                _apart(_middle(seen.landmarks), other.center) < _SAME * other.face_px
                for other in followed
            ):
                if not lost:
                    self._spare.append(lane.mesh)
                continue
            if not lost:
                self._lanes.append(lane)
            lane.is_lost, lane.seen_s = False, time_s
            found[lane.number] = seen

    def _new_lane(self) -> _Lane:
        mesh = self._spare.pop() if self._spare else self._new_mesh()
        return _Lane(next(self._numbers), mesh, (0, 0, 2), (0.0, 0.0), 1.0, 0.0)

    def _new_mesh(self) -> Mesh:
        return Mesh(least_confidence=0.2 if self._is_still else _CONFIDENCE)

    def _settle(self, view: View, lane: _Lane, box: Box) -> Sighting | None:
        """The detected face's landmarks, not its neighbour's."""
        for faces in (_CROP_FACES, _NARROW_FACES):
            self._set_crop(lane, box.center, box.width, faces)
            seen = self._mesh_in(view, lane)
            if seen is not None and _apart(_middle(seen.landmarks), box.center) < 0.5 * box.width:
                self._update(lane, seen.landmarks)
                return seen
        return None

    def _follow(self, view: View, lane: _Lane) -> Sighting | None:
        seen = self._mesh_in(view, lane)
        if seen is None:
            return None
        leap = _apart(_middle(seen.landmarks), lane.center) / lane.face_px
        growth = _width(seen.landmarks) / lane.face_px
        if leap > _LEAP or not 1 / _BURST < growth < _BURST:
            return None
        self._update(lane, seen.landmarks)
        return seen

    def _update(self, lane: _Lane, marks: Floats) -> None:
        """The crop goes after the face."""
        lane.center, lane.face_px = _middle(marks), max(_width(marks), 1.0)
        x, y, side = lane.crop
        drift = _apart(lane.center, (x + side / 2, y + side / 2))
        growth = side / _CROP_FACES / lane.face_px
        if drift > _DRIFT * lane.face_px or growth > _GROWTH or side < 1.6 * lane.face_px:
            self._set_crop(lane, lane.center, lane.face_px, _CROP_FACES)

    def _set_crop(
        self, lane: _Lane, center: tuple[float, float], face_px: float, faces: float
    ) -> None:
        side = max(2, round(faces * face_px / 2) * 2)
        x, y = (round((middle - side / 2) / 2) * 2 for middle in center)
        lane.crop = (x, y, side)
        # Its tracker remembers places inside the old crop, which mean nothing in the new one.
        lane.mesh.reset()

    def _mesh_in(self, view: View, lane: _Lane) -> Sighting | None:
        x, y, side = lane.crop
        out = min(max(side, _LEAST_CROP), _MOST_CROP)
        shown = view.square(x, y, side, out=out)
        found = lane.mesh.landmarks(shown)
        if found is None:
            return None
        marks = found * np.float32(side) + np.array([x, y, 0], dtype=np.float32)
        return Sighting(lane.number, marks, shown, lane.crop)

    def _drop_doubles(self, found: dict[int, Sighting]) -> None:
        """Two lanes on one face: the younger one ends."""
        followed = sorted(
            (lane for lane in self._lanes if not lane.is_lost), key=lambda a: a.number
        )
        for elder, younger in itertools.combinations(followed, 2):
            if _apart(elder.center, younger.center) < _SAME * min(elder.face_px, younger.face_px):
                found.pop(younger.number, None)
                self._end([younger])

    def _end(self, lanes: list[_Lane]) -> None:
        for lane in list(lanes):
            if lane in self._lanes:
                self._lanes.remove(lane)
                self._spare.append(lane.mesh)


def _tiles(size: tuple[int, int]) -> list[tuple[int, int, int]]:
    """Overlapping squares over the picture, for faces too small for a look at the whole."""
    side = max(2, round(min(size) * 0.6 / 2) * 2)
    across, down = (
        np.linspace(0, max(0, length - side), int(np.ceil(1.4 * length / side))) for length in size
    )
    return [(int(x) // 2 * 2, int(y) // 2 * 2, side) for y in down for x in across]


def _is_at(lane: _Lane, box: Box, reach: float) -> bool:
    return _apart(lane.center, box.center) < reach * max(lane.face_px, box.width)


def _apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _middle(marks: Floats) -> tuple[float, float]:
    low, high = marks[:, :2].min(axis=0), marks[:, :2].max(axis=0)
    return float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2


def _width(marks: Floats) -> float:
    return float(marks[:, 0].max() - marks[:, 0].min())
