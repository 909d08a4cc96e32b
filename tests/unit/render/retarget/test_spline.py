"""Thin-plate splines."""

import numpy as np
import pytest

from lipwire.render.retarget.spline import Spline, look_up


def test_a_spline_is_exact_at_its_points() -> None:
    """Landmarks land where they were sent, to a hundredth of a pixel."""
    chance = np.random.default_rng(3)
    where = chance.uniform(0, 400, (140, 2))
    values = chance.normal(scale=6, size=(140, 2))
    assert Spline.through(where, values).at(where) == pytest.approx(values, abs=0.01)


def test_an_affine_motion_is_carried_everywhere() -> None:
    """Far from all points a plain shift and stretch goes on as it is."""
    where = np.random.default_rng(4).uniform(0, 100, (20, 2))
    linear = np.array([[0.1, 0.02], [-0.03, 0.05]])
    spline = Spline.through(where, where @ linear + [3, -2])
    far = np.array([[500.0, -300.0], [50.0, 50.0]])
    assert spline.at(far) == pytest.approx(far @ linear + [3, -2], abs=1e-3)


def test_the_coarse_grid_agrees_with_the_exact_field() -> None:
    """Interpolating between nodes costs less than a tenth of a pixel."""
    chance = np.random.default_rng(6)
    where = np.stack(np.meshgrid(np.arange(0, 241, 40), np.arange(0, 201, 40)), -1).reshape(-1, 2)
    values = chance.normal(scale=1.5, size=(len(where), 2))
    spline = Spline.through(where.astype(float), values)
    field = spline.over((10, 20), (200, 150), step=8)
    xs, ys = np.meshgrid(np.arange(10, 210), np.arange(20, 170))
    exact = spline.at(np.stack([xs, ys], -1).reshape(-1, 2).astype(float)).reshape(150, 200, 2)
    assert np.abs(field - exact).max() < 0.1


def test_two_points_in_one_place_do_not_break_it() -> None:
    """Closed lips put two control points on each other."""
    where = np.array([[0.0, 0], [10, 0], [0, 10], [10, 10], [5, 5], [5, 5]])
    assert np.isfinite(Spline.through(where, np.ones((6, 2))).at(where)).all()


def test_a_still_field_looks_where_the_pixel_is() -> None:
    """No displacement, no change: maps are the pixels' own places in the other picture."""
    maps = look_up(np.zeros((3, 4, 2)), (10, 20), image_corner=(8, 15))
    assert maps[0, 0].tolist() == [2, 5]
    assert maps[2, 3].tolist() == [5, 7]
