"""Writing results: the patch where it belongs, everything else the source's own, times and sound in step."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

av = pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.domain.errors import SilentSpeechError
from lipwire.domain.options import JobOptions
from lipwire.render.media.colour import Colour
from lipwire.render.media.composite import composite
from lipwire.render.media.frame import LAYOUTS, copied, plane_array
from lipwire.render.media.patch import RgbPatch
from lipwire.render.media.sink import SinkReport, VideoSink, cover
from lipwire.render.media.sound import Sound
from lipwire.render.media.source import VideoSource
from lipwire.render.media.timeline import Slot, plan_timeline
from tests.support.clips import ClipSpec, make_clip, make_wav, number_of, picture, psnr

RATE = 16_000


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    """0.6 seconds of silence with a click every tenth of a second."""
    samples = np.zeros(RATE * 6 // 10, np.float32)
    samples[RATE // 10 :: RATE // 10] = 0.9
    return make_wav(tmp_path / "voice.wav", samples)


def patch_of(
    x: int, y: int, width: int, height: int, colour: tuple[int, int, int], alpha: float = 1.0
) -> RgbPatch:
    """One colour, one alpha."""
    rgb = np.full((height, width, 3), colour, np.uint8)
    return RgbPatch(x, y, rgb, np.full((height, width), alpha, np.float32))


def bounced(source: VideoSource, until_s: Fraction) -> tuple[Slot, ...]:
    """The clip to and fro."""
    starts, durations = source.times()
    return plan_timeline(
        starts, durations, voices_s=[until_s], options=JobOptions(), fps=source.info.fps
    ).slots


def render(
    source: VideoSource, path: Path, voice: Path, patch: RgbPatch | None, until_s: Fraction
) -> tuple[SinkReport, list[Fraction]]:
    """The clip to and fro up to `until_s`, the patch on every frame."""
    slots = bounced(source, until_s)
    with VideoSink(path, sound=voice, like=source.info) as sink:
        frames = source.play([slot.canvas for slot in slots])
        for slot, frame in zip(slots, frames, strict=True):
            sink.write(frame, patch, slot.time_s)
        return sink.close(), [slot.time_s for slot in slots]


@pytest.mark.parametrize(
    "spec",
    [
        ClipSpec(fps=Fraction(24000, 1001)),
        ClipSpec(pix_fmt="yuvj420p", colour=(2, 1, 1, 1)),
        ClipSpec(pix_fmt="yuv422p10le"),
        ClipSpec(pix_fmt="yuv444p", width=191, height=127),
        ClipSpec(
            frames=10,
            times=[0, 400, 800, 2000, 2400, 3600, 4000, 4400, 6000, 6400],
            time_base=Fraction(1, 10_000),
        ),
        ClipSpec("libx265", "yuv420p10le", colour=(1, 9, 18, 9)),
        ClipSpec("libvpx-vp9", width=191, height=127, container="webm", has_sound=False),
        ClipSpec("libsvtav1", container="mp4", colour=(1, 1, 1, 1)),
        ClipSpec(rotation=90),
    ],
    ids=["23.976", "full", "422-10", "odd-444", "vfr", "hlg-hevc", "odd-vp9", "av1", "rotated"],
)
def test_result_keeps_the_look_of_its_source(tmp_path: Path, voice: Path, spec: ClipSpec) -> None:
    """Size, codec family, format, colour codes, frame times and length survive; the patch is there."""
    clip = make_clip(tmp_path / "clip", spec)
    out = tmp_path / "out.mp4"
    with VideoSource(clip) as source:
        report, times = render(
            source, out, voice, patch_of(64, 48, 32, 32, (200, 40, 60)), Fraction(6, 10)
        )
        with VideoSource(out) as result:
            was, now = source.info, result.info
            assert (now.width, now.height) == (was.width, was.height)
            assert (now.codec, now.pix_fmt, now.rotation) == (was.codec, was.pix_fmt, 0)
            assert now.colour == was.colour
            frames = list(result.frames())
            assert [frame.time_s for frame in frames] == times
            assert report.frames == len(frames)
            assert now.duration_s == report.duration_s
            middle = frames[3].to_rgb()[56:72, 72:88]
            assert np.abs(middle.astype(int) - (200, 40, 60)).max() <= 6


def test_only_patched_pixels_change(tmp_path: Path, voice: Path) -> None:
    """Outside the patch the result is as good as the same frames encoded without any patch."""
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=15))
    with VideoSource(clip) as source:
        plain, patched = tmp_path / "plain.mp4", tmp_path / "patched.mp4"
        render(source, plain, voice, None, Fraction(6, 10))
        render(source, patched, voice, patch_of(80, 40, 32, 32, (250, 250, 250)), Fraction(6, 10))
        with VideoSource(plain) as one, VideoSource(patched) as other:
            for was, without, with_patch in zip(
                source.frames(), one.frames(), other.frames(), strict=True
            ):
                outside = np.ones((128, 192), bool)
                outside[32:80, 72:120] = False
                truth = was.to_rgb()[outside]
                assert (
                    psnr(with_patch.to_rgb()[outside], truth)
                    > psnr(without.to_rgb()[outside], truth) - 1
                )
                assert psnr(truth, with_patch.to_rgb()[outside]) > 38


@pytest.mark.parametrize("pix_fmt", sorted(LAYOUTS))
@pytest.mark.parametrize("corner", [(20, 10), (21, 11), (-5, -7), (170, 107)])
def test_patch_lands_to_the_pixel_and_no_sample_beside_it_moves(
    pix_fmt: str, corner: tuple[int, int]
) -> None:
    """In every layout and depth, at odd places and over the edges: luma changes inside, and nowhere else."""
    step_x, step_y, bits = LAYOUTS[pix_fmt]
    width, height = 181, 119
    frame = av.VideoFrame(width, height, pix_fmt)
    rng = np.random.default_rng(1)
    for index in range(3):
        plane = plane_array(frame, index)
        plane[:] = rng.integers(60 << bits - 8, 190 << bits - 8, plane.shape)
    before = [plane_array(frame, index).copy() for index in range(3)]
    colour = Colour(1, 1, 1, 1, 1, is_full_range=pix_fmt.startswith("yuvj"))
    x, y = corner
    composite(frame, patch_of(x, y, 30, 20, (255, 255, 255)), colour)
    inside = np.zeros((height, width), bool)
    inside[max(y, 0) : y + 20, max(x, 0) : x + 30] = True
    luma = plane_array(frame, 0)
    white = 2**bits - 1 if colour.is_full_range else 235 << bits - 8
    assert (luma[inside] == white).all()
    assert (luma[~inside] == before[0][~inside]).all()
    for index in (1, 2):
        chroma = plane_array(frame, index)
        rows, columns = chroma.shape
        grown = np.zeros((rows * step_y, columns * step_x), bool)
        grown[:height, :width] = inside
        cells = grown.reshape(rows, step_y, columns, step_x)
        touched, full = cells.any((1, 3)), cells.all((1, 3))
        assert (chroma[~touched] == before[index][~touched]).all()
        assert (chroma[full] == 128 << bits - 8).all()


def test_half_alpha_is_the_mean(tmp_path: Path) -> None:
    """Blending is linear in the frame's own code values."""
    frame = av.VideoFrame(64, 64, "yuv420p10le")
    for index, value in enumerate((400, 600, 300)):
        plane_array(frame, index)[:] = value
    colour = Colour(1, 9, 18, 9, 9, is_full_range=False)
    composite(frame, patch_of(10, 10, 20, 20, (0, 0, 0), alpha=0.5), colour)
    assert plane_array(frame, 0)[15, 15] == (400 + 64) / 2
    assert plane_array(frame, 1)[8, 8] == (600 + 512) / 2
    assert plane_array(frame, 2)[8, 8] == (300 + 512) / 2


@pytest.mark.parametrize(
    "spec",
    [
        ClipSpec(frames=1),
        ClipSpec(frames=1, pix_fmt="yuvj420p", colour=(2, 1, 1, 6)),
        ClipSpec("libx265", "yuv420p10le", frames=1, colour=(1, 9, 18, 9)),
    ],
)
def test_own_pixels_laid_back_are_no_change(tmp_path: Path, spec: ClipSpec) -> None:
    """A crop composited where it came from moves no sample by more than rounding, and the mean not at all."""
    with VideoSource(make_clip(tmp_path / "clip.mp4", spec)) as source:
        frame = next(iter(source.frames()))
        crop = frame.rgb_crop(41, 31, 121, 101)
        fresh = copied(frame.picture)
        composite(fresh, RgbPatch(41, 31, crop, np.ones((70, 80), np.float32)), frame.colour)
        depth = 2 ** (source.info.bit_depth - 8)
        for index in range(3):
            moved = plane_array(fresh, index).astype(int) - plane_array(frame.picture, index)
            assert abs(moved.mean()) < 0.1 * depth
            assert np.abs(moved).max() <= 6 * depth


def test_portrait_comes_out_as_plain_h264_of_even_size(tmp_path: Path, voice: Path) -> None:
    """Pictures become 4:2:0 H.264 in BT.709; an odd row and column are left out, and said so."""
    out = tmp_path / "out.mp4"
    spec = ClipSpec(width=193, height=129)
    with VideoSink(out, sound=voice, width=193, height=129, fps=Fraction(25)) as sink:
        for number in range(15):
            sink.write_rgb(picture(spec, number), Fraction(number, 25))
        report = sink.close()
    assert report.warnings == ("odd_size_cropped",)
    assert report.duration_s == Fraction(3, 5)
    with VideoSource(out) as result:
        info = result.info
        assert (info.width, info.height, info.fps, info.codec) == (192, 128, 25, "h264")
        assert info.pix_fmt == "yuv420p"
        assert info.colour == Colour(1, 1, 1, 1, 1, is_full_range=False)
        for number, frame in enumerate(result.frames()):
            assert number_of(frame.to_rgb()) == number
            shown, drawn = frame.to_rgb(), picture(spec, number)[:128, :192]
            assert psnr(shown, drawn) > 31
            assert abs(shown.mean() - drawn.mean()) < 0.5


def aac_of(voice: Path, path: Path, *, late: bool) -> Path:
    """The voice as AAC in an MP4; `late` puts a picture before it that starts a fifth of a second earlier."""
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=48_000, layout="mono")
        picture_stream = out.add_stream("libx264", rate=25) if late else None
        if picture_stream is not None:
            picture_stream.width = picture_stream.height = 64
            picture_stream.pix_fmt = "yuv420p"
            for number in range(20):
                frame = av.VideoFrame(64, 64, "yuv420p")
                frame.pts = number
                out.mux(picture_stream.encode(frame))
            out.mux(picture_stream.encode(None))
        position = 9600 if late else 0
        for chunk in Sound(voice).chunks(rate=48_000, channels=1):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(chunk), "fltp", "mono")
            frame.sample_rate, frame.pts = 48_000, position
            position += chunk.shape[1]
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("kind", ["wav", "aac", "late aac"])
def test_sound_starts_at_zero_and_stays_in_step(tmp_path: Path, voice: Path, kind: str) -> None:
    """Clicks of the voice are where they were, to a hundredth of a second, and none is lost at the end."""
    late = RATE // 5 if kind == "late aac" else 0
    if kind != "wav":
        voice = aac_of(voice, tmp_path / "voice.m4a", late=bool(late))
    out = tmp_path / "out.mp4"
    with VideoSink(out, sound=voice, width=64, height=64, fps=Fraction(25)) as sink:
        for number in range(15):
            sink.write_rgb(np.zeros((64, 64, 3), np.uint8), Fraction(number, 25))
        sink.close()
    with av.open(str(out)) as opened:
        sound = opened.streams.audio[0]
        assert sound.codec_context.name == "aac"
        assert sound.codec_context.sample_rate == 48_000
        assert abs(float(sound.duration * sound.time_base) - 0.6) < 0.03 or late
        # The index comes first, so that a player needs no second request.
        data = out.read_bytes()
        assert data.index(b"moov") < data.index(b"mdat")
    heard = np.abs(Sound(out).samples(rate=RATE))
    assert abs(len(heard) - late - RATE * 6 // 10) < RATE * 0.03
    assert np.abs(len(heard) - len(Sound(voice).samples(rate=RATE))) < RATE * 0.03
    for click in range(1, 6):
        place = late + click * RATE // 10
        window = heard[place - 800 : place + 800]
        assert abs(int(window.argmax()) - 800) < RATE // 100
        assert window.max() > 0.05


def test_a_prores_source_becomes_h264_and_says_so(tmp_path: Path, voice: Path) -> None:
    """Codecs of the cutting room are replaced, depth and sampling are not."""
    spec = ClipSpec("prores_ks", "yuv422p10le", frames=5, container="mov", has_sound=False)
    with VideoSource(make_clip(tmp_path / "clip.mov", spec)) as source:
        report, _ = render(source, tmp_path / "out.mp4", voice, None, Fraction(1, 5))
        assert report.warnings == ("codec_replaced_by_h264",)
        assert (report.codec, report.pix_fmt) == ("libx264", "yuv422p10le")


def test_a_mute_file_is_no_voice(tmp_path: Path) -> None:
    """A file without sound can't be spoken."""
    clip = make_clip(tmp_path / "mute.mp4", ClipSpec(frames=2, has_sound=False))
    with pytest.raises(SilentSpeechError):
        VideoSink(tmp_path / "out.mp4", sound=clip, width=64, height=64, fps=Fraction(25))


def test_cover_is_a_jpeg() -> None:
    """The cover opens as a picture of the same size."""
    data = cover(picture(ClipSpec(), 5))
    assert data.startswith(b"\xff\xd8\xff")


def test_a_mark_stands_in_place_of_the_sources_comment(tmp_path):
    """Nothing else of the source's own words is lost."""
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=3))
    with av.open(str(clip)) as source, av.open(str(tmp_path / "told.mp4"), "w") as told:
        stream = told.add_stream_from_template(source.streams.video[0])
        told.metadata.update({"title": "a title", "comment": "a comment"})
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                told.mux(packet)
    for mark, comment in ((None, "a comment"), ("marked", "marked")):
        with VideoSource(tmp_path / "told.mp4") as source:
            path = tmp_path / f"{comment}.mp4"
            with VideoSink(path, sound=None, like=source.info, mark=mark) as sink:
                starts, _ = source.times()
                for start, frame in zip(starts, source.play(range(len(starts))), strict=True):
                    sink.write(frame, None, start)
                sink.close()
        with av.open(str(path)) as made:
            assert (made.metadata["title"], made.metadata["comment"]) == ("a title", comment)
