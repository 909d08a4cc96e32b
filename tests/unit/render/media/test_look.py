"""What an encoder is told about times."""

from fractions import Fraction

import pytest

pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.render.media.look import EncoderSettings, plain_look, timed


@pytest.mark.parametrize(
    "rate",
    [
        Fraction(25),
        Fraction(30_000, 1001),
        Fraction(3_600_000, 88_121),
        Fraction(90_000_000, 1_001_003),
        Fraction(3_000_000_001, 100_000_000),
    ],
)
def test_any_rate_has_a_time_base_that_an_mp4_can_hold(rate: Fraction) -> None:
    """The average of variable times is any fraction; its frames still lie apart and in step to a millionth."""
    look, _ = plain_look(64, 64, Fraction(25), EncoderSettings())
    base = timed(look, rate).time_base
    assert base.denominator < 2**31
    ticks = [round(n / rate / base) for n in range(1000)]
    assert len(set(ticks)) == 1000
    assert all(abs(tick * base - n / rate) < Fraction(1, 10**6) for n, tick in enumerate(ticks))
