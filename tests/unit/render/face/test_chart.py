"""Taking head motion out of landmarks."""

import numpy as np
import pytest

from lipwire.render.face import measures, points
from lipwire.render.face.chart import Chart, apply_affines, fit_affines, invert_affines
from tests.support.faces import a_face, turned


def test_a_fitted_affine_is_the_one_applied() -> None:
    """The affine between two point sets is found exactly when there is one."""
    chance = np.random.default_rng(1)
    reference = chance.uniform(0, 100, (12, 2))
    affines = chance.normal(size=(5, 2, 3)) + np.array([[2, 0, 9], [0, 2, 4]])
    moved = apply_affines(affines, np.repeat(reference[None], 5, axis=0))
    assert fit_affines(reference, moved) == pytest.approx(affines, abs=1e-9)


def test_an_inverse_undoes_its_affine() -> None:
    """There and back again."""
    affines = np.array([[[1.2, 0.1, 5], [-0.2, 0.9, -3]]])
    where = np.array([[[3.0, 4.0], [10.0, -2.0]]])
    back = apply_affines(invert_affines(affines), apply_affines(affines, where))
    assert back == pytest.approx(where)


def test_a_moving_head_is_still_on_the_chart() -> None:
    """Shift, turn and zoom of a rigid face leave its chart unchanged."""
    still = a_face()
    frames = np.stack(
        [turned(still, angle=0.02 * k, zoom=1 + 0.01 * k, shift=(3 * k, -2 * k)) for k in range(5)]
    )
    chart = Chart.of(frames, 2)
    assert np.abs(chart.landmarks - chart.landmarks[2]).max() < 1e-6


def test_the_chart_keeps_what_the_mouth_does() -> None:
    """An opening mouth reads the same whether the head moves or not."""
    frames = []
    for k, gap in enumerate([0.0, 0.1, 0.2, 0.1, 0.05]):
        frames.append(turned(a_face(opening=gap), angle=0.03 * k, zoom=1.0, shift=(5 * k, k)))
    chart = Chart.of(np.stack(frames), 0)
    shown = measures.opening(chart.landmarks, unit=chart.eye_px)
    assert shown == pytest.approx([0.0, 0.1, 0.2, 0.1, 0.05], abs=1e-6)


def test_smoothing_never_crosses_a_break() -> None:
    """A step that is a scene cut stays a step."""
    series = np.array([0.0] * 6 + [1.0] * 6)
    breaks = np.zeros(12, dtype=bool)
    breaks[6] = True
    assert measures.smooth_in_time(series, 2.0, breaks=breaks) == pytest.approx(series)
    assert measures.smooth_in_time(series, 2.0)[5] > 0.1


def test_lip_lists_are_outlines_without_repeats() -> None:
    """Forty different lip points, twenty around each outline."""
    assert len(set(points.LIPS.tolist())) == 40
    assert len(set(points.OUTER_LIPS.tolist())) == len(set(points.INNER_LIPS.tolist())) == 20
