"""Which files are opened, and how: by their first bytes and an allow-list, never by their name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from io import RawIOBase
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lipwire.domain.errors import CorruptMediaError, MediaTooLargeError, UnsupportedMediaError
from lipwire.render.media.strangers import describe

#: Enough for every signature below, MPEG-TS's third sync byte included.
SNIFFED_BYTES = 4096
#: What one picture may hold before a decoder refuses it, unless the caller allows less.
MAX_PIXELS = 8192 * 4320

_DECODERS = (
    "h264,hevc,vp8,vp9,libvpx-vp9,av1,libdav1d,mpeg4,mpeg2video,mpeg1video,h263,theora,mjpeg,prores,dnxhd,"
    "png,webp,"
    "aac,aac_latm,mp3,mp3float,mp2,mp2float,opus,libopus,vorbis,flac,alac,ac3,eac3,amrnb,amrwb,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_u8,pcm_s8,pcm_f32le,pcm_f32be,"
    "pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,adpcm_ima_wav,adpcm_ms,adpcm_ima_qt"
)
_ALLOWED = frozenset(_DECODERS.split(","))


@dataclass(frozen=True, slots=True)
class Container:
    """A file format we read: our name for it and the one demuxer that gets to see it."""

    name: str
    demuxer: str
    is_picture: bool = False


_MOV = Container("mp4", "mov")
_MATROSKA = Container("matroska", "matroska")
_AVI = Container("avi", "avi")
_MPEGTS = Container("mpegts", "mpegts")
_WAV = Container("wav", "wav")
_AIFF = Container("aiff", "aiff")
_OGG = Container("ogg", "ogg")
_FLAC = Container("flac", "flac")
_MP3 = Container("mp3", "mp3")
_AAC = Container("aac", "aac")
_PNG = Container("png", "png_pipe", is_picture=True)
_JPEG = Container("jpeg", "jpeg_pipe", is_picture=True)
_WEBP = Container("webp", "webp_pipe", is_picture=True)

_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
#: Still pictures in an MP4 coat: tiled and layered in ways our decoders don't put together.
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_TS_PACKET = 188


_RIFF_KINDS = {b"WAVE": _WAV, b"AVI ": _AVI, b"WEBP": _WEBP}
_SIGNATURES = (
    (b"\x1a\x45\xdf\xa3", _MATROSKA),
    (b"OggS", _OGG),
    (b"fLaC", _FLAC),
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"\xff\xd8\xff", _JPEG),
    (b"ID3", _MP3),
)


def sniff(head: bytes) -> Container | None:
    """The format that the first bytes of a file are signed with, or None for none of ours."""
    if head[4:8] in _MOV_BOXES:
        return None if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS else _MOV
    if head.startswith((b"RIFF", b"RF64")):
        return _RIFF_KINDS.get(head[8:12])
    if head.startswith(b"FORM"):
        return _AIFF if head[8:12] in (b"AIFF", b"AIFC") else None
    for signature, container in _SIGNATURES:
        if head.startswith(signature):
            return container
    if len(head) > 2 * _TS_PACKET and all(head[n * _TS_PACKET] == 0x47 for n in range(3)):
        return _MPEGTS
    return _sniff_raw_audio(head)


def _sniff_raw_audio(head: bytes) -> Container | None:
    """MPEG audio without a container: eleven sync bits, then layer 0 for AAC, another for MP3."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = (head[1] >> 1) & 3
    if layer == 0:
        return _AAC if head[1] & 0xF6 == 0xF0 else None
    has_version, has_rate = head[1] & 0x18 != 0x08, head[2] & 0x0C != 0x0C
    return _MP3 if has_version and has_rate and head[2] & 0xF0 != 0xF0 else None


@contextmanager
def open_media(
    file: BinaryIO | RawIOBase, *, max_pixels: int = MAX_PIXELS, is_decoded: bool = True
) -> Iterator[tuple[InputContainer, Container]]:
    """The demuxed file; closed at the end, while `file` stays the caller's.

    The demuxer is chosen here and FFmpeg probes nothing, so a playlist dressed as an MP4 is never read as one; what a
    file of ours points to outside itself is not opened either. Unless `is_decoded`, no decoder is asked, and sizes are what
    headers say.

    Raises:
        UnsupportedMediaError: none of our formats.
        CorruptMediaError: one of our formats, but empty or broken.
        MediaTooLargeError: it asks for more memory than there is.
    """
    file.seek(0)
    head = file.read(SNIFFED_BYTES)
    file.seek(0)
    if not head:
        raise CorruptMediaError("The file is empty.")
    container = sniff(head)
    if container is None:
        words = describe(head)
        raise UnsupportedMediaError(f"The file is {words}." if words else None)
    options = {
        "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,wav,aiff,ogg,flac,mp3,aac,"
        "png_pipe,jpeg_pipe,webp_pipe",
        "codec_whitelist": _DECODERS if is_decoded else "none",
        "max_pixels": str(max_pixels),
    }
    with _as_media_errors():
        opened = av.open(
            file,
            mode="r",
            format=container.demuxer,
            options=options,
            io_open=_open_nothing,
            metadata_errors="replace",
        )
    with opened, _as_media_errors():
        yield opened, container


def _open_nothing(_url: str, _flags: int, _options: object) -> BinaryIO:
    raise UnsupportedMediaError("The file names other files; send one that holds all of its media.")


@contextmanager
def _as_media_errors() -> Iterator[None]:
    try:
        yield
    except (MemoryError, av.error.MemoryError) as exc:
        raise MediaTooLargeError("Reading the file takes more memory than is allowed.") from exc
    except FFmpegError as exc:
        raise CorruptMediaError from exc


def picture_stream(opened: InputContainer) -> VideoStream | None:
    """The first stream of pictures that we decode; cover art of a song is none."""
    for stream in opened.streams.video:
        if _is_read(stream) and not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def sound_stream(opened: InputContainer) -> AudioStream | None:
    """The first stream of sound that we decode."""
    for stream in opened.streams.audio:
        if _is_read(stream) and stream.codec_context.sample_rate:
            return stream
    return None


def _is_read(stream: Stream) -> bool:
    # FFmpeg asks its own allow-list while it opens a file; decoders opened later don't.
    return stream.codec_context is not None and stream.codec_context.codec.name in _ALLOWED


def clockwise(picture: VideoFrame) -> int:
    """By how many degrees a decoded picture is turned to stand upright: 0, 90, 180 or 270.

    PyAV tells the other direction, as FFmpeg's `av_display_rotation_get` does: a phone held upright writes -90. Angles
    between are ignored.
    """
    return -picture.rotation % 360 if picture.rotation % 90 == 0 else 0


def stream_origin(opened: InputContainer) -> Fraction:
    """When the earliest stream starts: the zero of every time we speak of, exactly."""
    starts = [
        stream.start_time * stream.time_base
        for stream in (*opened.streams.video, *opened.streams.audio)
        if stream.start_time is not None and stream.time_base is not None
    ]
    return min(starts, default=Fraction(0))


def limit_decoder(stream: VideoStream, *, max_pixels: int = MAX_PIXELS) -> None:
    """The stream's decoder refuses larger pictures, whatever the headers said."""
    stream.codec_context.options = {"max_pixels": str(max_pixels)}
