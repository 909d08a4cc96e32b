"""Reading clips: sizes, colours and times as they truly are; to and fro in bounded memory; disguises refused."""

import gc
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

av = pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.domain.errors import CorruptMediaError, UnsupportedMediaError
from lipwire.render.media.frame import VideoFrame
from lipwire.render.media.source import VideoSource
from tests.support.clips import MEDIA, ClipSpec, make_clip, needs_media, number_of, picture, psnr

VFR_TIMES = [0, 400, 800, 2000, 2400, 3600, 4000, 4400, 6000, 6400]


def test_frames_come_in_order_with_their_own_times(tmp_path: Path) -> None:
    """A variable rate is read as it is: each frame at its own time, lasting until the next."""
    spec = ClipSpec(frames=10, times=VFR_TIMES, time_base=Fraction(1, 10_000))
    with VideoSource(make_clip(tmp_path / "vfr.mp4", spec)) as source:
        frames = list(source.frames())
        assert [number_of(frame.to_rgb()) for frame in frames] == list(range(10))
        assert [frame.time_s for frame in frames] == [Fraction(t, 10_000) for t in VFR_TIMES]
        assert all(one.time_s + one.duration_s == two.time_s for one, two in pairwise(frames))
        starts, durations = source.times()
        assert starts == tuple(frame.time_s for frame in frames)
        assert durations == tuple(frame.duration_s for frame in frames)


@pytest.mark.parametrize(
    ("spec", "pix_fmt", "depth", "codec"),
    [
        (ClipSpec(), "yuv420p", 8, "h264"),
        (ClipSpec(pix_fmt="yuvj420p", colour=(2, 1, 1, 1)), "yuvj420p", 8, "h264"),
        (ClipSpec(encoder="libx264", pix_fmt="yuv422p10le"), "yuv422p10le", 10, "h264"),
        (
            ClipSpec("libx265", "yuv420p10le", colour=(1, 9, 18, 9)),
            "yuv420p10le",
            10,
            "hevc",
        ),
        (
            ClipSpec("libvpx-vp9", width=191, height=127, container="webm", has_sound=False),
            "yuv420p",
            8,
            "vp9",
        ),
    ],
)
def test_info_says_what_decoded_frames_say(
    tmp_path: Path, spec: ClipSpec, pix_fmt: str, depth: int, codec: str
) -> None:
    """Size, format, depth and colour codes are those of the pictures, in every codec."""
    with VideoSource(make_clip(tmp_path / "clip", spec)) as source:
        info = source.info
        assert (info.width, info.height) == (spec.width, spec.height)
        assert (info.pix_fmt, info.bit_depth, info.codec) == (pix_fmt, depth, codec)
        found = (
            info.colour.range,
            info.colour.primaries,
            info.colour.transfer,
            info.colour.matrix,
        )
        assert found == spec.colour
        first = next(iter(source.frames()))
        assert psnr(first.to_rgb(), picture(spec, 0)) > 30


def test_rgb_coded_video_is_worked_on_in_ycbcr(tmp_path: Path) -> None:
    """Screen recordings in R'G'B' show their own colours, and are tagged as what they become."""
    spec = ClipSpec("libx264rgb", "rgb24", frames=2, colour=(2, 1, 1, 0), has_sound=False)
    with VideoSource(make_clip(tmp_path / "clip.mp4", spec)) as source:
        info = source.info
        assert (info.pix_fmt, info.working_pix_fmt) == ("gbrp", "yuv444p")
        assert (info.colour.matrix, info.colour.is_full_range) == (6, False)
        assert psnr(next(iter(source.frames())).to_rgb(), picture(spec, 0)) > 40


def test_a_size_that_changes_midway_is_evened_out(tmp_path: Path) -> None:
    """Streams that switch to another size keep the size they began with."""
    small = ClipSpec("libvpx-vp9", frames=5, container="webm", has_sound=False)
    large = replace(small, width=256, height=192)
    path = tmp_path / "joined.webm"
    with av.open(str(path), "w", format="webm") as out:
        stream, offset = None, 0
        for number, spec in enumerate((small, large)):
            part = make_clip(tmp_path / f"{number}.webm", spec)
            with av.open(str(part)) as opened:
                stream = stream or out.add_stream_from_template(opened.streams.video[0])
                for packet in opened.demux(opened.streams.video[0]):
                    if packet.dts is not None:
                        packet.pts += offset
                        packet.dts += offset
                        packet.stream = stream
                        out.mux(packet)
            offset += 200
    with VideoSource(path) as source:
        sizes = [frame.to_rgb().shape for frame in source.frames()]
    assert sizes == [(128, 192, 3)] * 10


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_rotated_clip_is_handed_out_upright(tmp_path: Path, rotation: int) -> None:
    """A phone's display matrix is applied to the pixels."""
    spec = ClipSpec(rotation=rotation, frames=3)
    with VideoSource(make_clip(tmp_path / "clip.mp4", spec)) as source:
        assert source.info.rotation in (90, 180, 270)
        sideways = rotation != 180
        size = (spec.height, spec.width) if sideways else (spec.width, spec.height)
        assert (source.info.width, source.info.height) == size
        shown = next(iter(source.frames())).to_rgb()
        turned = np.rot90(picture(spec, 0), -source.info.rotation // 90)
        assert psnr(shown, turned) > 30


def test_crop_equals_the_whole_picture_there(tmp_path: Path) -> None:
    """Odd corners included, a crop is what the whole conversion shows at that place."""
    with VideoSource(make_clip(tmp_path / "clip.mp4", ClipSpec(frames=1))) as source:
        frame = next(iter(source.frames()))
        crop = frame.rgb_crop(31, 17, 120, 99)
        assert crop.shape == (82, 89, 3)
        assert psnr(crop, frame.to_rgb()[17:99, 31:120]) > 45
        with pytest.raises(ValueError, match="not inside"):
            frame.rgb_crop(0, 0, 193, 10)


def _to_and_fro(count: int, frames: int) -> list[int]:
    once = [*range(frames), *range(frames - 2, 0, -1)]
    return (once * (count // len(once) + 1))[:count]


@pytest.mark.parametrize("gop", [12, 200])
@pytest.mark.parametrize(
    "wanted",
    [
        _to_and_fro(150, 70),
        [*range(40, 60), *range(10)],
        [5, 5, 5, 9, 30, 30, 69, 2, 2, 0],
        [33],
        [69, 68, 68, 40, 41, 39],
        list(range(69, -1, -1)),
    ],
)
def test_frames_are_played_in_any_order(tmp_path: Path, gop: int, wanted: list[int]) -> None:
    """Short groups and one group as long as the clip: order, durations and memory hold."""
    spec = ClipSpec(frames=70, gop=gop, has_sound=False)
    clip = make_clip(tmp_path / "clip.mp4", spec)
    with VideoSource(clip) as known:
        starts, durations = known.times()
    with VideoSource(clip) as source:
        source.expect(starts, durations)
        most = 0
        for position, frame in enumerate(source.play(wanted)):
            assert frame.index == wanted[position] == number_of(frame.to_rgb())
            assert frame.time_s == starts[frame.index]
            assert frame.duration_s == Fraction(1, 25)
            if position % 16 == 0:
                most = max(most, sum(type(thing) is VideoFrame for thing in gc.get_objects()))
        assert position == len(wanted) - 1
        assert most <= 66


def test_pictures_are_freed_as_soon_as_they_are_let_go(tmp_path: Path) -> None:
    """No decoded picture waits for the garbage collector: at 1080p each would hold 3 MB until its next round."""
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=60, has_sound=False))
    gc.collect()
    gc.disable()
    try:
        with VideoSource(clip) as source:
            for _ in source.frames():
                pass
            left = [thing for thing in gc.get_objects() if isinstance(thing, av.VideoFrame)]
    finally:
        gc.enable()
    # The first one is asked for its side data, and may stay.
    assert len(left) <= 4


def test_sound_of_a_late_picture_stays_in_step(tmp_path: Path) -> None:
    """A picture that starts a quarter of a second after the sound is shown then, not at 0."""
    spec = ClipSpec(frames=10, times=[5 + n for n in range(10)])
    with VideoSource(make_clip(tmp_path / "late.mp4", spec)) as source:
        assert next(iter(source.frames())).time_s == Fraction(1, 5) == source.info.start_s


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", CorruptMediaError),
        (b"<!doctype html><html></html>" * 20, UnsupportedMediaError),
        (
            b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n",
            UnsupportedMediaError,
        ),
        (b"ffconcat version 1.0\nfile secret.mp4\n", UnsupportedMediaError),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n", UnsupportedMediaError),
        (b'<?xml version="1.0"?><MPD></MPD>', UnsupportedMediaError),
        (b"\0\0\0\x18ftypisom" + bytes(400), CorruptMediaError),
    ],
    ids=["empty", "html", "hls", "ffconcat", "sdp", "dash", "hollow"],
)
def test_disguises_are_refused(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    """What is named .mp4 and is none is never opened as what it is, so nothing beside it is read."""
    make_clip(tmp_path / "secret.mp4", ClipSpec(frames=2, has_sound=False))
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(error), VideoSource(path):
        pass


def test_cut_off_file_is_refused_when_its_end_is_missing(tmp_path: Path) -> None:
    """A file that announces more frames than it holds is corrupt, though its start decodes."""
    whole = make_clip(tmp_path / "whole.mkv", ClipSpec(frames=100, container="matroska"))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 3])
    with VideoSource(cut) as source, pytest.raises(CorruptMediaError):
        list(source.frames())


def test_damage_in_the_middle_is_survived_or_named(tmp_path: Path) -> None:
    """Garbled packets cost their frames, or the file is called corrupt; nothing else happens."""
    path = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=60, has_sound=False))
    data = bytearray(path.read_bytes())
    for place in range(len(data) // 3, len(data) // 3 + 4000):
        data[place] ^= 0x5A
    path.write_bytes(bytes(data))
    with VideoSource(path) as source:
        try:
            times = [frame.time_s for frame in source.frames()]
        except CorruptMediaError:
            return
        assert times == sorted(set(times))


@needs_media
def test_hostile_files_are_read_or_named() -> None:
    """Every hostile file gives its true shape or the right error."""
    refused = {
        "html.mp4": UnsupportedMediaError,
        "zero.mp4": CorruptMediaError,
        "truncated.mp4": CorruptMediaError,
        "truncated_faststart.mp4": CorruptMediaError,
        "audio_only.mp4": UnsupportedMediaError,
    }
    for path in sorted((MEDIA / "hostile").iterdir()):
        if path.name in refused:
            with pytest.raises(refused[path.name]), VideoSource(path) as source:
                list(source.frames())
            continue
        with VideoSource(path) as source:
            frames = 0
            for frame in source.frames():
                frames += 1
                assert (frame.width, frame.height) == (source.info.width, source.info.height)
            assert frames == source.info.frame_count
