"""One still face made to open and close its mouth."""

from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face import measures, points
from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.face.chart import eye_distance
from lipwire.render.face.points import Indices
from lipwire.render.retarget.compose import Edit, Patch, bend_skin, edit_box, visible
from lipwire.render.retarget.geometry import MOVED, drop_profile, skin_with_lips
from lipwire.render.retarget.interior import Cavity, Palette, paint_interior
from lipwire.render.retarget.lips import lip_mask
from lipwire.render.retarget.spline import Spline, look_up

#: From this opening on, in eye distances, a resting mouth shows its own teeth.
_OWN_TEETH = 0.035
#: Of an opening: the lower lip's share, the chin's, and how much the corners come in and sink.
_LOWER_SHARE = 0.80
_CHIN_SHARE = 0.9
_CORNERS_IN = 0.30
_CORNERS_SINK = 0.22
#: Of a closing (a smile that shuts): the lower lip's share.
_LOWER_SHARE_CLOSING = 0.62
_PURSE, _SPREAD = 0.20, 0.07
_REACH = 0.16
#: Points beyond the lip line that keep each lip's spline from folding back.
_GHOST = 0.10

_ROWS = {int(point): row for row, point in enumerate(points.LIPS)}


def _rows(*groups: Indices) -> Indices:
    return np.array([_ROWS[int(point)] for group in groups for point in group])


_OUTER = _rows(points.OUTER_LIPS)
_INNER = _rows(points.INNER_LIPS)
_INNER_UPPER = _rows(points.INNER_UPPER)
_INNER_LOWER = _rows(points.INNER_UPPER[:1], points.INNER_LOWER, points.INNER_UPPER[-1:])
_OUTER_UPPER = _rows(points.OUTER_UPPER)
_OUTER_LOWER = _rows(points.OUTER_UPPER[:1], points.OUTER_LOWER, points.OUTER_UPPER[-1:])
_LOWER = _rows(points.OUTER_LOWER, points.INNER_LOWER)
_UPPER = _rows(points.OUTER_UPPER, points.INNER_UPPER)
_ABOVE = np.array([2, 98, 327, 205, 425, 164, 167, 393])
_BENEATH = np.array([18, 83, 313, 200, 199, 175, 152, 205, 425])
_MOVED_ROWS = {int(point): row for row, point in enumerate(MOVED)}


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A mouth asked of a rig; opening in eye distances, rounding from -1 (spread) to 1 (pursed)."""

    opening: float
    rounding: float


class FaceRig:
    """A face at rest in `rgb`, whose first pixel is at `corner`; landmarks in the whole picture's pixels."""

    def __init__(
        self, rgb: Pixels, landmarks: Floats, *, corner: tuple[int, int], size: tuple[int, int]
    ) -> None:
        self._rgb = rgb
        self._corner = corner
        self._face = np.asarray(landmarks[:, :2], dtype=np.float64)
        self._landmarks = landmarks
        self._size = size
        self.eye_px = float(eye_distance(landmarks))
        self.rest_opening = float(measures.opening(landmarks))
        across = self._face[points.MOUTH_RIGHT] - self._face[points.MOUTH_LEFT]
        self._half = float(np.linalg.norm(across)) / 2
        self._right = across / (2 * self._half)
        self._down = np.array([-self._right[1], self._right[0]])
        self._lips = self._face[points.LIPS]
        self._center = self._lips[_INNER].mean(axis=0)
        self._palette = Palette.of(rgb, self._face, corner)
        self.box = edit_box(self._edit(Pose(0.25, 0.0)), size)
        self._box_rgb = self._cut(self.box)

    def draw(self, pose: Pose, *, base_rgb: Pixels | None = None) -> Patch:
        """The lower face with its mouth as asked; `base_rgb` replaces the pixels of `box`."""
        crop = self._box_rgb if base_rgb is None else base_rgb
        edit = self._edit(pose)
        bent, distance = bend_skin(crop, self.box, edit)
        alpha = visible(distance)
        self._draw_mouth(bent, alpha, crop, edit, pose)
        return Patch(self.box[0], self.box[1], np.clip(bent, 0, 255), alpha)

    def lips_at(self, pose: Pose) -> Floats:
        """The lips' outline in the picture's pixels."""
        return self._shape(pose)

    def _cut(self, box: tuple[int, int, int, int]) -> Pixels:
        x, y = self._corner
        return np.ascontiguousarray(self._rgb[box[1] - y : box[3] - y, box[0] - x : box[2] - x])

    def _shape(self, pose: Pose) -> Floats:
        opening = (pose.opening - self.rest_opening) * self.eye_px
        lips = self._lips - self._center
        across, below = lips @ self._right, lips @ self._down
        u = np.clip(across / self._half, -1.0, 1.0)
        profile = np.clip(1.0 - u * u, 0.0, 1.0) ** 0.8 / 0.93
        share = _LOWER_SHARE if opening > 0 else _LOWER_SHARE_CLOSING
        wider = 1.0 - _PURSE * max(pose.rounding, 0.0) + _SPREAD * max(-pose.rounding, 0.0)
        wider -= _CORNERS_IN * max(opening, 0.0) / self.eye_px
        sink = _CORNERS_SINK * max(opening, 0.0)
        down = np.full(len(lips), sink)
        down[_LOWER] += (share * opening - sink) * profile[_LOWER]
        down[_UPPER] -= ((1 - share) * opening + sink) * profile[_UPPER]
        # Pursed lips grow fuller away from the lip line.
        fuller = 0.10 * max(pose.rounding, 0.0)
        middle = below[_INNER].mean()
        outer = np.zeros(len(lips))
        outer[_OUTER] = fuller * (below[_OUTER] - middle) * profile[_OUTER]
        return (
            self._lips
            + ((wider - 1.0) * across)[:, None] * self._right
            + (down + outer)[:, None] * self._down
        )

    def _edit(self, pose: Pose) -> Edit:
        lips = self._shape(pose)
        opening = pose.opening - self.rest_opening
        if opening < 0:
            opening *= _LOWER_SHARE_CLOSING
        drop = drop_profile(self._face, self.eye_px, right=self._right, down=self._down)
        skin = (_CHIN_SHARE * opening * self.eye_px * drop)[:, None] * self._down
        skin = skin_with_lips(self._face[None], lips[None], skin[None], reach=_REACH * self.eye_px)
        own = self._face[MOVED]
        return Edit(
            landmarks=self._landmarks,
            lips_to=lips,
            skin_from=own,
            skin_to=own + skin[0],
            eye_px=self.eye_px,
            strength=1.0,
        )

    def _draw_mouth(
        self, base: Floats, alpha: Floats, crop: Pixels, edit: Edit, pose: Pose
    ) -> None:
        """Both lips re-sampled apart, the inside between them; into `base` and `alpha`."""
        lips = edit.lips_to
        outline = np.concatenate([lips, self._lips])
        reach = 0.2 * self.eye_px
        low = np.maximum(np.floor(outline.min(axis=0) - reach).astype(int), self.box[:2])
        high = np.minimum(np.ceil(outline.max(axis=0) + reach).astype(int), self.box[2:])
        box = (int(low[0]), int(low[1]))
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        where = np.s_[
            box[1] - self.box[1] : high[1] - self.box[1],
            box[0] - self.box[0] : high[0] - self.box[0],
        ]
        upper = self._lip(crop, edit, _OUTER_UPPER, _INNER_UPPER, _ABOVE, 1.0, box, size)
        lower = self._lip(crop, edit, _OUTER_LOWER, _INNER_LOWER, _BENEATH, -1.0, box, size)
        is_lower, seam = self._seam(lips, box, size)
        both = upper + is_lower[..., None] * (lower - upper)
        both += (self._crease(pose) * seam)[..., None] * (self._palette.crease - both)
        mask = lip_mask(lips[_OUTER], box, size, eye_px=self.eye_px)
        drawn = base[where] + mask[..., None] * (both - base[where])
        self._fill_gap(drawn, crop, lips, pose, box)
        base[where] = drawn
        alpha[where] = np.maximum(alpha[where], np.minimum(1.0, mask * 4.0))

    def _fill_gap(
        self, drawn: Floats, crop: Pixels, lips: Floats, pose: Pose, box: tuple[int, int]
    ) -> None:
        """What lies between the lips, painted into `drawn` (from `box`) there and no further."""
        soft = max(0.55, 0.006 * self.eye_px)
        margin = 3 * soft + 1
        low = np.maximum(np.floor(lips[_INNER].min(axis=0) - margin).astype(int), box)
        high = np.ceil(lips[_INNER].max(axis=0) + margin).astype(int)
        high = np.minimum(high, [box[0] + drawn.shape[1], box[1] + drawn.shape[0]])
        inner = (int(low[0]), int(low[1]))
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        view = drawn[inner[1] - box[1] :, inner[0] - box[0] :][: size[1], : size[0]]
        gap = _polygon(lips[_INNER], inner, size, soft_px=soft)
        view += gap[..., None] * (self._inside(crop, lips, pose, inner, size) - view)

    def _lip(
        self,
        crop: Pixels,
        edit: Edit,
        outer: Indices,
        inner: Indices,
        ties: Indices,
        side: float,
        box: tuple[int, int],
        size: tuple[int, int],
    ) -> Floats:
        """One lip, stretched without regard to the other."""
        ghost = side * _GHOST * self.eye_px * self._down
        to = [edit.lips_to[outer], edit.lips_to[inner], edit.lips_to[inner][2:-2] + ghost]
        own = [self._lips[outer], self._lips[inner], self._lips[inner][2:-2] + ghost]
        own.append(self._face[ties])
        to.append(
            np.array(
                [
                    edit.skin_to[_MOVED_ROWS[int(p)]] if int(p) in _MOVED_ROWS else self._face[p]
                    for p in ties
                ]
            )
        )
        wanted, shown = np.concatenate(to), np.concatenate(own)
        field = Spline.through(wanted, shown - wanted).over(box, size, step=0.06 * self.eye_px)
        maps = look_up(field, box, image_corner=self.box[:2])
        lip: Floats = cv2.remap(
            crop, maps, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ).astype(np.float32)
        return lip

    def _seam(
        self, lips: Floats, box: tuple[int, int], size: tuple[int, int]
    ) -> tuple[Floats, Floats]:
        """1 below the line between the lips, and 1 on that line."""
        across, below = self._axes(box, size)
        line = (lips[_INNER_UPPER] + lips[_INNER_LOWER]) / 2 - self._center
        u, v = line @ self._right, line @ self._down
        order = np.argsort(u)
        height = np.interp(across, u[order], v[order])
        off = below - height
        soft = max(0.6, 0.006 * self.eye_px)
        is_lower = np.clip(off / (2 * soft) + 0.5, 0.0, 1.0).astype(np.float32)
        inside = np.clip(
            (u.max() - np.abs(across - (u.max() + u.min()) / 2)) / (0.06 * self.eye_px), 0, 1
        )
        dark = np.exp(-((off / max(0.75, 0.008 * self.eye_px)) ** 2)) * inside
        return is_lower, dark.astype(np.float32)

    def _crease(self, pose: Pose) -> float:
        """How dark the line between closed lips must be drawn: only where the picture shows them apart."""
        parted = np.clip((self.rest_opening - 0.012) / 0.04, 0.0, 1.0)
        shut = np.clip(1.0 - pose.opening / 0.02, 0.0, 1.0)
        return float(0.7 * parted * shut)

    def _axes(self, box: tuple[int, int], size: tuple[int, int]) -> tuple[Floats, Floats]:
        xs = box[0] + np.arange(size[0]) - self._center[0]
        ys = box[1] + np.arange(size[1]) - self._center[1]
        return (
            xs[None] * self._right[0] + ys[:, None] * self._right[1],
            xs[None] * self._down[0] + ys[:, None] * self._down[1],
        )

    def _inside(
        self, crop: Pixels, lips: Floats, pose: Pose, box: tuple[int, int], size: tuple[int, int]
    ) -> Floats:
        """What shows between the lips: the picture's own teeth where it has them, painted ones where not."""
        own_teeth = self.rest_opening > _OWN_TEETH
        origin = self._lips[_ROWS[13]]

        def local(rows: Indices) -> Floats:
            off = lips[rows] - origin
            return np.stack([off @ self._right, off @ self._down], axis=1)

        cavity = Cavity(
            origin=origin,
            right=self._right,
            down=self._down,
            eye_px=self.eye_px,
            half_width=self._half,
            upper=local(_INNER_UPPER),
            lower=local(_INNER_LOWER),
            drop=_LOWER_SHARE * max(pose.opening - self.rest_opening, 0.0),
            opening=pose.opening,
            has_own_teeth=own_teeth,
        )
        painted = paint_interior(cavity, self._palette, box, size)
        if not own_teeth:
            return painted
        x, y = box[0] - self.box[0], box[1] - self.box[1]
        still = crop[y : y + size[1], x : x + size[0]].astype(np.float32)
        # The narrower the gap, the deeper its teeth lie in the lips' shadow.
        still *= 0.55 + 0.45 * float(np.clip(pose.opening / (0.7 * self.rest_opening), 0.0, 1.0))
        shown = _polygon(self._lips[_INNER], box, size, soft_px=max(0.8, 0.012 * self.eye_px))
        return painted + shown[..., None] * (still - painted)


def face_box(landmarks: Floats, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of a picture that a rig needs."""
    face = landmarks[points.OVAL, :2]
    eye_px = float(eye_distance(landmarks))
    low = np.clip(np.floor(face.min(axis=0) - 0.5 * eye_px), 0, [size[0] - 2, size[1] - 2])
    high = np.clip(np.ceil(face.max(axis=0) + eye_px), low + 2, size)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _polygon(
    outline: Floats, box: tuple[int, int], size: tuple[int, int], *, soft_px: float
) -> Floats:
    """1 inside the outline with a soft, sub-pixel edge."""
    fine = 4
    mask = np.zeros((size[1] * fine, size[0] * fine), dtype=np.uint8)
    # A pixel's centre lies in the middle of its fine pixels.
    shifted = np.round(((outline - np.array(box) + 0.5) * fine - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(mask, [shifted], 255, shift=4)
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    soft: Floats = cv2.GaussianBlur(small, (0, 0), soft_px)
    return soft
