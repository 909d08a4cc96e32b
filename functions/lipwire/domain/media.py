"""What a media file holds."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class MediaKind(StrEnum):
    """What a file is for us: moving pictures, one picture, or sound alone."""

    VIDEO = "video"
    IMAGE = "image"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaInfo:
    """One file, as found by opening it; times are integers, rates are exact fractions."""

    kind: MediaKind
    #: `mp4`, `matroska`, `wav`, `png`, …: what the bytes say, whatever the file's name claims.
    container: str
    size_bytes: int
    #: Of the longest stream; 0 for an image.
    duration_ms: int
    streams: int
    #: Upright, after `rotation` was applied.
    width: int | None = None
    height: int | None = None
    #: Degrees clockwise by which stored pictures were turned to stand upright: 0, 90, 180 or 270.
    rotation: int = 0
    #: Average frames per second; an image has none.
    fps: Fraction | None = None
    frame_count: int | None = None
    video_codec: str | None = None
    pix_fmt: str | None = None
    has_audio: bool = False
    audio_codec: str | None = None
    sample_rate: int | None = None
    channels: int | None = None
