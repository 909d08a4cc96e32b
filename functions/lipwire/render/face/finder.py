"""Landmarks of one face, frame after frame."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np

from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.face.solutions import face_detection, face_mesh

#: Faces narrower than this have mouths of under 20 pixels: nothing believable can be made of them.
SMALLEST_FACE_PX = 60
#: The mesh looks at a square this many face widths wide: it must hold the head in any tilt.
_CROP_FACES = 2.6
#: How far, in face widths, a face may drift from its crop's middle before the crop follows.
_DRIFT = 0.4
#: The growth or shrinkage of a face after which its crop is taken anew.
_GROWTH = 1.35

#: A square's left, top and side.
Crop = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A detected face in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def center(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


class FaceFinder:
    """Follows the most prominent face: detector first, then the mesh on a crop that it tracks in.

    The mesh's own detector misses faces in wide shots, so it never gets to see a whole frame.
    """

    def __init__(self) -> None:
        self._detector: Any = None
        self._mesh: Any = None
        self._crop: Crop | None = None
        self._face_px = 0.0
        self._center = (0.0, 0.0)
        self._seen = False
        #: The widest face the detector saw, also one that was too small to follow.
        self.widest_px = 0.0

    def __enter__(self) -> Self:
        self._detector = face_detection.FaceDetection(
            model_selection=1, min_detection_confidence=0.4
        )
        self._mesh = face_mesh.FaceMesh(
            max_num_faces=1,
            refine_landmarks=True,
            min_detection_confidence=0.4,
            min_tracking_confidence=0.5,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._detector.close()
        self._mesh.close()

    def detect(self, rgb: Pixels) -> list[Box]:
        """All faces the detector sees, the widest first."""
        height, width = rgb.shape[:2]
        found = self._detector.process(np.ascontiguousarray(rgb)).detections or []
        boxes = [
            Box(r.xmin * width, r.ymin * height, r.width * width, r.height * height)
            for r in (d.location_data.relative_bounding_box for d in found)
        ]
        return sorted(boxes, key=lambda box: -box.width)

    def forget(self) -> None:
        """Start anew at the next frame, as after a scene cut."""
        self._crop = None

    def find(self, rgb: Pixels) -> Floats | None:
        """The face's 478 landmarks as x, y, z in the frame's pixels; None where there is no face."""
        if self._crop is not None:
            landmarks = self._mesh_in(rgb, self._crop)
            if landmarks is not None:
                self._follow(landmarks, self._crop)
                return landmarks
        box = self._choose(self.detect(rgb))
        if box is None:
            self._crop = None
            return None
        crop = self._set_crop(box.center, box.width)
        landmarks = self._mesh_in(rgb, crop)
        if landmarks is None:
            self._crop = None
            return None
        self._seen = True
        self._follow(landmarks, crop)
        return landmarks

    def _choose(self, boxes: list[Box]) -> Box | None:
        """The widest face at first; afterwards the one nearest to where the face was last."""
        self.widest_px = max([self.widest_px, *(box.width for box in boxes)])
        large = [box for box in boxes if box.width >= SMALLEST_FACE_PX]
        if not large or not self._seen:
            return large[0] if large else None
        x, y = self._center
        return min(
            large,
            key=lambda box: (
                np.hypot(box.center[0] - x, box.center[1] - y) / max(self._face_px, 1.0)
                - box.width / max(self._face_px, 1.0)
            ),
        )

    def _set_crop(self, center: tuple[float, float], face_px: float) -> Crop:
        side = round(_CROP_FACES * face_px)
        crop = (round(center[0] - side / 2), round(center[1] - side / 2), side)
        self._crop = crop
        self._face_px = face_px
        self._center = center
        # Its tracker remembers places inside the old crop, which mean nothing in the new one.
        self._mesh.reset()
        return crop

    def _follow(self, landmarks: Floats, crop: Crop) -> None:
        low, high = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        middle = (low + high) / 2
        face_px = float(high[0] - low[0])
        x, y, side = crop
        drift = np.hypot(middle[0] - x - side / 2, middle[1] - y - side / 2)
        growth = side / _CROP_FACES / max(face_px, 1.0)
        self._center = (float(middle[0]), float(middle[1]))
        if drift > _DRIFT * face_px or not 1 / _GROWTH < growth < _GROWTH:
            self._set_crop(self._center, face_px)
        self._face_px = face_px

    def _mesh_in(self, rgb: Pixels, crop: Crop) -> Floats | None:
        x, y, side = crop
        faces = self._mesh.process(_cut(rgb, x, y, side=side)).multi_face_landmarks
        if not faces:
            return None
        points = np.array([(p.x, p.y, p.z) for p in faces[0].landmark], dtype=np.float32)
        return points * np.float32(side) + np.array([x, y, 0], dtype=np.float32)


def _cut(rgb: Pixels, x: int, y: int, *, side: int) -> Pixels:
    """A square of the frame, black where it leaves the frame."""
    height, width = rgb.shape[:2]
    if x >= 0 and y >= 0 and x + side <= width and y + side <= height:
        return np.ascontiguousarray(rgb[y : y + side, x : x + side])
    square = np.zeros((side, side, 3), dtype=np.uint8)
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + side, width), min(y + side, height)
    if x1 > x0 and y1 > y0:
        square[y0 - y : y1 - y, x0 - x : x1 - x] = rgb[y0:y1, x0:x1]
    return square
