"""Sound put together from pieces: voices, silence, and the source's own sound beside or below them."""

from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwire.render.media.sound import Sound
from lipwire.render.media.timeline import Origin, SoundPiece

_Samples = NDArray[np.float32]

#: Cuts within a sound would click: both sides of one fade over this long.
_FADE_S = Fraction(1, 200)
#: AAC's last frame may hold this much more than the sound.
_PADDING_S = Fraction(1, 20)
#: From this level on, sums of several pieces are bent down towards full scale.
_KNEE = 0.9


@dataclass(frozen=True, slots=True)
class SoundMix:
    """What is heard of which file, until `end_s`; pieces of a file that is not given are silent."""

    pieces: tuple[SoundPiece, ...]
    files: Mapping[Origin, Path]
    end_s: Fraction

    @property
    def heard(self) -> tuple[SoundPiece, ...]:
        """Pieces whose file is there."""
        return tuple(piece for piece in self.pieces if piece.origin in self.files)

    @property
    def channels(self) -> int:
        """1 where all files are mono, else 2."""
        used = {piece.origin for piece in self.heard}
        return max((Sound(self.files[origin]).channels() for origin in used), default=1)

    def whole_voice(self) -> Path | None:
        """The one file that is heard whole from the start and alone; None where sound has to be put together."""
        if len(self.heard) != 1:
            return None
        (piece,) = self.heard
        is_bare = piece.from_s == 0 and piece.at_s == 0 and piece.gain == 1
        path = self.files[piece.origin]
        if not is_bare or piece.duration_s >= self.end_s:
            return None
        # A piece may also end where a dubbed part does, long before its file.
        length = Sound(path).length_s()
        return path if length is not None and piece.duration_s > length - _PADDING_S else None


def mixed(mix: SoundMix, *, rate: int, channels: int, block: int) -> Iterator[_Samples]:
    """The mix as (channels, block) of -1..1, the last block shorter; no more than a block of each piece is held."""
    total = round(mix.end_s * rate)
    coming = deque(
        _Reader(piece, mix.files[piece.origin], rate, channels)
        for piece in sorted(mix.heard, key=lambda piece: piece.at_s)
    )
    active: list[_Reader] = []
    for begin in range(0, total, block):
        count = min(block, total - begin)
        out = np.zeros((channels, count), np.float32)
        while coming and coming[0].begin < begin + count:
            active.append(coming.popleft())
        for reader in active:
            reader.add_to(out, begin)
        yield _limited(out) if len(active) > 1 else out
        # Each holds an open file; a clip that is looped for long has many pieces.
        for reader in active:
            if reader.end <= begin + count:
                reader.close()
        active = [reader for reader in active if reader.end > begin + count]


class _Reader:
    """One piece, read forwards once."""

    def __init__(self, piece: SoundPiece, path: Path, rate: int, channels: int) -> None:
        self.begin = round(piece.at_s * rate)
        self.end = round((piece.at_s + piece.duration_s) * rate)
        self._skip = round(piece.from_s * rate)
        self._gain = np.float32(piece.gain)
        self._fade = round(_FADE_S * rate)
        self._chunks: Generator[_Samples, None, None] | None = None
        self._left = np.zeros((channels, 0), np.float32)
        self._path, self._rate, self._channels = path, rate, channels

    def close(self) -> None:
        """The file is closed."""
        if self._chunks is not None:
            self._chunks.close()

    def add_to(self, out: _Samples, begin: int) -> None:
        """Called with rising `begin`, block after block."""
        first, last = max(begin, self.begin), min(begin + out.shape[1], self.end)
        samples = self._take(last - first)
        at = np.arange(first, first + samples.shape[1])
        edge = np.ones(len(at), np.float32)
        if self._skip:
            edge = np.minimum(edge, (at - self.begin + 1) / self._fade)
        edge = np.minimum(edge, (self.end - at) / self._fade)
        out[:, first - begin : first - begin + samples.shape[1]] += samples * edge * self._gain

    def _take(self, count: int) -> _Samples:
        if self._chunks is None:
            self._chunks = Sound(self._path).chunks(rate=self._rate, channels=self._channels)
            skip = self._skip
            while skip:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self._left, skip = chunk[:, skip:], max(0, skip - chunk.shape[1])
        parts, have = [self._left], self._left.shape[1]
        while have < count and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            have += chunk.shape[1]
        whole = np.concatenate(parts, axis=1)
        self._left = whole[:, count:]
        return whole[:, :count]


def _limited(samples: _Samples) -> _Samples:
    over = np.maximum(np.abs(samples) - _KNEE, 0)
    bent = _KNEE + (1 - _KNEE) * np.tanh(over / (1 - _KNEE))
    return np.where(over > 0, np.sign(samples) * bent, samples).astype(np.float32)


def pieces_of(path: Path, length_s: Fraction) -> tuple[Sequence[SoundPiece], Mapping[Origin, Path]]:
    """A voice heard whole, from the start."""
    zero = Fraction(0)
    return (SoundPiece(Origin.VOICE, zero, zero, length_s),), {Origin.VOICE: path}
