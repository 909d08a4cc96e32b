"""Sound put together from pieces: placed to the sample, faded at cuts, never over full scale, a little at a time."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

av = pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.render.media.mix import SoundMix, mixed
from lipwire.render.media.sink import VideoSink
from lipwire.render.media.sound import Sound
from lipwire.render.media.timeline import Origin, SoundPiece
from tests.support.clips import make_wav

RATE = 48_000


def level(path: Path, seconds: float, value: float, *, rate: int = RATE) -> Path:
    """A file that holds one value throughout."""
    return make_wav(path, np.full(round(seconds * rate), value, np.float32), rate=rate)


def piece(
    origin: Origin, from_s: float, at_s: float, duration_s: float, gain: float = 1.0
) -> SoundPiece:
    start, at, length = (Fraction(v).limit_denominator(1000) for v in (from_s, at_s, duration_s))
    return SoundPiece(origin, start, at, length, gain)


def heard(mix: SoundMix) -> np.ndarray:
    blocks = list(mixed(mix, rate=RATE, channels=1, block=1024))
    assert max(block.shape[1] for block in blocks) == 1024
    return np.concatenate(blocks, axis=1)[0]


def test_pieces_are_placed_with_silence_between(tmp_path: Path) -> None:
    """A ramp's pieces keep their own samples; gaps and the end are silent."""
    ramp = np.linspace(0, 0.9, RATE, dtype=np.float32)
    path = make_wav(tmp_path / "ramp.wav", ramp, rate=RATE)
    pieces = (piece(Origin.VOICE, 0, 0.1, 0.2), piece(Origin.VOICE, 0.5, 0.6, 0.2))
    out = heard(SoundMix(pieces, {Origin.VOICE: path}, Fraction(1)))
    assert len(out) == RATE
    for start, stop in ((0, 0.1), (0.3, 0.6), (0.8, 1)):
        assert not out[round(start * RATE) : round(stop * RATE)].any()
    inner = slice(round(0.61 * RATE), round(0.79 * RATE))
    assert np.abs(out[inner] - ramp[inner.start - 4800 : inner.stop - 4800]).max() < 1e-3


def test_cuts_are_faded(tmp_path: Path) -> None:
    """Where a sound is cut, no sample steps by more than a fade of five milliseconds does."""
    path = level(tmp_path / "loud.wav", 1, 0.8)
    pieces = (piece(Origin.VOICE, 0.3, 0.2, 0.2),)
    out = heard(SoundMix(pieces, {Origin.VOICE: path}, Fraction(1)))
    assert np.abs(np.diff(out)).max() < 0.01
    assert out[round(0.21 * RATE) : round(0.39 * RATE)].min() > 0.79


def test_sums_stay_below_full_scale(tmp_path: Path) -> None:
    """Two loud sounds at once are bent, not cut off; a quiet one below a voice is added as it is."""
    files = {
        Origin.VOICE: level(tmp_path / "a.wav", 1, 0.9),
        Origin.SECOND_VOICE: level(tmp_path / "b.wav", 1, 0.8, rate=16_000),
        Origin.SOURCE: level(tmp_path / "c.wav", 1, -0.5, rate=44_100),
    }
    both = (piece(Origin.VOICE, 0, 0, 1), piece(Origin.SECOND_VOICE, 0, 0, 0.5))
    out = heard(SoundMix(both, files, Fraction(1)))
    assert 0.95 < out[RATE // 4] <= 1
    assert out[3 * RATE // 4] == pytest.approx(0.9, abs=1e-3)
    below = (piece(Origin.VOICE, 0, 0, 1), piece(Origin.SOURCE, 0, 0, 1, gain=0.2))
    assert heard(SoundMix(below, files, Fraction(1)))[RATE // 2] == pytest.approx(0.8, abs=2e-3)


def test_a_looped_sound_holds_few_files_open(tmp_path: Path) -> None:
    """Hundreds of pieces are read one after another."""
    path = level(tmp_path / "short.wav", 0.05, 0.5)
    pieces = tuple(piece(Origin.SOURCE, 0, n / 20, 0.05) for n in range(300))
    most = 0
    for block in mixed(
        SoundMix(pieces, {Origin.SOURCE: path}, Fraction(15)), rate=RATE, channels=1, block=1024
    ):
        most = max(most, len(os.listdir("/proc/self/fd")))
        assert block.shape[0] == 1
    assert most < len(os.listdir("/proc/self/fd")) + 10


@pytest.mark.parametrize(
    ("duration", "until", "is_whole"), [(1, 2, True), (0.4, 2, False), (1, 1, False)]
)
def test_only_a_whole_voice_is_taken_as_it_is(
    tmp_path: Path, duration: float, until: int, *, is_whole: bool
) -> None:
    """A dubbed part that begins at 0 is no whole voice, though it is the only sound."""
    path = level(tmp_path / "voice.wav", 1, 0.5)
    mix = SoundMix((piece(Origin.VOICE, 0, 0, duration),), {Origin.VOICE: path}, Fraction(until))
    assert (mix.whole_voice() == path) is is_whole


def test_a_result_holds_the_mix(tmp_path: Path) -> None:
    """Decoded again, the file has the voice's part, then silence, then the source's part."""
    files = {
        Origin.VOICE: level(tmp_path / "a.wav", 2, 0.5),
        Origin.SOURCE: level(tmp_path / "b.wav", 2, 0.25),
    }
    pieces = (piece(Origin.VOICE, 0.5, 0, 0.4), piece(Origin.SOURCE, 1, 0.6, 0.4))
    # A constant is what AAC keeps worst: it is told by its energy at the edges of a square wave of 500 Hz.
    for name, path in files.items():
        wave = np.where(np.arange(2 * RATE) // 48 % 2, 1, -1) * (0.5 if name == "voice" else 0.25)
        make_wav(path, wave.astype(np.float32), rate=RATE)
    out = tmp_path / "out.mp4"
    with VideoSink(
        out, sound=SoundMix(pieces, files, Fraction(1)), width=64, height=64, fps=Fraction(25)
    ) as sink:
        for number in range(25):
            sink.write_rgb(np.zeros((64, 64, 3), np.uint8), Fraction(number, 25))
        sink.close()
    samples = Sound(out).samples(rate=RATE)
    loud = [
        float(np.sqrt(np.mean(samples[round(a * RATE) : round(b * RATE)] ** 2)))
        for a, b in ((0.05, 0.35), (0.45, 0.55), (0.65, 0.95))
    ]
    assert loud[0] == pytest.approx(0.5, rel=0.1)
    assert loud[1] < 0.01
    assert loud[2] == pytest.approx(0.25, rel=0.1)
