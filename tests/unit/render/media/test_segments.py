"""Voices laid out by segments."""

import wave
from pathlib import Path

import numpy as np
import pytest

from lipwire.domain.options import SpeechSegment
from lipwire.render.media.segments import RATE, lay_out


def tone(path: Path, level: float, seconds: float, *, channels: int = 1) -> Path:
    """A steady value at 48 kHz, so that what is heard tells whose it is; the first half second is half as loud."""
    samples = np.full(int(seconds * RATE), level)
    samples[: RATE // 2] /= 2
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.repeat(np.round(samples * 32767), channels).astype("<i2").tobytes())
    return path


def laid_out(tmp_path: Path, *segments: dict[str, int], channels: int = 1) -> np.ndarray:
    """The sound, as (channels, samples) of -1..1, from a voice of 0.2 and another of 0.6, two seconds each."""
    voices = [
        tone(tmp_path / "a.wav", 0.2, 2),
        tone(tmp_path / "b.wav", 0.6, 2, channels=channels),
    ]
    path = tmp_path / "out.wav"
    lay_out(voices, [SpeechSegment.model_validate(one) for one in segments], path)
    with wave.open(str(path), "rb") as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return raw.reshape(-1, file.getnchannels()).T / 32767


def test_each_segment_has_its_piece_of_its_voice(tmp_path: Path) -> None:
    """At its time, from the sample asked for; silence before, between, and where the voice has no more."""
    heard = laid_out(
        tmp_path,
        {"start_ms": 250, "end_ms": 500},
        {"start_ms": 500, "end_ms": 1000, "voice": 1, "from_ms": 250},
        {"start_ms": 1100, "end_ms": 2100, "from_ms": 1500},
        {"start_ms": 2100, "end_ms": 2600, "voice": 1, "from_ms": 1000, "until_ms": 1250},
    )
    assert heard.shape == (1, int(2.6 * RATE))

    def levels(start_ms: int, end_ms: int) -> list[float]:
        return sorted({round(v, 2) for v in heard[0, start_ms * 48 : end_ms * 48].tolist()})

    assert levels(0, 250) == [0.0]
    assert levels(250, 500) == [0.1]
    assert levels(500, 750) == [0.3]
    assert levels(750, 1000) == [0.6]
    assert levels(1000, 1100) == [0.0]
    assert levels(1100, 1600) == [0.2]
    assert levels(1600, 2100) == [0.0]
    assert levels(2100, 2350) == [0.6]
    assert levels(2350, 2600) == [0.0]


@pytest.mark.parametrize("channels", [1, 2])
def test_it_is_stereo_where_one_of_the_voices_is(tmp_path: Path, channels: int) -> None:
    """A mono one is heard on both sides."""
    heard = laid_out(tmp_path, {"start_ms": 0, "end_ms": 100}, channels=channels)
    assert heard.shape == (channels, RATE // 10)
    assert np.allclose(heard, 0.1, atol=0.01)
