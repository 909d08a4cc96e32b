"""What a file may make us read and keep before one of its pictures is looked at."""

import io
import zlib
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import BinaryIO, Final

from lipwire.domain.errors import MediaTooLargeError

_PNG_START: Final = 8
_MAX_CHUNKS: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeLimits:
    """The most of each that is accepted; everything larger is refused before it is decoded.

    Length, frames and pixels are the plan's; the rest are the same for all: far above what cameras and editors write.
    """

    max_duration_ms: int = 30 * 60 * 1000
    max_pixels: int = 4096 * 2304
    max_size_bytes: int = 20 * 1024**3
    max_fps: Fraction = Fraction(240)
    max_streams: int = 16
    #: 30 minutes at 240 frames a second.
    max_frames: int = 432_000
    max_chapters: int = 1000
    #: Titles and other texts, all streams together.
    max_metadata_bytes: int = 2**20
    #: Fonts and pictures that travel along, together.
    max_attachment_bytes: int = 16 * 2**20
    #: What may be read to learn what a file holds: its index, its tags, its attachments.
    max_opening_bytes: int = 32 * 2**20
    #: What may be read to hear whether anybody speaks.
    max_listening_bytes: int = 256 * 2**20

    @classmethod
    def of_plan(cls, *, max_duration_ms: int, max_pixels: int) -> "ProbeLimits":
        """A plan's: no more frames than its longest file has at the highest rate, whatever a header says."""
        limits = cls(max_duration_ms=max_duration_ms, max_pixels=max_pixels)
        frames = int(max_duration_ms * limits.max_fps / 1000)
        return replace(limits, max_frames=min(frames, limits.max_frames))


class AllowanceSpentError(Exception):
    """More was read than was allowed."""


class MeteredFile(io.RawIOBase):
    """A file of which only so many bytes may be read until the allowance is renewed; seeking is free."""

    def __init__(self, file: BinaryIO, allowance: int | None = None) -> None:
        super().__init__()
        self._file = file
        self.allowance = allowance

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """Where the next read starts."""
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the next read."""
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes.

        Raises:
            AllowanceSpentError: they are more than may still be read.
        """
        if self.allowance is None:
            return self._file.read(size)
        # One more than allowed is enough to know; a demuxer may ask for hundreds of megabytes at once.
        most = self.allowance + 1
        data = self._file.read(most if size < 0 else min(size, most))
        self.allowance -= len(data)
        if self.allowance < 0:
            raise AllowanceSpentError
        return data


def refuse_swollen_text(file: BinaryIO, limits: ProbeLimits) -> None:
    """Nothing, for a PNG whose packed texts and color profile stay small when unpacked.

    FFmpeg unpacks them whole, before it has seen a pixel (PNG specification, 11.3.3).

    Raises:
        MediaTooLargeError: they don't.
    """
    left = limits.max_attachment_bytes
    file.seek(_PNG_START)
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            return
        length = int.from_bytes(head[:4], "big")
        if head[4:] not in (b"zTXt", b"iTXt", b"iCCP"):
            file.seek(length + 4, io.SEEK_CUR)
            continue
        if length > left:
            left = -1
        else:
            body = file.read(length)
            file.seek(4, io.SEEK_CUR)
            left -= max(length, _unpacked_size(head[4:], body, left + 1))
        if left < 0:
            raise MediaTooLargeError(
                "The picture's texts and color profile take more than "
                f"{limits.max_attachment_bytes} bytes."
            )


def _unpacked_size(kind: bytes, body: bytes, most: int) -> int:
    """How long the text or profile of a chunk is, counted up to `most`."""
    _, _, rest = body.partition(b"\0")
    packed = rest[1:]
    if kind == b"iTXt":
        if rest[:1] != b"\1":
            return len(body)
        packed = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    try:
        return len(zlib.decompressobj().decompress(packed, most))
    except zlib.error:
        return len(body)
