"""What a file holds beside its picture's samples and its sound: kept where an MP4 can tell it, else named.

Kept: a short list of descriptive metadata, the picture's language, HDR10's static metadata. Everything else is
dropped and named by a warning code; where a clip was filmed, and with what, never reaches a result.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

import av
from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

#: Descriptive metadata that results carry on, under the same names.
KEPT_METADATA = ("title", "artist", "comment", "description", "copyright", "creation_time")
_MAX_TEXT = 2000
#: Of the file itself, not of what it shows: nobody misses these.
_TECHNICAL = frozenset(
    [
        "major_brand",
        "minor_version",
        "compatible_brands",
        "encoder",
        "encoded_by",
        "handler_name",
        "vendor_id",
        "language",
        "duration",
        "bps",
        "number_of_frames",
        "number_of_bytes",
        "alpha_mode",
        "timecode",
        "reel_name",
        "rotate",
        "software",
        "source_id",
        "stereo_mode",
        "variant_bitrate",
        "track",
    ]
)
_UNTOLD_LANGUAGES = frozenset({"und", "qaa", "```", ""})

#: Kinds of data beside a frame that a new encode doesn't carry -> how a result says so.
_LOST_SIDE_DATA = {
    Type.DOVI_RPU_BUFFER: "dynamic_hdr_dropped",
    Type.DOVI_METADATA: "dynamic_hdr_dropped",
    Type.DYNAMIC_HDR_PLUS: "dynamic_hdr_dropped",
    Type.DYNAMIC_HDR_VIVID: "dynamic_hdr_dropped",
    Type.SPHERICAL: "spatial_metadata_dropped",
    Type.STEREO3D: "spatial_metadata_dropped",
    Type.A53_CC: "subtitles_dropped",
}
#: FFmpeg's AVMasteringDisplayMetadata: ten rationals, then whether primaries and luminance are known.
_MASTERING = struct.Struct("=20i2i")
_CHROMATICITY_STEPS, _LUMINANCE_STEPS = 50_000, 10_000


@dataclass(frozen=True, slots=True)
class StaticHdr:
    """SMPTE ST 2086 and CTA-861.3: the display a picture was graded on, and how bright it gets.

    `display` is red, green, blue and white point as x, y in steps of 0.00002, then least and greatest luminance in
    steps of 0.0001 cd/m2; `light` is the brightest pixel and the brightest frame on average in cd/m2.
    """

    display: tuple[int, ...] | None
    light: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Extras:
    """Beside samples and sound: what a result carries on, and the codes of what it doesn't."""

    metadata: Mapping[str, str]
    language: str | None
    hdr: StaticHdr | None
    lost: tuple[str, ...]

    @classmethod
    def of(cls, opened: InputContainer, picture: VideoStream, first: av.VideoFrame) -> Self:
        """Read from an open file and the first decoded frame of its picture."""
        found = {key.lower(): text for key, text in opened.metadata.items()}
        language = picture.metadata.get("language", "")
        return cls(
            metadata={key: found[key][:_MAX_TEXT] for key in KEPT_METADATA if found.get(key)},
            language=None if language in _UNTOLD_LANGUAGES else language,
            hdr=_static_hdr(first),
            lost=tuple(
                dict.fromkeys((*_lost_of_file(opened, picture, found), *_lost_of_picture(first)))
            ),
        )


def _lost_of_file(
    opened: InputContainer, picture: VideoStream, metadata: Mapping[str, str]
) -> Iterator[str]:
    streams = opened.streams
    if len(streams.audio) > 1:
        yield "audio_tracks_dropped"
    if streams.subtitles:
        yield "subtitles_dropped"
    if opened.chapters():
        yield "chapters_dropped"
    if "timecode" in metadata or any("timecode" in stream.metadata for stream in streams):
        yield "timecode_dropped"
    if any(
        stream.index != picture.index and not stream.disposition & Disposition.attached_pic
        for stream in streams.video
    ) or len(streams.attachments) + len(_unknown(opened)):
        yield "other_tracks_dropped"
    told = {*metadata, *(key.lower() for key in picture.metadata)}
    if told - _TECHNICAL - frozenset(KEPT_METADATA):
        yield "metadata_dropped"


def _unknown(opened: InputContainer) -> list[Stream]:
    """Data tracks that are neither a timecode nor, where there are chapters, QuickTime's text of them."""
    tracks: list[Stream] = [
        stream for stream in opened.streams.data if "timecode" not in stream.metadata
    ]
    return tracks[1:] if opened.chapters() else tracks


def _lost_of_picture(first: av.VideoFrame) -> Iterator[str]:
    for data in first.side_data:
        if data.type in _LOST_SIDE_DATA:
            yield _LOST_SIDE_DATA[data.type]
    if first.interlaced_frame:
        yield "deinterlaced"
    if first.rotation % 90:
        yield "rotation_ignored"


def _static_hdr(first: av.VideoFrame) -> StaticHdr | None:
    display: tuple[int, ...] | None = None
    light: tuple[int, int] | None = None
    for data in first.side_data:
        if data.type is Type.MASTERING_DISPLAY_METADATA:
            *numbers, has_primaries, has_luminance = _MASTERING.unpack(
                bytes(data)[: _MASTERING.size]
            )
            if has_primaries and has_luminance and all(numbers[1::2]):
                steps = [_CHROMATICITY_STEPS] * 8 + [_LUMINANCE_STEPS] * 2
                display = tuple(
                    round(numbers[2 * n] * step / numbers[2 * n + 1])
                    for n, step in enumerate(steps)
                )
        elif data.type is Type.CONTENT_LIGHT_LEVEL:
            most, average = struct.unpack("=2I", bytes(data)[:8])
            light = (most, average)
    return StaticHdr(display, light) if display or light else None


def is_mirrored(frame: av.VideoFrame) -> bool:
    """Whether the display matrix turns the picture's back to the front, as some front cameras write it."""
    matrix = frame.side_data.get(Type.DISPLAYMATRIX)
    if matrix is None:
        return False
    a, b, _, c, d = struct.unpack("=5i", bytes(matrix)[:20])
    return bool(a * d - b * c < 0)
