"""Cuts, and what only looks like one."""

import numpy as np

from lipwire.render.face.shots import THUMBNAIL, Shots

_RNG = np.random.default_rng(4)
_ONE, _TWO = _RNG.uniform(30, 200, (2, THUMBNAIL, THUMBNAIL * 3, 3))


def cuts(pictures: list[np.ndarray]) -> list[int]:
    """First frames of shots; each was announced when it came."""
    shots = Shots()
    announced = [shots.add(picture.clip(0, 255).astype(np.uint8)) for picture in pictures]
    found = np.flatnonzero(shots.cuts()).tolist()
    assert all(announced[k] for k in found)
    return found


def window(scene: np.ndarray, x: int) -> np.ndarray:
    """What a camera sees that has turned so far."""
    return scene[:, x : x + THUMBNAIL]


def test_another_scene_is_a_cut() -> None:
    """Between two still shots."""
    assert cuts([window(_ONE, 0)] * 6 + [window(_TWO, 0)] * 6) == [6]


def test_shots_of_a_few_frames_are_cut_too() -> None:
    """There and back within a second."""
    assert cuts([window(_ONE, 0)] * 9 + [window(_TWO, 0)] * 9 + [window(_ONE, 0)] * 9) == [9, 18]


def test_a_flash_is_no_cut() -> None:
    """One or two bright frames, and the picture goes on."""
    still = window(_ONE, 0)
    flash = still * 0.3 + 170
    assert cuts([still] * 8 + [flash, flash] + [still] * 8) == []
    white = np.full_like(still, 235)
    assert cuts([still] * 8 + [white] + [still] * 8) == []


def test_a_fast_pan_is_no_cut() -> None:
    """Every frame differs from the one before as much as a cut does."""
    assert cuts([window(_ONE, x) for x in range(30)]) == []


def test_light_switched_off_is_no_cut() -> None:
    """The same scene at a third of the brightness."""
    still = window(_ONE, 0)
    dark = still.copy()
    dark[..., 0] *= 0.4
    assert cuts([still] * 8 + [dark] * 8) == []
