"""From a voice's curves to mouth shapes at frame times."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from lipwire.render.retarget.targets import LEAD_S, MouthRange, mouth_targets

REACH = MouthRange(closed=0.01, open=0.2, width=0.6, width_spread=0.05)


@dataclass(frozen=True)
class Voice:
    """Two seconds of curves at 100 Hz."""

    opening: np.ndarray
    closure: np.ndarray
    rounding: np.ndarray
    energy: np.ndarray

    @property
    def times_s(self) -> np.ndarray:
        return (np.arange(200) + 0.5) / 100


def a_voice(**curves: np.ndarray) -> Voice:
    """A silent voice but for the given curves."""
    silent = {name: np.zeros(200) for name in ("opening", "closure", "rounding", "energy")}
    return Voice(**(silent | curves))


def at_25() -> np.ndarray:
    """Frame times."""
    return np.arange(50) / 25


def test_the_mouth_leads_its_sound() -> None:
    """A frame shows what is heard 30 ms later."""
    ramp = np.linspace(0, 1, 200)
    targets = mouth_targets(a_voice(opening=ramp), at_25(), reach=REACH)
    heard = np.interp(at_25() + LEAD_S, (np.arange(200) + 0.5) / 100, ramp)
    assert targets.opening[5:-5] == pytest.approx(0.01 + 0.19 * heard[5:-5], abs=1e-6)


def test_lips_glide_from_sound_to_sound() -> None:
    """Steps of 80 ms move the mouth by less, about the same middle; a long vowel still opens it wholly."""
    steps = np.where(np.arange(200) % 16 < 8, 1.0, 0.0)
    moved = mouth_targets(a_voice(opening=steps), at_25(), reach=REACH).opening[5:-5]
    assert np.ptp(moved) < 0.5 * 0.19
    assert moved.mean() == pytest.approx(0.105, abs=0.01)
    vowel = np.where(np.abs(np.arange(200) - 100) < 15, 1.0, 0.0)
    assert mouth_targets(a_voice(opening=vowel), at_25(), reach=REACH).opening.max() > 0.195


def test_a_short_closure_shuts_a_frame() -> None:
    """Six hundredths of a second of p between two frames still close one."""
    for start in range(50, 60):
        closure = np.zeros(200)
        closure[start : start + 6] = 1
        targets = mouth_targets(
            a_voice(opening=np.ones(200), closure=closure), at_25(), reach=REACH
        )
        assert targets.closed.any()
        assert (targets.opening[targets.closed] <= 0.6 * REACH.closed).all()


def test_lips_are_no_faster_than_lips() -> None:
    """Between two closures 80 ms apart a vowel can't open wide."""
    closure = np.zeros(200)
    closure[50:56] = closure[64:70] = 1
    voice = a_voice(opening=np.ones(200), closure=closure)
    opening = mouth_targets(voice, at_25(), reach=REACH).opening
    assert np.abs(np.diff(opening)).max() <= 0.04 * 2.0 + 1e-9


def test_slow_lips_stay_slow() -> None:
    """A mouth is opened no faster than its owner opens it."""
    voice = a_voice(opening=np.where(np.arange(200) % 20 < 10, 1.0, 0.0))
    slow = mouth_targets(voice, at_25(), reach=replace(REACH, fastest=1.3)).opening
    assert np.abs(np.diff(slow)).max() <= 0.04 * 1.3 + 1e-9


def test_a_rounded_sound_narrows_the_mouth() -> None:
    """Rounding narrows, spreading widens, about the actor's median."""
    rounding = np.concatenate([np.ones(100), -np.ones(100)])
    width = mouth_targets(a_voice(rounding=rounding), at_25(), reach=REACH).width
    assert width[5] < REACH.width < width[45]


def test_a_mouth_widens_with_its_opening() -> None:
    """As far as its owner's does, about the width it has when half open."""
    reach = replace(REACH, widening=0.3, middle=0.1)
    targets = mouth_targets(a_voice(opening=np.linspace(0, 1, 200)), at_25(), reach=reach)
    assert targets.width == pytest.approx(REACH.width + 0.3 * (targets.opening - 0.1))
