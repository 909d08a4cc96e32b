"""The mouth bank: lip crops kept from the one pass over a clip, so that no later voice needs another."""

import threading
from bisect import insort
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

import cv2
import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Ints, Pixels
from lipwire.render.face.chart import eye_distance, head_pose
from lipwire.render.face.lipline import LINE_NUMBERS, lip_line
from lipwire.render.face.track import FaceTrack
from lipwire.render.retarget.lips import TIES, MouthSource, mouth_box
from lipwire.render.retarget.retrieval import thin_out

#: A bank holds at most this many mouths of a person, and all banks of a clip this many bytes.
MOST_MOUTHS = 1500
MOST_BYTES = 150_000_000
#: Room for this share more before the bank is thinned.
_SLACK = 1.25
#: Mouths blurred to below this share of the median sharpness are left out.
_LEAST_SHARPNESS = 0.35
#: JPEG that keeps chroma whole: about 46 dB, a fifth of the bytes.
_JPEG = [
    cv2.IMWRITE_JPEG_QUALITY,
    97,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
    cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
]
#: Decoded mouths kept at hand.
_CACHED = 64


class Canvas(Protocol):
    """What a bank takes from a decoded frame."""

    def rgb_crop(self, x0: int, y0: int, x1: int, y1: int) -> Pixels: ...


@dataclass(frozen=True, slots=True, eq=False)
class Mouth:
    """One kept crop: JPEG bytes, and the place of its top left pixel in the picture."""

    frame: int
    corner: tuple[int, int]
    jpeg: bytes
    #: Lips without head motion and the pose: what makes it differ from others.
    feature: Floats
    #: What `lip_line` says of it.
    line: Floats


class _Usual:
    """The median of the latest 200 to 400 numbers."""

    def __init__(self) -> None:
        self._latest: list[float] = []
        self._sorted: list[float] = []

    def with_one(self, number: float) -> float:
        """The median with one more."""
        self._latest.append(number)
        insort(self._sorted, number)
        if len(self._latest) > 400:
            del self._latest[:200]
            self._sorted = sorted(self._latest)
        return median(self._sorted)


class MouthCollector:
    """Chooses and encodes mouths while a clip passes by; memory is bounded whatever the clip's length."""

    def __init__(
        self,
        size: tuple[int, int],
        *,
        most: int = MOST_MOUTHS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._size = size
        self._most = most
        self._most_bytes = most_bytes
        self._lanes: dict[int, list[Mouth]] = {}
        self._usual: dict[int, _Usual] = {}
        #: By lane, the squared distance in features that a mouth must have from all that are kept.
        self._spacing: dict[int, float] = {}
        self._bytes = 0

    def offer(
        self, lane: int, frame: int, canvas: Canvas, landmarks: Floats, sharpness: float
    ) -> None:
        """Keep the frame's mouth if it adds to what the lane has; landmarks (478, 3) in pixels."""
        if sharpness < _LEAST_SHARPNESS * self._usual.setdefault(lane, _Usual()).with_one(
            sharpness
        ):
            return
        kept = self._lanes.setdefault(lane, [])
        feature = mouth_feature(landmarks)
        spacing = self._spacing.get(lane, 0.0)
        if spacing and kept:
            rows = np.stack([mouth.feature for mouth in kept])
            if float(((rows - feature) ** 2).sum(axis=1).min()) < spacing:
                return
        eye_px = float(eye_distance(landmarks))
        box = mouth_box(landmarks, eye_px=eye_px, size=self._size)
        crop = canvas.rgb_crop(*box)
        line = lip_line(crop, landmarks[points.LIPS, :2] - np.array(box[:2]), eye_px=eye_px)
        jpeg = encode(crop)
        kept.append(Mouth(frame, (box[0], box[1]), jpeg, feature, line))
        self._bytes += len(jpeg)
        if len(kept) > _SLACK * self._most:
            self._thin(lane, self._most)
        while self._bytes > self._most_bytes:
            widest = max(self._lanes, key=lambda one: (len(self._lanes[one]), one))
            if len(self._lanes[widest]) < 2:
                break
            self._thin(widest, max(1, int(len(self._lanes[widest]) / _SLACK)))

    def take(self, lanes: list[int], usable: frozenset[int]) -> list[Mouth]:
        """What was kept of these lanes in frames of `usable`, in the clip's order and at most `MOST_MOUTHS`."""
        mouths = [
            mouth for lane in lanes for mouth in self._lanes.get(lane, []) if mouth.frame in usable
        ]
        mouths.sort(key=lambda mouth: mouth.frame)
        return [mouths[k] for k in _spread(mouths, self._most)]

    def _thin(self, lane: int, most: int) -> None:
        mouths = self._lanes[lane]
        chosen = _spread(mouths, most)
        left = [mouths[k] for k in chosen]
        rows = np.stack([mouth.feature for mouth in left])
        # Half the mean distance to the nearest neighbour: what lies nearer than that repeats one.
        sample = rows[:: max(1, len(rows) // 64)]
        squares = ((sample[:, None] - rows[None]) ** 2).sum(axis=2)
        squares[squares <= 0] = np.inf
        self._spacing[lane] = max(
            self._spacing.get(lane, 0.0), 0.25 * float(squares.min(axis=1).mean())
        )
        self._bytes -= sum(len(mouth.jpeg) for mouth in mouths) - sum(len(m.jpeg) for m in left)
        self._lanes[lane] = left


def _spread(mouths: list[Mouth], most: int) -> list[int]:
    if len(mouths) <= most:
        return list(range(len(mouths)))
    rows = np.stack([mouth.feature for mouth in mouths])
    return [int(k) for k in thin_out(rows, np.arange(len(mouths)), most=most)]


def mouth_feature(landmarks: Floats) -> Floats:
    """Lip shape without head motion and twice the pose, (82,), of one frame's landmarks (478, 3)."""
    lips = to_face(landmarks, landmarks[points.LIPS, :2])
    pose = head_pose(landmarks[None])[0]
    return np.concatenate([lips.reshape(-1), 2.0 * pose]).astype(np.float32)


def to_face(landmarks: Floats, where: Floats) -> Floats:
    """Points (k, 2) of the picture on the face: outer eye corners at (±0.5, 0), nose base at (0, 0.6)."""
    eyes_nose = landmarks[
        [points.EYE_OUTER_LEFT, points.EYE_OUTER_RIGHT, points.NOSE_BASE], :2
    ].astype(np.float64)
    design = np.concatenate([eyes_nose, np.ones((3, 1))], axis=1)
    wanted = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.6]])
    solved = np.linalg.lstsq(design, wanted, rcond=None)[0]
    out: Floats = where @ solved[:2] + solved[2]
    return out


def encode(rgb: Pixels) -> bytes:
    """The pixels as JPEG, near lossless."""
    is_done, coded = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]), _JPEG)
    if not is_done:
        raise ValueError(f"a mouth of {rgb.shape} pixels can't be encoded")
    return coded.tobytes()


class MouthBank(Mapping[int, MouthSource]):
    """A person's kept mouths by frame; decoded on access, from several threads at once if need be."""

    def __init__(
        self,
        track: FaceTrack,
        frames: Ints,
        corners: Ints,
        ends: Ints,
        lines: Floats,
        jpegs: "bytes | tuple[Path, int]",
    ) -> None:
        """`jpegs` holds the crops of `frames` back to back up to `ends`: in memory, or from an offset in a file.

        `lines` (n, 5) is what `lip_line` says of each.
        """
        self._track = track
        self._rows = {int(frame): row for row, frame in enumerate(frames)}
        self.frames = frames
        self.corners = corners
        self.ends = ends
        self.lines = lines
        self._jpegs = jpegs
        self._cache: OrderedDict[int, MouthSource] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, track: FaceTrack, mouths: list[Mouth]) -> "MouthBank":
        """The bank of what was collected."""
        return cls(
            track,
            np.array([mouth.frame for mouth in mouths], dtype=np.int64),
            np.array([mouth.corner for mouth in mouths], dtype=np.int32).reshape(-1, 2),
            np.cumsum([len(mouth.jpeg) for mouth in mouths], dtype=np.int64),
            np.array([mouth.line for mouth in mouths], dtype=np.float32).reshape(-1, LINE_NUMBERS),
            b"".join(mouth.jpeg for mouth in mouths),
        )

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __contains__(self, frame: object) -> bool:
        return frame in self._rows

    def __getitem__(self, frame: int) -> MouthSource:
        with self._lock:
            if frame in self._cache:
                self._cache.move_to_end(frame)
                return self._cache[frame]
        source = self._decoded(frame)
        with self._lock:
            self._cache[frame] = source
            while len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return source

    def jpegs(self) -> bytes:
        """All crops back to back."""
        return self._read(0, int(self.ends[-1]) if len(self.ends) else 0)

    def _decoded(self, frame: int) -> MouthSource:
        row = self._rows[frame]
        begin = int(self.ends[row - 1]) if row else 0
        coded = np.frombuffer(self._read(begin, int(self.ends[row])), dtype=np.uint8)
        bgr = cv2.imdecode(coded, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if bgr is None:
            raise ValueError(f"the stored mouth of frame {frame} is damaged")
        landmarks = self._track.steady[frame]
        corner = self.corners[row]
        return MouthSource(
            frame=frame,
            rgb=np.ascontiguousarray(bgr[..., ::-1]),
            corner=(int(corner[0]), int(corner[1])),
            lips=landmarks[points.LIPS, :2],
            ties=landmarks[TIES, :2],
        )

    def _read(self, begin: int, end: int) -> bytes:
        if isinstance(self._jpegs, bytes):
            return self._jpegs[begin:end]
        path, offset = self._jpegs
        with path.open("rb") as file:
            file.seek(offset + begin)
            return file.read(end - begin)
