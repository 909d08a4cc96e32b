"""The inside of a mouth by its numbers: dark in a small gap, teeth in a wide one, steady from frame to frame."""

import itertools

import cv2
import numpy as np
import pytest

from lipwire.render.face import points
from lipwire.render.retarget.interior import Palette
from lipwire.render.retarget.rig import FaceRig
from tests.support.faces import a_face

SKIN, LIP = np.array([205, 160, 140]), np.array([180, 95, 95])


def a_picture(face: np.ndarray) -> np.ndarray:
    """Skin with painted lips."""
    rgb = np.tile(SKIN.astype(np.uint8), (480, 640, 1))
    outline = np.round(face[points.OUTER_LIPS, :2]).astype(np.int32)
    cv2.fillPoly(rgb, [outline], LIP.tolist())
    return rgb


def inside(opening: float, rounding: float = 0.0) -> np.ndarray:
    """The colours on a vertical line through the middle of the gap."""
    face = a_face(opening=0.0)
    rgb = a_picture(face)
    rig = FaceRig(rgb, face, corner=(0, 0), size=(640, 480))
    pose = rig.mouth.pose(opening, rounding)
    lips = rig.mouth.lips_at(pose)
    rows = {int(point): row for row, point in enumerate(points.LIPS)}
    top, bottom = lips[rows[13], 1], lips[rows[14], 1]
    patch = rig.draw(pose)
    # Beside the cleft between the two middle teeth.
    column = round(lips[rows[13], 0]) + 4 - patch.x
    ys = np.arange(int(np.ceil(top + 1)), int(np.floor(bottom - 1)) + 1) - patch.y
    colours: np.ndarray = patch.rgb[ys, column]
    return colours


def test_a_small_gap_is_a_warm_shadow_and_no_pale_band() -> None:
    """Between barely parted lips nothing is brighter than half of the lips, and red leads."""
    seen = inside(0.03)
    assert seen.max() < 0.6 * LIP.max()
    assert (seen[:, 0] > seen[:, 2]).all()


def test_a_wide_gap_shows_teeth_above_and_dark_below() -> None:
    """Upper teeth are bright, yet not above lit skin; beneath them it is dark."""
    seen = inside(0.16).mean(axis=1)
    upper, middle = seen[: len(seen) // 2].max(), seen[len(seen) // 2 : -3].min()
    assert SKIN.mean() * 0.6 < upper <= SKIN.max()
    assert middle < 0.55 * upper


def test_light_grows_with_the_gap() -> None:
    """No jump of brightness while a mouth opens."""
    levels = [float(inside(opening).max()) for opening in np.arange(0.04, 0.15, 0.01)]
    assert all(b > a - 3 for a, b in itertools.pairwise(levels))
    assert max(np.diff(levels)) < 40


def test_pursed_lips_shade_the_teeth() -> None:
    """Behind a rounded mouth it is darker, and teeth are still teeth."""
    spread, pursed = inside(0.10).max(), inside(0.10, 1.0).max()
    assert 0.45 * spread < pursed < 0.9 * spread


def test_a_palette_is_steady_under_noise() -> None:
    """Two frames that differ in noise alone paint the same colours, within a level and a half."""
    face = a_face()
    base = a_picture(face).astype(np.float64)
    palettes = []
    for seed in (1, 2):
        noise = np.random.default_rng(seed).normal(0, 5, base.shape)
        noisy = np.clip(np.rint(base + noise), 0, 255).astype(np.uint8)
        palettes.append(Palette.of(noisy, face[:, :2], (0, 0), eye_px=100.0))
    one, other = palettes
    assert np.abs(one.teeth - other.teeth).max() < 1.5
    assert np.abs(one.cavity - other.cavity).max() < 1.5
    assert one.grain == pytest.approx(5, abs=1.5)


def test_lips_of_the_picture_are_no_inside() -> None:
    """Where a smile's corners come down, what was lip in the picture is not shown between the lips."""
    px = 1.5
    face = a_face(opening=0.11, eye_px=100 * px)
    face[points.INNER_LOWER, 1] = face[points.INNER_UPPER[1:-1], 1] + 11 * px * (
        1 - ((face[points.INNER_LOWER, 0] - 320) / (28 * px)) ** 2
    )
    across = (face[points.LIPS, 0] - 320) / (30 * px)
    face[points.LIPS, 0] = 320 + 36 * px * across
    face[points.LIPS, 1] -= 12 * px * across**2
    rgb = np.tile(SKIN.astype(np.uint8), (480, 640, 1))
    for line, colour in ((points.OUTER_LIPS, (0, 160, 0)), (points.INNER_LIPS, (230, 230, 230))):
        cv2.fillPoly(rgb, [np.round(face[line, :2]).astype(np.int32)], colour)
    rig = FaceRig(rgb, face, corner=(0, 0), size=(640, 480))
    pose = rig.mouth.pose(0.15, 0.0)
    patch = rig.draw(pose)
    rows = {int(point): row for row, point in enumerate(points.LIPS)}
    outline = rig.mouth.lips_at(pose)[[rows[int(p)] for p in points.INNER_LIPS]]
    gap = np.zeros(patch.alpha.shape, np.uint8)
    cv2.fillPoly(gap, [np.round(outline - [patch.x, patch.y]).astype(np.int32)], 1)
    seen = patch.rgb[cv2.erode(gap, np.ones((5, 5), np.uint8)) > 0]
    assert len(seen) > 800
    assert (seen[:, 1] - seen[:, [0, 2]].max(axis=1) > 30).mean() < 0.005
