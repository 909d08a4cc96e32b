"""Blinks, sway, fading, and bending lips."""

import numpy as np
import pytest

from lipwire.render.face import points
from lipwire.render.face.chart import Chart
from lipwire.render.retarget.blink import Eyelids, blinks
from lipwire.render.retarget.geometry import (
    MOVED,
    FaceModel,
    bend,
    desired_geometry,
    lip_opening,
    lip_width,
    widening_sides,
)
from lipwire.render.retarget.sway import Sway, head_motion
from lipwire.render.retarget.targets import Targets
from tests.support.faces import a_face


def aiming(opening: float, width: float) -> Targets:
    """One frame's target."""
    zero = np.zeros(1)
    return Targets(np.array([opening]), np.array([width]), zero, zero > 0, zero)


def half_open() -> np.ndarray:
    """The lips of a face seen from the front."""
    return a_face(opening=0.1, eye_px=1.0)[points.LIPS, :2][None]


def bent(opening: float, width: float, *, most: float = 0.06, yaw: float = 0.0) -> np.ndarray:
    """A half-open mouth bent to a target."""
    lips = half_open()
    return bend(
        lips,
        aiming(opening, width),
        right=np.array([1.0, 0.0]),
        down=np.array([0.0, 1.0]),
        most=np.array([most]),
        sides=widening_sides(np.array([yaw])),
    )


def reach(lips: np.ndarray) -> tuple[float, float]:
    """How far the lips go to the left and to the right of where their middle was."""
    across = lips[0, :, 0] - half_open()[0, :, 0].mean()
    return -float(across.min()), float(across.max())


def test_bending_reaches_its_target() -> None:
    """The opening comes out within a hundredth of an eye distance; the width goes beyond by what is not seen of it."""
    lips = bent(0.14, 0.62)
    assert lip_opening(lips)[0] == pytest.approx(0.14, abs=0.01)
    own = lip_width(half_open())[0]
    seen = own + 0.18 * (0.14 - lip_opening(half_open())[0])
    assert lip_width(lips)[0] == pytest.approx(own * (1 + (0.62 / seen - 1) / 0.87), abs=1e-6)


def test_a_turned_mouth_is_widened_on_its_near_side() -> None:
    """As wide as from the front, but less of it on the far side; in profile nothing is widened."""
    left, right = reach(half_open())
    front, turned, away = (reach(bent(0.1, 0.62, yaw=yaw)) for yaw in (0.0, 0.45, -0.45))
    share = (0.6 - 0.45) / 0.35
    assert turned[1] - right == pytest.approx(share * (front[1] - right), abs=1e-6)
    assert away[0] - left == pytest.approx(share * (front[0] - left), abs=1e-6)
    assert sum(turned) == pytest.approx(sum(front), abs=1e-6)
    assert sum(away) == pytest.approx(sum(front), abs=1e-6)
    assert sum(front) > left + right + 0.02
    assert reach(bent(0.1, 0.62, yaw=0.8)) == pytest.approx((left, right), abs=1e-6)


def a_turned_face(yaw: float, *, opening: float = 0.1) -> np.ndarray:
    """A face turned in depth by that many radians: the farther side is narrower."""
    face = a_face(opening=opening)
    middle = face.mean(axis=0)
    across = face[:, 0] - middle[0]
    face[:, 0] = middle[0] + across * np.cos(yaw)
    # What lies farther off is smaller: at two metres a face of 15 cm by some hundredths, here by more.
    face[:, 2] = across * np.sin(yaw)
    face[:, 0] -= 0.15 * face[:, 2] * (across / 75)
    return face


@pytest.mark.parametrize("yaw", [-0.6, 0.6])
def test_the_side_that_stays_is_the_one_farther_off(yaw: float) -> None:
    """Whichever way a head turns, seen through the whole of placing a mouth; what it borrows from need not be turned."""
    frames = np.stack([a_face(opening=0.1), a_turned_face(yaw)])
    chart = Chart.of(frames, 0)
    lips = []
    for width in (float(lip_width(half_open())[0]), 0.62):
        geometry = desired_geometry(
            chart,
            FaceModel(np.zeros((2, len(MOVED), 2)), np.zeros((5, len(points.LIPS), 2))),
            first=0,
            canvas=np.array([1]),
            source=np.array([0]),
            targets=aiming(0.1, width),
            opening=np.full(2, 0.1),
            width=np.full(2, 0.6),
            breaks=np.zeros(1, dtype=bool),
            middle=frames[0, :, :2],
        )
        lips.append(geometry.lips[0])
    corners = [points.LIPS.tolist().index(one) for one in (points.MOUTH_LEFT, points.MOUTH_RIGHT)]
    own, widened = lips
    moved = np.abs(widened - own)[corners, 0]
    depth = frames[1, [points.MOUTH_LEFT, points.MOUTH_RIGHT], 2]
    far, near = (int(np.argmax(depth)), int(np.argmin(depth)))
    assert moved[far] < 0.05
    assert moved[near] > 0.5


@pytest.mark.parametrize(
    ("yaw", "far", "near"),
    [
        (0.0, 1, 1),
        (0.25, 1, 1),
        (0.32, 0.8, 1),
        (0.45, 3 / 7, 1),
        (0.6, 0, 0.4),
        (0.7, 0, 0),
        (1, 0, 0),
    ],
)
def test_widening_fades_as_a_head_turns(yaw: float, far: float, near: float) -> None:
    """First on the far side, then on the near one; to the right where the yaw is positive."""
    assert widening_sides(np.array([yaw, -yaw])) == pytest.approx(
        np.array([[near, far], [far, near]]), abs=1e-9
    )


def test_what_one_side_owes_depends_on_how_long_it_is() -> None:
    """A far side of half the length leaves half as much to the near one; and no side gives more than it can bear."""
    lips = half_open()
    middle = lips[0, :, 0].mean()
    lips[0, :, 0] = np.where(lips[0, :, 0] > middle, (lips[0, :, 0] + middle) / 2, lips[0, :, 0])
    own = float(lip_width(lips)[0])

    def widened(to: float) -> np.ndarray:
        return bend(
            lips,
            aiming(float(lip_opening(lips)[0]), to),
            right=np.array([1.0, 0.0]),
            down=np.array([0.0, 1.0]),
            most=np.array([0.06]),
            sides=np.array([[1.0, 0.0]]),
        )

    assert lip_width(widened(1.05 * own))[0] == pytest.approx(own * (1 + 0.05 / 0.87), rel=1e-3)
    left = lips[0, :, 0].mean() - lips[0, :, 0].min()
    grown = lips[0, :, 0].min() - widened(2 * own)[0, :, 0].min()
    assert grown == pytest.approx(0.26 * left, rel=1e-3)


def test_a_turned_mouth_is_narrowed_on_both_sides() -> None:
    """As one seen from the front."""
    assert reach(bent(0.1, 0.5, yaw=0.6)) == pytest.approx(reach(bent(0.1, 0.5)), abs=1e-6)


def test_bending_has_its_limit() -> None:
    """No mouth is torn open further than the warp can bear."""
    assert lip_opening(bent(0.5, 0.6))[0] == pytest.approx(0.16, abs=0.01)


def test_people_blink_now_and_then() -> None:
    """In a minute between 8 and 30 blinks, most of the time open, at times fully shut."""
    shut = blinks(np.arange(1500) / 25, seed=1)
    starts = np.count_nonzero((shut[1:] > 0.5) & (shut[:-1] <= 0.5))
    assert 8 <= starts <= 30
    assert shut.max() > 0.9
    assert np.mean(shut < 0.01) > 0.8


def test_a_blink_touches_the_eyes_only() -> None:
    """Below the eyes and above the brows nothing changes."""
    face = a_face(shift=(0, 20))
    for row, group in enumerate((points.LID_UPPER_LEFT, points.LID_LOWER_LEFT, points.BROW_LEFT)):
        across = np.linspace(-45, -15, len(group))
        face[group, 0] = 320 + across
        face[group, 1] = [-24, -16, -40][row] + 260
    for row, group in enumerate(
        (points.LID_UPPER_RIGHT, points.LID_LOWER_RIGHT, points.BROW_RIGHT)
    ):
        face[group, 0] = 320 + np.linspace(15, 45, len(group))
        face[group, 1] = [-24, -16, -40][row] + 260
    picture = np.random.default_rng(2).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    closed = picture.copy()
    Eyelids(face, (640, 480)).close(closed, 1.0)
    changed = np.argwhere((closed != picture).any(axis=2))
    assert len(changed) > 50
    assert changed[:, 0].min() > 210
    assert changed[:, 0].max() < 255


def test_a_resting_head_is_the_picture_itself() -> None:
    """Without motion not one pixel changes, and the borders never do."""
    face = a_face()
    picture = np.random.default_rng(2).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    sway = Sway(face, (640, 480))
    assert np.array_equal(sway.move(picture, across=0, down=0, tilt=0), picture)
    moved = sway.move(picture, across=0.03, down=0.02, tilt=0.02)
    assert not np.array_equal(moved, picture)
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert np.array_equal(moved[edge], picture[edge])


def test_head_motion_starts_from_rest_and_is_slow() -> None:
    """The first frame is the picture; nothing jerks."""
    times = np.arange(250) / 25
    motion = head_motion(times, np.zeros(250), seed=3)
    assert motion.across[0] == motion.tilt[0] == 0
    assert np.abs(np.diff(motion.across)).max() < 0.004
    assert motion.across.std() > 0.002
