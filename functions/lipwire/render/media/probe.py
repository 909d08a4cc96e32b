"""What is in a file, found by reading a little of it; needs PyAV and nothing else, so that it fits a Lambda."""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from operator import mul
from typing import BinaryIO

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import AttachmentStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lipwire.domain.errors import (
    CorruptMediaError,
    MediaTooLargeError,
    TooLongError,
    UnsupportedMediaError,
)
from lipwire.domain.media import MediaInfo, MediaKind
from lipwire.render.media.formats import (
    SNIFFED_BYTES,
    Container,
    clockwise,
    limit_decoder,
    open_media,
    picture_stream,
    sniff,
    sound_stream,
    stream_origin,
)
from lipwire.render.media.limits import (
    AllowanceSpentError,
    MeteredFile,
    ProbeLimits,
    refuse_swollen_text,
)
from lipwire.render.media.stills import stated_size

#: Files that don't say how long they are (recorded in a browser) are read through, up to this size.
_MAX_SCANNED_BYTES = 512 * 2**20
#: Entries at an index's end that are checked against the file's real size.
_CHECKED_ENTRIES = 64
_FIRST_PICTURE_PACKETS = 64

#: -50 dB below full scale, as 16-bit power.
_SILENT_POWER = 32768**2 * 10**-5
_LISTEN_RATE = 16_000
_LISTEN_WINDOW = 400
#: A tenth of a second of sound, in windows; a click is no voice.
_AUDIBLE_WINDOWS = 4
_MAX_BAD_PACKETS = 50


def probe(file: BinaryIO, size_bytes: int, *, limits: ProbeLimits | None = None) -> MediaInfo:
    """What the file holds: one frame of it decoded, its end checked against its size.

    Raises:
        UnsupportedMediaError: not media we read, or nothing in it that we use.
        CorruptMediaError: empty, damaged or cut off.
        TooLongError: it plays longer than the limit.
        MediaTooLargeError: its bytes or its pictures are larger than the limit.
    """
    limits = limits or ProbeLimits()
    if size_bytes > limits.max_size_bytes:
        raise MediaTooLargeError(size_bytes=size_bytes, limit=limits.max_size_bytes)
    _refuse_large_still(file, limits)
    # The decoder's own limit is the renderer's: a picture between the two is refused here, by its true size.
    metered = MeteredFile(file, limits.max_opening_bytes)
    with _allowance(limits.max_opening_bytes), open_media(metered) as (opened, container):
        metered.allowance = None
        _refuse_crowded(opened, limits)
        picture, sound = picture_stream(opened), sound_stream(opened)
        if picture is None and sound is None:
            raise UnsupportedMediaError(_unread(opened))
        _refuse_cut_off(opened, size_bytes)
        duration_ms = 0 if container.is_picture else _duration_ms(opened, size_bytes, limits)
        info = MediaInfo(
            kind=_kind(container, picture),
            container=container.name,
            size_bytes=size_bytes,
            duration_ms=duration_ms,
            streams=len(opened.streams),
            has_audio=sound is not None,
            audio_codec=sound.codec_context.codec.canonical_name if sound else None,
            sample_rate=sound.codec_context.sample_rate if sound else None,
            channels=sound.codec_context.channels if sound else None,
        )
        if picture is None:
            return info
        if not picture.codec_context.width:
            _refuse_undecoded(file, limits)
        return _with_picture(info, opened, picture, limits)


@contextmanager
def _allowance(most: int) -> Iterator[None]:
    try:
        yield
    except AllowanceSpentError as exc:
        raise MediaTooLargeError(
            f"The file's index, tags and attachments take more than {most} bytes."
        ) from exc


def _refuse_crowded(opened: InputContainer, limits: ProbeLimits) -> None:
    """Nothing, for a file of few streams, chapters, texts and attachments."""
    if len(opened.streams) > limits.max_streams:
        raise UnsupportedMediaError(
            f"The file holds {len(opened.streams)} streams; {limits.max_streams} are allowed."
        )
    chapters = opened.chapters()
    if len(chapters) > limits.max_chapters:
        raise UnsupportedMediaError(
            f"The file holds {len(chapters)} chapters; {limits.max_chapters} are allowed."
        )
    tags = [opened.metadata, *(stream.metadata for stream in opened.streams)]
    tags += [chapter["metadata"] for chapter in chapters]
    texts = sum(len(name) + len(text) for tag in tags for name, text in tag.items())
    if texts > limits.max_metadata_bytes:
        raise MediaTooLargeError(
            f"The file's tags take {texts} bytes; {limits.max_metadata_bytes} are allowed."
        )
    attached = sum(
        len(stream.data or b"") for stream in opened.streams if isinstance(stream, AttachmentStream)
    )
    if attached > limits.max_attachment_bytes:
        raise MediaTooLargeError(
            f"The file's attachments take {attached} bytes; {limits.max_attachment_bytes} are allowed."
        )


def _unread(opened: InputContainer) -> str:
    """Which codecs there are, where none of them is ours."""
    names = sorted(
        {
            stream.codec_context.name
            for stream in (*opened.streams.video, *opened.streams.audio)
            if stream.codec_context is not None
        }
    )
    if not names:
        return "The file holds neither picture nor sound."
    return f"The file's media are coded as {', '.join(names)}, which is not read here."


def _refuse_large_still(file: BinaryIO, limits: ProbeLimits) -> None:
    file.seek(0)
    container = sniff(file.read(SNIFFED_BYTES))
    if container is None or not container.is_picture:
        return
    if container.name == "png":
        refuse_swollen_text(file, limits)
    size = stated_size(file, container.name)
    if size is not None:
        _refuse_large(*size, limits=limits)


def _refuse_undecoded(file: BinaryIO, limits: ProbeLimits) -> None:
    """Nothing, for pictures that the decoder refused for another reason than their stated size."""
    metered = MeteredFile(file, limits.max_opening_bytes)
    with open_media(metered, is_decoded=False) as (opened, _):
        stream = picture_stream(opened)
        if stream is not None:
            _refuse_large(stream.codec_context.width, stream.codec_context.height, limits=limits)


def _refuse_large(width: int, height: int, *, limits: ProbeLimits) -> None:
    if width * height > limits.max_pixels:
        raise MediaTooLargeError(
            f"The picture is {width}x{height}; {limits.max_pixels} pixels are allowed.",
            width=width,
            height=height,
        )


def speech_is_silent(file: BinaryIO, *, limits: ProbeLimits | None = None) -> bool | None:
    """True when a tenth of a second above -50 dB is nowhere to be heard; reads no further than it has to.

    None where nobody was heard in as much as may be read for it.
    """
    try:
        return _is_silent(MeteredFile(file, (limits or ProbeLimits()).max_listening_bytes))
    except AllowanceSpentError:
        return None


def _is_silent(file: MeteredFile) -> bool:
    with open_media(file) as (opened, _):
        sound = sound_stream(opened)
        if sound is None:
            return True
        sound.codec_context.thread_count = 1
        audible = 0
        for window in _windows(opened, sound):
            if _is_audible(window):
                audible += 1
                if audible == _AUDIBLE_WINDOWS:
                    return False
        return True


def _kind(container: Container, picture: VideoStream | None) -> MediaKind:
    if picture is None:
        return MediaKind.AUDIO
    return MediaKind.IMAGE if container.is_picture else MediaKind.VIDEO


def _with_picture(
    info: MediaInfo, opened: InputContainer, picture: VideoStream, limits: ProbeLimits
) -> MediaInfo:
    context = picture.codec_context
    _refuse_large(context.width, context.height, limits=limits)
    fps = picture.average_rate or picture.guessed_rate
    is_moving = info.kind is MediaKind.VIDEO
    if is_moving and fps is not None and fps > limits.max_fps:
        raise UnsupportedMediaError(f"The file plays {fps} frames a second.")
    frames = max(picture.frames, len(picture.index_entries))
    if is_moving and frames > limits.max_frames:
        raise TooLongError(f"The file holds {frames} frames; {limits.max_frames} are allowed.")
    limit_decoder(picture, max_pixels=limits.max_pixels)
    picture.codec_context.thread_count = 1
    first = _first_picture(opened, picture)
    rotation = clockwise(first)
    sideways = rotation in (90, 270)
    return MediaInfo(
        **{
            **{name: getattr(info, name) for name in MediaInfo.__slots__},
            "width": first.height if sideways else first.width,
            "height": first.width if sideways else first.height,
            "rotation": rotation,
            "fps": fps if is_moving else None,
            "frame_count": (picture.frames or None) if is_moving else None,
            "video_codec": context.codec.canonical_name,
            "pix_fmt": first.format.name,
        }
    )


def _first_picture(opened: InputContainer, stream: VideoStream) -> VideoFrame:
    failure: FFmpegError | None = None
    packets = opened.demux(stream)
    for _ in range(_FIRST_PICTURE_PACKETS):
        try:
            packet = next(packets, None)
            if packet is None:
                break
            for picture in packet.decode():
                return picture
        except FFmpegError as exc:
            failure = exc
            packets = opened.demux(stream)
    raise CorruptMediaError("Not one frame can be decoded.") from failure


def _refuse_cut_off(opened: InputContainer, size_bytes: int) -> None:
    """An index that points behind the file's end belongs to a longer file."""
    for stream in opened.streams:
        entries = stream.index_entries
        for number in range(max(0, len(entries) - _CHECKED_ENTRIES), len(entries)):
            entry = entries[number]
            if entry.pos + entry.size > size_bytes:
                raise CorruptMediaError("The file is cut off: its index points behind its end.")


def _duration_ms(opened: InputContainer, size_bytes: int, limits: ProbeLimits) -> int:
    """Of the longest stream, in milliseconds, rounded up."""
    lengths = [
        stream.duration * stream.time_base
        for stream in (*opened.streams.video, *opened.streams.audio)
        if stream.duration is not None and stream.time_base is not None
    ]
    if lengths:
        seconds = max(lengths)
    elif opened.duration is not None:
        seconds = Fraction(opened.duration, av.time_base)
    elif size_bytes > _MAX_SCANNED_BYTES:
        raise UnsupportedMediaError("The file does not say how long it is.")
    else:
        seconds = _scanned_length(opened, limits)
    milliseconds = -int(-seconds * 1000 // 1)
    if milliseconds <= 0:
        raise CorruptMediaError("The file plays for no time at all.")
    # A header may say less than its own index holds: the longer of the two is judged.
    longest = max(milliseconds, int(_indexed_length(opened) * 1000))
    if longest > limits.max_duration_ms:
        raise TooLongError(f"The file plays {longest} ms; {limits.max_duration_ms} ms are allowed.")
    return milliseconds


def _indexed_length(opened: InputContainer) -> Fraction:
    """From the first to the last entry of the longest index, in seconds."""
    lengths = [Fraction(0)]
    for stream in (*opened.streams.video, *opened.streams.audio):
        entries = stream.index_entries
        if len(entries) > 1 and stream.time_base is not None:
            ticks = entries[len(entries) - 1].timestamp - entries[0].timestamp
            lengths.append(ticks * stream.time_base)
    return max(lengths)


def _scanned_length(opened: InputContainer, limits: ProbeLimits) -> Fraction:
    origin, latest = stream_origin(opened), Fraction(0)
    for packet in opened.demux():
        if packet.pts is None or packet.stream.type not in ("video", "audio"):
            continue
        end = (packet.pts + (packet.duration or 0)) * packet.time_base - origin
        latest = max(latest, end)
        if latest * 1000 > limits.max_duration_ms:
            break
    opened.seek(0)
    return latest


def _windows(opened: InputContainer, sound: AudioStream) -> Iterator["array[int]"]:
    """25 ms of 16-bit mono samples at a time."""
    resampler, shape = AudioResampler("s16", "mono", _LISTEN_RATE), None
    bad = 0
    left = array("h")
    packets = opened.demux(sound)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except FFmpegError as exc:
            bad += 1
            if bad > _MAX_BAD_PACKETS:
                raise CorruptMediaError from exc
            packets = opened.demux(sound)
            continue
        for frame in frames:
            found = (frame.sample_rate, frame.layout.name, frame.format.name)
            if shape not in (None, found):
                resampler = AudioResampler("s16", "mono", _LISTEN_RATE)
            shape = found
            frame.pts = None
            for resampled in resampler.resample(frame):
                left.frombytes(bytes(resampled.planes[0])[: resampled.samples * 2])
            whole = len(left) // _LISTEN_WINDOW * _LISTEN_WINDOW
            for start in range(0, whole, _LISTEN_WINDOW):
                yield left[start : start + _LISTEN_WINDOW]
            left = left[whole:]


def _is_audible(window: "array[int]") -> bool:
    # The peak is found in C and settles most windows of a quiet file.
    loudest, lowest = max(window), min(window)
    peak = max(loudest, -lowest)
    if peak * peak <= _SILENT_POWER:
        return False
    return sum(map(mul, window, window)) > _SILENT_POWER * len(window)
