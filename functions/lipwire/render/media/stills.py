"""How large a still picture says it is, read without a decoder: a bomb is known before it is touched."""

from typing import BinaryIO

#: Metadata in front of a JPEG's size: colour profiles, previews.
_MAX_SEGMENTS = 256
#: Start-of-frame markers; the three left out between them mean tables.
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})


def stated_size(file: BinaryIO, container: str) -> tuple[int, int] | None:
    """Width and height from the header of a `png`, `jpeg` or `webp`; None where it has none."""
    file.seek(0)
    head = file.read(30)
    if container == "png" and head[12:16] == b"IHDR":
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if container == "webp" and len(head) == 30:
        return _webp_size(head)
    if container == "jpeg":
        return _jpeg_size(file)
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return (
            int.from_bytes(head[24:27], "little") + 1,
            int.from_bytes(head[27:30], "little") + 1,
        )
    if kind == b"VP8 ":
        sides = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
        return sides[0] & 0x3FFF, sides[1] & 0x3FFF
    if kind == b"VP8L":
        packed = int.from_bytes(head[21:25], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    return None


def _jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    file.seek(2)
    for _ in range(_MAX_SEGMENTS):
        head = file.read(2)
        if len(head) < 2 or head[0] != 0xFF:
            return None
        if head[1] in _BARE_MARKERS:
            continue
        length = int.from_bytes(file.read(2), "big")
        if head[1] in _FRAME_MARKERS:
            body = file.read(5)
            return int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
        file.seek(max(0, length - 2), 1)
    return None
