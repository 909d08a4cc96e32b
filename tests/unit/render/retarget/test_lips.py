"""Lips laid over a frame in its own light."""

import numpy as np

from lipwire.domain.options import Quality
from lipwire.render.face import points
from lipwire.render.retarget.lips import TIES, Lent, MouthSource, lay_lips
from lipwire.render.retarget.rig import SAMPLING
from tests.support.faces import a_face

FACE = a_face(opening=0.1)
LIPS, TIED = FACE[points.LIPS, :2], FACE[TIES, :2]
OUTLINE = FACE[points.OVAL, :2]
ROWS = points.LIPS.tolist()


def laid(tint: float) -> np.ndarray:
    """A grey frame after a grey mouth was laid over it, its lips changed by `tint`."""
    mouth = MouthSource(0, np.full((480, 640, 3), 120, dtype=np.uint8), (0, 0), LIPS, TIED)
    base = np.full((480, 640, 3), 120, dtype=np.float32)
    lent = [Lent(mouth, 0.6, np.full(3, tint)), Lent(mouth, 0.4, np.full(3, tint))]
    assert lay_lips(base, (0, 0), lips=LIPS, ties=TIED, face=OUTLINE, sources=lent, eye_px=100.0)
    return base


def at(picture: np.ndarray, x: float, y: float) -> float:
    """One pixel's level."""
    return float(picture[round(y), round(x), 0])


def test_a_tint_is_for_lips_alone() -> None:
    """Skin and teeth keep their colour, both lips change by what was asked."""
    picture = laid(20.0)
    corner, middle = LIPS[ROWS.index(0)], LIPS[ROWS.index(13)]
    bottom = LIPS[ROWS.index(17)]
    assert at(picture, middle[0], (corner[1] + middle[1]) / 2) > 130
    assert abs(at(picture, middle[0], middle[1] + 5) - 120) < 3
    assert abs(at(picture, bottom[0], bottom[1] + 12) - 120) < 3
    assert abs(at(picture, middle[0], corner[1] - 12) - 120) < 3


def test_without_a_tint_nothing_changes() -> None:
    """A mouth like the frame's own leaves no trace."""
    assert np.abs(laid(0.0) - 120).max() < 0.5


def test_nothing_is_laid_beyond_the_face() -> None:
    """Where a turned face ends beside the mouth, what is behind it stays, and tints no skin."""
    mouth = MouthSource(0, np.full((480, 640, 3), 120, dtype=np.uint8), (0, 0), LIPS, TIED)
    base = np.full((480, 640, 3), 120, dtype=np.float32)
    edge = round(float(LIPS[:, 0].max())) + 8
    base[:, edge:] = 20
    outline = OUTLINE.copy()
    outline[:, 0] = np.minimum(outline[:, 0], edge)
    lent = [Lent(mouth, 1.0, np.zeros(3))]
    assert lay_lips(base, (0, 0), lips=LIPS, ties=TIED, face=outline, sources=lent, eye_px=100.0)
    # The outline itself is a pixel wide.
    assert np.abs(base[:, edge + 2 :] - 20).max() < 0.5
    assert np.abs(base[:, :edge] - 120).max() < 10


def test_lips_beyond_a_turned_face_are_laid_whole() -> None:
    """The mesh's outline of a head turned far runs through the mouth, or folds: what is seen of the lips is laid."""
    mouth = MouthSource(0, np.full((480, 640, 3), 120, dtype=np.uint8), (0, 0), LIPS, TIED)
    through, folded = OUTLINE.copy(), OUTLINE.copy()
    through[:, 0] = np.minimum(through[:, 0], LIPS[:, 0].mean())
    folded[:, 0] = np.where(folded[:, 0] > LIPS[:, 0].max(), LIPS[:, 0].mean(), folded[:, 0])
    for outline in (through, folded):
        base = np.full((480, 640, 3), 20, dtype=np.float32)
        lent = [Lent(mouth, 1.0, np.zeros(3))]
        laid_over = lay_lips(
            base, (0, 0), lips=LIPS, ties=TIED, face=outline, sources=lent, eye_px=100.0
        )
        assert laid_over is not None
        mask, where = laid_over
        for x, y in LIPS:
            assert mask[round(y) - where[0].start, round(x) - where[1].start] > 0.6


def test_a_better_tier_keeps_more_of_a_lip() -> None:
    """Moved by half a pixel, fine detail is blurred the less the more a tier spends on it."""
    noise = np.random.default_rng(0).integers(60, 200, (480, 640, 1), dtype=np.uint8)
    mouth = MouthSource(0, np.repeat(noise, 3, axis=2), (0, 0), LIPS + 0.5, TIED + 0.5)
    kept = []
    for tier in (Quality.DRAFT, Quality.STANDARD, Quality.BEST):
        base = np.full((480, 640, 3), 130, dtype=np.float32)
        lay_lips(
            base,
            (0, 0),
            lips=LIPS,
            ties=TIED,
            face=OUTLINE,
            sources=[Lent(mouth, 1.0, np.zeros(3))],
            eye_px=100.0,
            sampling=SAMPLING[tier],
        )
        kept.append(float(np.diff(base[290:312, 305:335, 0], axis=1).std()))
    assert kept[0] * 1.1 < kept[1] < kept[2]
