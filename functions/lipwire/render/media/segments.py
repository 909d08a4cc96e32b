"""Voices laid out by segments: one sound that runs along with the source."""

import wave
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lipwire.domain.options import SpeechSegment
from lipwire.render.media.sound import Sound

RATE: Final = 48_000
#: Silence is written in pieces of this many samples.
_PIECE: Final = RATE


def lay_out(voices: Sequence[Path], segments: Sequence[SpeechSegment], path: Path) -> None:
    """The file holds each segment's piece of its voice at the segment's time, and silence elsewhere.

    16 bits at 48 kHz, stereo where one of the voices is. Segments are in order and don't overlap.
    """
    sounds = [Sound(voice) for voice in voices]
    channels = max(sound.channels() for sound in sounds)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(RATE)
        written = 0
        for segment in segments:
            begin, end = _samples(segment.start_ms), _samples(segment.end_ms)
            _silence(file, begin - written, channels)
            heard = 0
            for piece in _piece(sounds[segment.voice], segment, channels):
                file.writeframes(_packed(piece))
                heard += piece.shape[1]
            _silence(file, end - begin - heard, channels)
            written = end


def _piece(sound: Sound, segment: SpeechSegment, channels: int) -> Iterator[NDArray[np.float32]]:
    """The samples that the segment asks for, as far as the voice has them."""
    first = _samples(segment.from_ms)
    last = first + _samples(segment.end_ms) - _samples(segment.start_ms)
    if segment.until_ms is not None:
        last = min(last, _samples(segment.until_ms))
    clock, own = 0, sound.channels()
    for chunk in sound.chunks(rate=RATE, channels=own):
        if clock >= last:
            return
        wanted = chunk[:, max(0, first - clock) : max(0, last - clock)]
        clock += chunk.shape[1]
        if wanted.shape[1]:
            # A resampler would make a mono voice softer.
            yield np.repeat(wanted, channels // own, axis=0)


def _samples(ms: int) -> int:
    return ms * RATE // 1000


def _packed(samples: NDArray[np.float32]) -> bytes:
    scaled = np.round(np.clip(samples, -1, 1) * 32767)
    return scaled.T.astype("<i2").tobytes()


def _silence(file: wave.Wave_write, samples: int, channels: int) -> None:
    edges = [*range(0, samples, _PIECE), max(0, samples)]
    for start, end in pairwise(edges):
        file.writeframes(bytes(2 * channels * (end - start)))
