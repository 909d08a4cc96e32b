"""Choosing mouths."""

from dataclasses import replace

import numpy as np
import pytest

from lipwire.render.retarget.retrieval import Mouths, retrieve, thin_out


def speaking(frames: int = 200) -> Mouths:
    """A mouth that opens and closes every 20 frames in one steady pose."""
    opening = 0.1 + 0.1 * np.sin(np.arange(frames) * 2 * np.pi / 20)
    shape = np.zeros((frames, 40, 2))
    shape[:, 20:, 1] = opening[:, None]
    return Mouths(
        opening=opening,
        width=np.full(frames, 0.6),
        pose=np.zeros((frames, 2)),
        sharpness=np.ones(frames),
        clarity=np.ones(frames),
        shape=shape,
        times_s=np.arange(frames) / 25,
    )


def chosen(mouths: Mouths, canvas: np.ndarray, opening: np.ndarray, bank: np.ndarray) -> np.ndarray:
    """The retrieved frames for a wanted opening."""
    return retrieve(
        mouths, canvas, bank=bank, opening=opening, width=np.full(len(canvas), 0.6)
    ).source


def test_a_clip_asked_for_itself_plays_on() -> None:
    """Driven by its own mouth, a clip is shown in order: neighbours cost least."""
    mouths = speaking()
    canvas = np.arange(200)
    source = chosen(mouths, canvas, mouths.opening, canvas)
    assert np.abs(mouths.opening[source] - mouths.opening).max() < 0.05
    assert (np.diff(source) == 1).mean() > 0.9


def test_the_wanted_opening_is_found() -> None:
    """Whatever the canvas does, the retrieved mouths are open as wanted."""
    mouths = speaking()
    wanted = 0.1 + 0.09 * np.sin(np.arange(200) * 2 * np.pi / 34)
    source = chosen(mouths, np.arange(200), wanted, np.arange(200))
    assert np.abs(mouths.opening[source] - wanted).mean() < 0.025


def test_long_outputs_join_their_windows_without_a_jump() -> None:
    """Beyond a window's end the sequence goes on from where it was."""
    mouths = speaking()
    canvas = np.tile(np.arange(200), 7)[:1300]
    wanted = np.full(1300, 0.1)
    source = chosen(mouths, canvas, wanted, np.arange(200))
    assert len(source) == 1300
    shown = mouths.opening[source]
    assert np.abs(np.diff(shown)).max() < 0.05


def test_a_mouth_in_another_pose_is_not_borrowed() -> None:
    """Better the canvas's own mouth, bent, than a sharp one seen from the side."""
    mouths = speaking(40)
    pose = np.zeros((40, 2))
    pose[:20, 0] = 0.6
    mouths = replace(mouths, pose=pose)
    source = chosen(mouths, np.arange(20, 40), np.full(20, 0.1), np.arange(20))
    assert (source == np.arange(20, 40)).all()


def test_a_blurred_mouth_is_passed_over() -> None:
    """Of two mouths alike the sharp one is taken."""
    mouths = speaking(40)
    sharpness = np.ones(40)
    sharpness[:20] = 0.2
    mouths = replace(mouths, sharpness=sharpness)
    source = chosen(mouths, np.full(30, 39), np.full(30, 0.1), np.arange(39))
    assert (source >= 20).all()


def test_a_mouth_between_two_others_is_not_held() -> None:
    """One frame of a clip between an open mouth and a shut one, half of each, fits best of all; and is not shown twice."""
    width = np.full(40, 0.63)
    width[20] = 0.6
    still = replace(
        speaking(40), opening=np.full(40, 0.1), width=width, shape=np.zeros((40, 40, 2))
    )
    shape = still.shape.copy()
    shape[20, :, 0] = 0.05
    odd = replace(still, shape=shape)
    assert odd.passing[20] == pytest.approx(0.05 * 40**0.5)
    assert not np.delete(odd.passing, 20).any()
    for mouths, held in ((still, True), (odd, False)):
        source = chosen(mouths, np.full(12, 39), np.full(12, 0.1), np.arange(12, 29))
        assert bool(((source[1:] == 20) & (source[:-1] == 20)).any()) is held


def test_a_mouth_between_two_others_is_passed_through() -> None:
    """A clip that is asked for itself shows all of it; and how fast its mouth is does not depend on the frame rate."""
    mouths = speaking(40)
    shape = mouths.shape.copy()
    shape[20, :, 0] += 0.05
    odd = replace(mouths, shape=shape)
    source = chosen(odd, np.arange(40), odd.opening, np.arange(40))
    assert 20 in source
    slow = replace(odd, times_s=odd.times_s * 2)
    np.testing.assert_allclose(slow.passing, odd.passing / 2)


def test_a_mouth_whose_lips_are_unclear_is_passed_over() -> None:
    """Teeth smeared over a lip look like two mouths at once."""
    mouths = speaking(40)
    clarity = np.ones(40)
    clarity[:20] = 0.5
    mouths = replace(mouths, clarity=clarity)
    source = chosen(mouths, np.full(30, 39), np.full(30, 0.1), np.arange(39))
    assert (source >= 20).all()


def test_thinning_keeps_the_extremes() -> None:
    """Of a thousand alike frames and one odd one, ten are kept and the odd one is among them."""
    features = np.random.default_rng(0).normal(scale=0.01, size=(1001, 4))
    features[500] = 5.0
    kept = thin_out(features, np.arange(1001), most=10)
    assert len(kept) == len(set(kept.tolist())) == 10
    assert 500 in kept
    assert kept.tolist() == sorted(kept.tolist())


def test_nothing_is_thinned_below_the_limit() -> None:
    """A short clip keeps every frame."""
    frames = np.array([3, 5, 9])
    assert thin_out(np.zeros((10, 2)), frames, most=5) is frames


@pytest.mark.parametrize("count", [1, 2])
def test_tiny_outputs_work(count: int) -> None:
    """A voice of one frame is a voice."""
    mouths = speaking(30)
    source = chosen(mouths, np.arange(count), np.full(count, 0.1), np.arange(30))
    assert len(source) == count
