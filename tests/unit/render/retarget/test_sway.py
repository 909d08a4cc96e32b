"""Heads of one picture that move without tearing what lies between them."""

import numpy as np
import pytest

from lipwire.render.face import points
from lipwire.render.retarget.sway import HeadPose, Sway, head_motion, move_heads
from tests.support.faces import a_face

LEFT, RIGHT = a_face(shift=(-100, 0)), a_face(shift=(150, 0))


def two_heads() -> tuple[Sway, Sway]:
    """Two people who stand close together in 720x480."""
    return (
        Sway(LEFT, (720, 480), others=[RIGHT]),
        Sway(RIGHT, (720, 480), others=[LEFT]),
    )


def test_between_two_heads_nothing_tears() -> None:
    """When they move apart, the field between them changes by less than a third of a pixel from pixel to pixel."""
    slope = np.repeat(np.arange(720, dtype=np.float32)[None, :, None], 480, axis=0)
    picture = np.asarray((slope / 3).repeat(3, axis=2), dtype=np.uint8)
    moved = move_heads(picture, two_heads(), [HeadPose(-0.04, 0, 0), HeadPose(0.04, 0, 0)])
    came_from = moved[..., 0].astype(float) * 3
    steps = np.diff(came_from[100:400], axis=1)
    # Every pixel's content lies to the right of the one before it: nothing folds.
    assert steps.min() > -3.1
    fields = sum(
        sway.displacement(pose)
        for sway, pose in zip(
            two_heads(), [HeadPose(-0.04, 0, 0), HeadPose(0.04, 0, 0)], strict=True
        )
    )
    assert np.abs(np.diff(fields[..., 0], axis=1)).max() / 8 < 0.34


def test_each_head_moves_by_its_own_pose() -> None:
    """A face follows its own motion and not its neighbour's."""
    left, right = two_heads()
    field = left.displacement(HeadPose(0.05, 0, 0)) + right.displacement(HeadPose(-0.05, 0, 0))
    for face, sign in ((LEFT, -1), (RIGHT, 1)):
        x, y = face[points.EYE_OUTER_LEFT, :2] / 8 + 0.5
        assert field[round(y), round(x), 0] == pytest.approx(sign * 5, abs=1.0)


def test_people_and_seeds_move_differently_and_the_same_again() -> None:
    """Seed and person decide the motion."""
    times, energy = np.arange(100) / 25, np.zeros(100)
    one = head_motion(times, energy, seed=4)
    again = head_motion(times, energy, seed=4)
    assert np.array_equal(one.across, again.across)
    for seed, person in ((5, 0), (4, 1)):
        other = head_motion(times, energy, seed=seed, person=person)
        assert np.abs(other.across - one.across).max() > 0.005
