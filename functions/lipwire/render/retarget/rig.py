"""One still face made to open and close its mouth."""

from dataclasses import replace

import cv2
import numpy as np

from lipwire.domain.options import Quality
from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.face.chart import eye_distance
from lipwire.render.face.points import Indices
from lipwire.render.retarget.compose import Edit, Patch, bend_skin, edit_box, visible
from lipwire.render.retarget.geometry import MOVED
from lipwire.render.retarget.interior import Cavity, Palette, paint_interior
from lipwire.render.retarget.lips import lip_mask
from lipwire.render.retarget.shape import Pose, StillMouth, rows
from lipwire.render.retarget.spline import Spline, look_up

#: From this opening on, in eye distances, a resting mouth shows its own teeth.
_OWN_TEETH = 0.035
#: Points beyond the lip line that keep each lip's spline from folding back.
_GHOST = 0.10
#: Where a picture shows lips apart, the last of them before the gap (eye distances) is teeth, shine and shadow: a mouth
#: that closes must not take it along.
_LIP_EDGE = 0.016
#: Lips that were closed already and are pressed together swallow this much of their edges.
_PRESSED = 0.008
#: How far, in eye distances, a chin ever sinks.
_DEEPEST = 0.2
#: How pixels are re-sampled: what the tiers trade for time is how much fine detail of a moved face is kept.
SAMPLING = {
    Quality.DRAFT: cv2.INTER_LINEAR,
    Quality.STANDARD: cv2.INTER_CUBIC,
    Quality.BEST: cv2.INTER_LANCZOS4,
}

_ROWS = {int(point): row for row, point in enumerate(points.LIPS)}
_OUTER = rows(points.OUTER_LIPS)
_INNER = rows(points.INNER_LIPS)
_INNER_UPPER = rows(points.INNER_UPPER)
_INNER_LOWER = rows(points.INNER_UPPER[:1], points.INNER_LOWER, points.INNER_UPPER[-1:])
_OUTER_UPPER = rows(points.OUTER_UPPER)
_OUTER_LOWER = rows(points.OUTER_UPPER[:1], points.OUTER_LOWER, points.OUTER_UPPER[-1:])
_ABOVE = np.array([2, 98, 327, 205, 425, 164, 167, 393])
_BENEATH = np.array([18, 83, 313, 200, 199, 175, 152, 205, 425])
_MOVED_ROWS = {int(point): row for row, point in enumerate(MOVED)}


class FaceRig:
    """A face at rest in `rgb`, whose first pixel is at `corner`; landmarks in the whole picture's pixels.

    Without `moves_jaw` the chin stays where it is and only the lips and the skin beside them move.
    """

    def __init__(
        self,
        rgb: Pixels,
        landmarks: Floats,
        *,
        corner: tuple[int, int],
        size: tuple[int, int],
        moves_jaw: bool = True,
        speaks: bool = True,
        tier: Quality = Quality.STANDARD,
    ) -> None:
        self._rgb = rgb
        self._corner = corner
        self._landmarks = landmarks
        self._moves_jaw = moves_jaw
        self._sampling = SAMPLING[tier]
        self.mouth = StillMouth(landmarks, speaks=speaks)
        self.eye_px = self.mouth.eye_px
        self._face = self.mouth.face
        self._lips = self.mouth.lips
        self._palette = Palette.of(rgb, self._face, corner, eye_px=self.eye_px)
        # As far down as the widest mouth takes the chin.
        lowest = self._face[MOVED] + _DEEPEST * self.eye_px * self.mouth.down
        resting = self._edit(self.mouth.pose(self.rest_opening, 0.0))
        self.box = edit_box(replace(resting, skin_to=lowest), size)
        self._box_rgb = self._cut(self.box)

    @property
    def rest_opening(self) -> float:
        """The picture's own opening, in eye distances."""
        return self.mouth.rest_opening

    def draw(self, pose: Pose, *, base_rgb: Pixels | None = None) -> Patch:
        """The lower face with its mouth as asked; `base_rgb` replaces the pixels of `box`."""
        crop = self._box_rgb if base_rgb is None else base_rgb
        edit = self._edit(pose)
        bent, distance = bend_skin(crop, self.box, edit, sampling=self._sampling)
        alpha = visible(distance)
        self._draw_mouth(bent, alpha, crop, edit, pose)
        return Patch(self.box[0], self.box[1], np.clip(bent, 0, 255), alpha)

    def _cut(self, box: tuple[int, int, int, int]) -> Pixels:
        x, y = self._corner
        return np.ascontiguousarray(self._rgb[box[1] - y : box[3] - y, box[0] - x : box[2] - x])

    def _edit(self, pose: Pose) -> Edit:
        lips = self.mouth.lips_at(pose)
        return Edit(
            landmarks=self._landmarks,
            lips_to=lips,
            skin_from=self._face[MOVED],
            skin_to=self.mouth.skin_at(pose, lips, jaw=self._moves_jaw),
            eye_px=self.eye_px,
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
        edge = self._lip_edge(pose)
        upper = self._lip(crop, edit, _OUTER_UPPER, _INNER_UPPER, _ABOVE, 1.0, box, size, edge)
        lower = self._lip(crop, edit, _OUTER_LOWER, _INNER_LOWER, _BENEATH, -1.0, box, size, edge)
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
        inside = paint_interior(
            self._cavity(lips, pose),
            self._palette,
            inner,
            size,
            crop=crop,
            crop_corner=self.box[:2],
        )
        view += gap[..., None] * (inside - view)

    def _cavity(self, lips: Floats, pose: Pose) -> Cavity:
        mouth = self.mouth
        origin = self._lips[_ROWS[13]]

        def local(outline: Floats, line: Indices) -> Floats:
            off = outline[line] - origin
            return np.stack([off @ mouth.right, off @ mouth.down], axis=1)

        return Cavity(
            origin=origin,
            right=mouth.right,
            down=mouth.down,
            eye_px=self.eye_px,
            half_width=mouth.half_px,
            upper=local(lips, _INNER_UPPER),
            lower=local(lips, _INNER_LOWER),
            rest_upper=local(self._lips, _INNER_UPPER),
            rest_lower=local(self._lips, _INNER_LOWER),
            opening=pose.opening,
            rounding=pose.rounding,
            has_own_teeth=mouth.rest_opening > _OWN_TEETH,
        )

    def _lip_edge(self, pose: Pose) -> float:
        """How much of each lip's inner edge to leave out, in pixels."""
        parted = np.clip((self.rest_opening - 0.012) / 0.03, 0.0, 1.0)
        moved = abs(1.0 - pose.opening / max(self.rest_opening, 1e-3)) + max(pose.rounding, 0.0)
        pressed = _PRESSED * (1.0 - parted) * np.clip(1.0 - pose.opening / 0.006, 0.0, 1.0)
        edge = _LIP_EDGE * parted * np.clip(1.6 * moved, 0.0, 1.0) + pressed
        return float(edge * self.eye_px)

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
        edge: float,
    ) -> Floats:
        """One lip, stretched without regard to the other."""
        down = self.mouth.down
        ghost = side * _GHOST * self.eye_px * down
        u = (self._lips[inner] - self.mouth.center) @ self.mouth.right / self.mouth.half_px
        thick = np.abs((self._lips[outer] - self._lips[inner]) @ down)
        left_out = np.minimum(edge * np.clip(1.0 - u * u, 0.0, 1.0), 0.4 * thick)
        own_inner = self._lips[inner] - side * left_out[:, None] * down
        to = [edit.lips_to[outer], edit.lips_to[inner], edit.lips_to[inner][2:-2] + ghost]
        own = [self._lips[outer], own_inner, own_inner[2:-2] + ghost]
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
            crop, maps, None, self._sampling, borderMode=cv2.BORDER_REPLICATE
        ).astype(np.float32)
        return lip

    def _seam(
        self, lips: Floats, box: tuple[int, int], size: tuple[int, int]
    ) -> tuple[Floats, Floats]:
        """1 below the line between the lips, and 1 on that line."""
        mouth = self.mouth
        across, below = self._axes(box, size)
        line = (lips[_INNER_UPPER] + lips[_INNER_LOWER]) / 2 - mouth.center
        u, v = line @ mouth.right, line @ mouth.down
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
        shut = np.clip(1.0 - pose.opening / 0.03, 0.0, 1.0)
        return float(0.8 * parted * shut)

    def _axes(self, box: tuple[int, int], size: tuple[int, int]) -> tuple[Floats, Floats]:
        mouth = self.mouth
        xs = box[0] + np.arange(size[0]) - mouth.center[0]
        ys = box[1] + np.arange(size[1]) - mouth.center[1]
        return (
            xs[None] * mouth.right[0] + ys[:, None] * mouth.right[1],
            xs[None] * mouth.down[0] + ys[:, None] * mouth.down[1],
        )


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
