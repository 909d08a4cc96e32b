"""Looking into files: the right shape or the right refusal, from few bytes, with PyAV alone."""

import os
import subprocess
import sys
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

av = pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.domain.errors import (
    CorruptMediaError,
    MediaTooLargeError,
    TooLongError,
    UnsupportedMediaError,
)
from lipwire.domain.media import MediaInfo, MediaKind
from lipwire.render.media.limits import ProbeLimits
from lipwire.render.media.probe import probe, speech_is_silent
from tests.support.clips import MEDIA, ClipSpec, make_clip, make_wav, needs_media

RATE = 16_000


class CountedFile(BytesIO):
    """Counts what is read of it."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


def look(path: Path, limits: ProbeLimits | None = None) -> MediaInfo:
    with path.open("rb") as file:
        return probe(file, path.stat().st_size, limits=limits)


def test_video_is_described(tmp_path: Path) -> None:
    """Upright size, exact rate, length, codecs."""
    spec = ClipSpec(fps=Fraction(24000, 1001), rotation=90)
    info = look(make_clip(tmp_path / "clip", spec))
    assert info.kind is MediaKind.VIDEO
    assert (info.container, info.video_codec, info.audio_codec) == ("mp4", "h264", "aac")
    assert (info.width, info.height, info.rotation) == (128, 192, 270)
    assert (info.fps, info.frame_count) == (Fraction(24000, 1001), 20)
    assert abs(info.duration_ms - 834) < 25
    assert (info.has_audio, info.sample_rate, info.channels) == (True, 48_000, 1)


@pytest.mark.parametrize(("codec", "name"), [("png", "png"), ("mjpeg", "jpeg"), ("webp", "webp")])
def test_picture_is_described(tmp_path: Path, codec: str, name: str) -> None:
    """A still has a size and no time."""
    encoder = "libwebp" if codec == "webp" else codec
    if encoder not in av.codecs_available:
        pytest.skip(f"this PyAV has no {encoder}")
    context = av.CodecContext.create(encoder, "w")
    context.width, context.height = 40, 30
    context.pix_fmt = {"png": "rgb24", "mjpeg": "yuvj420p", "webp": "yuv420p"}[codec]
    context.time_base = Fraction(1, 25)
    frame = av.VideoFrame(40, 30, context.pix_fmt)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    path = tmp_path / "still"
    path.write_bytes(b"".join(bytes(p) for p in [*context.encode(frame), *context.encode(None)]))
    info = look(path)
    assert (info.kind, info.container, info.duration_ms) == (MediaKind.IMAGE, name, 0)
    assert (info.width, info.height, info.fps) == (40, 30, None)
    with pytest.raises(MediaTooLargeError, match="40x30"):
        look(path, ProbeLimits(max_pixels=1199))


def test_sound_is_described(tmp_path: Path) -> None:
    """A voice has a length and no picture."""
    info = look(make_wav(tmp_path / "voice", np.zeros(RATE)))
    assert (info.kind, info.container, info.duration_ms) == (MediaKind.AUDIO, "wav", 1000)
    assert (info.width, info.fps, info.sample_rate, info.channels) == (None, None, RATE, 1)


def test_file_without_a_length_is_read_through(tmp_path: Path) -> None:
    """Browsers record WebM that says nothing of its length: its packets do."""
    spec = ClipSpec("libvpx-vp9", container="webm", has_sound=False)
    path = make_clip(tmp_path / "clip", spec)
    data = path.read_bytes()
    # The Duration element's id, replaced by that of an unknown one of the same size.
    assert data.count(b"\x44\x89\x88") == 1
    path.write_bytes(data.replace(b"\x44\x89\x88", b"\x44\x00\x88"))
    assert abs(look(path).duration_ms - 800) <= 41


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        (ProbeLimits(max_duration_ms=500), TooLongError),
        (ProbeLimits(max_frames=3), TooLongError),
        (ProbeLimits(max_pixels=192 * 128 - 1), MediaTooLargeError),
        (ProbeLimits(max_size_bytes=1000), MediaTooLargeError),
        (ProbeLimits(max_fps=Fraction(24)), UnsupportedMediaError),
        (ProbeLimits(max_streams=1), UnsupportedMediaError),
    ],
    ids=["long", "frames", "pixels", "bytes", "fps", "streams"],
)
def test_limits_are_kept(tmp_path: Path, limits: ProbeLimits, error: type[Exception]) -> None:
    """Whatever is too much is refused with its own code."""
    path = make_clip(tmp_path / "clip", ClipSpec())
    with pytest.raises(error):
        look(path, limits)


def test_a_plan_allows_as_many_frames_as_its_longest_file_has_at_the_highest_rate() -> None:
    """A minute at 240 frames a second; never more than half an hour's."""
    minute = ProbeLimits.of_plan(max_duration_ms=60_000, max_pixels=1000)
    assert (minute.max_duration_ms, minute.max_pixels, minute.max_frames) == (60_000, 1000, 14_400)
    day = ProbeLimits.of_plan(max_duration_ms=24 * 3_600_000, max_pixels=1000)
    assert day.max_frames == ProbeLimits().max_frames


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    """A small file of a huge picture is never decoded."""
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return len(body).to_bytes(4, "big") + kind + body + crc.to_bytes(4, "big")

    side = 16_000
    header = side.to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    rows = zlib.compress(bytes(100 * (side * 3 + 1)))
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    code = (
        "import sys; sys.path.insert(0, 'functions')\n"
        "from lipwire.render.media.probe import probe\n"
        "from lipwire.domain.errors import MediaError\n"
        f"path = {str(path)!r}\n"
        "try: probe(open(path, 'rb'), 1000)\n"
        "except MediaError as error: print(error.code)\n"
        # Not ru_maxrss: Linux counts in it what the starting process held.
        "peak = next(l for l in open('/proc/self/status') if l.startswith('VmHWM'))\n"
        "print(int(peak.split()[1]) // 1024)\n"
    )
    code_name, mebibytes = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert code_name == "media_too_large"
    assert int(mebibytes) < 200


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", CorruptMediaError),
        (b"<html>" * 40, UnsupportedMediaError),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", UnsupportedMediaError),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", UnsupportedMediaError),
        (bytes(range(256)) * 20, UnsupportedMediaError),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", CorruptMediaError),
        (b"\x1a\x45\xdf\xa3" + bytes(100), CorruptMediaError),
        (b"OggS" + bytes(100), CorruptMediaError),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), CorruptMediaError),
        (b"\xff\xd8\xff\xe0" + bytes(50), CorruptMediaError),
        (b"ID3\x04" + bytes(100), CorruptMediaError),
    ],
)
def test_what_is_no_media_is_refused(content: bytes, error: type[Exception]) -> None:
    """Text, noise and hollow headers end in one of two codes, never in a stack trace."""
    with pytest.raises(error):
        probe(BytesIO(content), len(content))


def test_cut_off_file_is_known_by_its_index(tmp_path: Path) -> None:
    """An MP4 whose index came first and whose end is gone is refused without reading it through."""
    path = make_clip(tmp_path / "clip", ClipSpec(frames=100, has_sound=False))
    fast = tmp_path / "fast.mp4"
    with (
        av.open(str(path)) as was,
        av.open(str(fast), "w", format="mp4", options={"movflags": "+faststart"}) as out,
    ):
        stream = out.add_stream_from_template(was.streams.video[0])
        for packet in was.demux(was.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    look(fast)
    data = fast.read_bytes()
    with pytest.raises(CorruptMediaError):
        probe(BytesIO(data[: len(data) // 2]), len(data) // 2)


def test_little_is_read_of_a_large_file(tmp_path: Path) -> None:
    """Probing reads an index and a frame, not the file."""
    path = make_clip(tmp_path / "clip", ClipSpec(width=480, height=360, frames=40))
    file = CountedFile(path.read_bytes())
    probe(file, path.stat().st_size)
    assert file.taken < path.stat().st_size / 2


@pytest.mark.parametrize(
    ("make", "is_silent"),
    [
        (np.zeros, True),
        (lambda n: np.random.default_rng(1).normal(0, 0.001, n), True),
        (lambda n: np.where(np.arange(n) == n // 2, 1.0, 0.0), True),
        (lambda n: np.where(np.arange(n) > n - RATE // 2, 1, 0) * np.sin(np.arange(n) / 9), False),
        (lambda n: 0.02 * np.sin(np.arange(n) / 9), False),
    ],
    ids=["nothing", "hiss", "click", "late voice", "quiet voice"],
)
def test_silence_is_told_from_a_voice(tmp_path: Path, make: object, is_silent: bool) -> None:
    """Hiss below -50 dB and a single click are silence; a tenth of a second of sound is not."""
    path = make_wav(tmp_path / "voice", make(RATE * 5))  # type: ignore[operator]
    with path.open("rb") as file:
        assert speech_is_silent(file) is is_silent


def test_probe_needs_neither_numpy_nor_opencv() -> None:
    """The Lambda's layer has PyAV alone."""
    code = (
        "import sys; sys.path.insert(0, 'functions')\n"
        "sys.modules.update(dict.fromkeys(('numpy', 'cv2', 'scipy')))\n"
        "import lipwire.render.media.probe\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})


@needs_media
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("html.mp4", UnsupportedMediaError),
        ("zero.mp4", CorruptMediaError),
        ("truncated.mp4", CorruptMediaError),
        ("truncated_faststart.mp4", CorruptMediaError),
    ],
)
def test_broken_hostile_files_are_refused(name: str, error: type[Exception]) -> None:
    """Each with the code that says what to mend."""
    with pytest.raises(error):
        look(MEDIA / "hostile" / name)


@needs_media
def test_other_hostile_files_are_described() -> None:
    """What is odd but whole is accepted, and said to be what it is."""
    folder = MEDIA / "hostile"
    phone = look(folder / "rotated_phone.mp4")
    assert (phone.width, phone.height, phone.rotation) == (720, 1280, 270)
    assert look(folder / "vfr.mp4").fps == Fraction(91, 4)
    assert look(folder / "fps23976.mp4").fps == Fraction(24000, 1001)
    assert look(folder / "audio_only.mp4").kind is MediaKind.AUDIO
    assert look(folder / "hevc10_hlg.mp4").pix_fmt == "yuv420p10le"
    assert look(folder / "fullrange.mp4").pix_fmt == "yuvj420p"
    assert not look(folder / "no_audio_stream.mp4").has_audio
    with (folder / "silent_track.mp4").open("rb") as file:
        assert speech_is_silent(file)
    with (folder / "vfr.mp4").open("rb") as file:
        assert not speech_is_silent(file)
