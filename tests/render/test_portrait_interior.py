"""Teeth, as the light of a mouth shows them: a sound that rounds the lips must not put them out for a frame or two."""

import numpy as np
import pytest

from lipwire.render.retarget.interior import Cavity, Palette, paint_interior

EYE_PX = 120.0
SIZE = (100, 60)
CORNER = (50, 30)
#: A gap's half width at rest, and its middle's place in the picture, in pixels.
HALF, MIDDLE = 34.0, np.array([100.0, 50.0])
REST = 0.11
PALETTE = Palette(
    cavity=np.array([42.0, 14.0, 12.0]),
    tongue=np.array([130.0, 65.0, 60.0]),
    teeth=np.array([210.0, 195.0, 175.0]),
    crease=np.array([100.0, 55.0, 50.0]),
    grain=0.0,
)


def picture() -> np.ndarray:
    """A mouth at rest whose teeth fill its gap, among lips."""
    rgb = np.full((120, 200, 3), (190, 110, 105), dtype=np.uint8)
    gap = round(REST * EYE_PX)
    rgb[50 : 50 + gap, 66:134] = (225, 212, 195)
    return rgb


def cavity(opening: float, rounding: float, *, has_own_teeth: bool) -> Cavity:
    """A mouth `opening` eye distances high, narrower the rounder it is."""
    across = np.linspace(-1.0, 1.0, 11)
    arch = np.sqrt(np.clip(1.0 - across**2, 0.0, 1.0))
    narrow = 1.0 - 0.4 * max(rounding, 0.0)

    def lip(height: float, width: float) -> np.ndarray:
        return np.stack([HALF * width * across, EYE_PX * height * arch], axis=1)

    flat = lip(0.0, narrow)
    return Cavity(
        origin=MIDDLE,
        right=np.array([1.0, 0.0]),
        down=np.array([0.0, 1.0]),
        eye_px=EYE_PX,
        half_width=HALF,
        upper=flat,
        lower=lip(opening, narrow),
        rest_upper=lip(0.0, 1.0),
        rest_lower=lip(REST, 1.0) if has_own_teeth else lip(0.002, 1.0),
        opening=opening,
        rounding=rounding,
        has_own_teeth=has_own_teeth,
    )


def inside(opening: float, rounding: float, *, has_own_teeth: bool) -> np.ndarray:
    """Luma of the gap's middle third: (rows, columns)."""
    image = paint_interior(
        cavity(opening, rounding, has_own_teeth=has_own_teeth),
        PALETTE,
        CORNER,
        SIZE,
        crop=picture(),
        crop_corner=(0, 0),
    )
    luma = image @ np.array([0.299, 0.587, 0.114])
    top, left = round(MIDDLE[1]) - CORNER[1], round(MIDDLE[0]) - CORNER[0]
    third = round(HALF / 3)
    return luma[top : top + max(2, round(opening * EYE_PX)), left - third : left + third]


def teeth(opening: float, rounding: float, *, has_own_teeth: bool) -> float:
    """How bright the brightest rows are, 0..255."""
    rows = inside(opening, rounding, has_own_teeth=has_own_teeth).mean(axis=1)
    return float(rows.max())


@pytest.mark.parametrize("has_own_teeth", [True, False])
def test_rounded_lips_shade_teeth_and_do_not_hide_them(*, has_own_teeth: bool) -> None:
    """From a spread to a fully pursed sound teeth lose light step by step, and at most half of it."""
    seen = [teeth(0.12, r, has_own_teeth=has_own_teeth) for r in np.linspace(0.0, 1.0, 11)]
    assert seen[-1] < 0.95 * seen[0]
    assert seen[-1] > 0.5 * seen[0]
    assert max(abs(np.diff(seen))) < 0.12 * seen[0]


@pytest.mark.parametrize("has_own_teeth", [True, False])
def test_teeth_keep_their_light_while_the_mouth_moves(*, has_own_teeth: bool) -> None:
    """Between a half and a wide opening, where mouths go to and fro within two frames."""
    seen = [teeth(o, 0.0, has_own_teeth=has_own_teeth) for o in (0.045, 0.06, 0.08, 0.11, 0.15)]
    assert min(seen) > 0.6 * max(seen)


@pytest.mark.parametrize("has_own_teeth", [True, False])
def test_an_o_is_no_flat_hole(*, has_own_teeth: bool) -> None:
    """Brighter teeth above, darkness or tongue below, and corners darker than the middle."""
    shown = inside(0.17, 0.9, has_own_teeth=has_own_teeth)
    assert shown.std() > 15
    whole = paint_interior(
        cavity(0.12, 0.9, has_own_teeth=has_own_teeth),
        PALETTE,
        CORNER,
        SIZE,
        crop=picture(),
        crop_corner=(0, 0),
    )
    row = whole[round(MIDDLE[1]) - CORNER[1] + 3, :, 1]
    middle = round(MIDDLE[0]) - CORNER[0]
    assert row[middle - 16] < 0.9 * row[middle - 2]
    assert row[middle + 16] < 0.9 * row[middle + 2]
