"""Parts that were encoded apart come to the file that one render would have made."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from lipwire.render.media.join import Part, SeamError, join
from lipwire.render.media.sink import VideoSink
from lipwire.render.media.source import VideoSource
from tests.support.clips import make_wav

BASE = Fraction(1, 12_800)
EVEN = [Fraction(k, 25) for k in range(40)]
#: Frames of 20 to 60 ms, each on a tick.
UNEVEN = [Fraction(sum((256, 512, 768)[n % 3] for n in range(k)), 12_800) for k in range(40)]


def picture(number: int) -> np.ndarray:
    """Moving enough for B-frames, and different in every frame."""
    rows, columns = np.mgrid[0:96, 0:128]
    shade = 128 + 90 * np.sin((rows + 3 * number) / 9) * np.cos((columns - 2 * number) / 11)
    return np.repeat(shade[..., None], 3, axis=2).astype(np.uint8)


def voice(folder: Path, seconds: float = 1.6) -> Path:
    """Something to be heard."""
    at = np.arange(int(16_000 * seconds)) / 16_000
    return make_wav(folder / "voice.wav", (0.3 * np.sin(2 * np.pi * 330 * at)).astype(np.float32))


def encode(
    path: Path, times: list[Fraction], numbers: range, sound: Path | None, like: Path | None = None
) -> Fraction:
    """These frames of the output as a file of their own; gives its 0 on the output's clock."""
    source = VideoSource(like) if like else None
    info = source.__enter__().info if source else None
    with VideoSink(
        path,
        sound=sound,
        like=info,
        **({} if info else {"width": 128, "height": 96, "fps": Fraction(25)}),
    ) as sink:
        begin = sink.on_tick(times[numbers.start]) if numbers.start else Fraction(0)
        for number in numbers:
            until = (
                times[number + 1] if number + 1 < len(times) else times[number] + Fraction(1, 25)
            )
            sink.put(sink.from_rgb(picture(number)), times[number] - begin, until - times[number])
        sink.close()
    return begin


def parts_of(
    folder: Path, times: list[Fraction], seams: list[int], sound: Path, like: Path | None = None
) -> list[Part]:
    """The output cut before these frames; the first part has the sound."""
    made = []
    for n, (first, last) in enumerate(pairwise([0, *seams, len(times)])):
        path = folder / f"part{n}.mp4"
        begin = encode(path, times, range(first, last), None if n else sound, like)
        made.append(Part(path, last - first, begin))
    return made


def pictures(path: Path) -> list[tuple[Fraction, np.ndarray]]:
    """Every frame with its time."""
    with av.open(str(path)) as opened:
        return [
            (frame.pts * frame.time_base, frame.to_ndarray(format="gray"))
            for frame in opened.decode(video=0)
        ]


def packets(path: Path, kind: str) -> list[tuple[int, int, int]]:
    """Size, time and duration of every packet."""
    with av.open(str(path)) as opened:
        (stream,) = (one for one in opened.streams if one.type == kind)
        return [(one.size, one.pts, one.duration) for one in opened.demux(stream) if one.size]


@pytest.fixture
def uneven_clip(tmp_path: Path) -> Path:
    """A source of variable frame rate, whose look a sink takes over."""
    path = tmp_path / "like.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.codec_context.time_base = BASE
        for number, time in enumerate(UNEVEN):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            frame.pts, frame.time_base = int(time / BASE), BASE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("seams", [[17], [1, 20, 39], [8, 9]])
@pytest.mark.parametrize("rate", ["even", "uneven"])
def test_no_frame_is_lost_doubled_or_moved(tmp_path, uneven_clip, seams, rate):
    """Times, length and order are those of one render; every frame is decodable and the right one."""
    times, like = (EVEN, None) if rate == "even" else (UNEVEN, uneven_clip)
    sound = voice(tmp_path)
    whole, joined = tmp_path / "whole.mp4", tmp_path / "joined.mp4"
    encode(whole, times, range(len(times)), sound, like)
    made = join(parts_of(tmp_path, times, seams, sound, like), joined)
    expected, found = pictures(whole), pictures(joined)
    assert [time for time, _ in found] == [time for time, _ in expected] == times
    assert made.frames == len(times)
    for (_, was), (_, now) in zip(expected, found, strict=True):
        assert np.abs(was.astype(int) - now).mean() < 2
    with av.open(str(whole)) as one, av.open(str(joined)) as other:
        assert one.streams.video[0].duration == other.streams.video[0].duration
        assert one.streams.video[0].time_base == other.streams.video[0].time_base
        assert one.duration == other.duration
    assert made.duration_s == times[-1] + Fraction(1, 25)


@pytest.mark.parametrize("encoder", ["libx265", "libsvtav1", "libvpx-vp9"])
def test_parts_of_every_codec_fit(tmp_path, encoder):
    """Each has its own way to reorder, hide and key frames."""
    like = tmp_path / "like.mp4"
    with av.open(str(like), "w") as out:
        stream = out.add_stream(encoder, rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(4):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number), format="rgb24")))
        out.mux(stream.encode(None))
    joined = tmp_path / "joined.mp4"
    made = join(parts_of(tmp_path, EVEN, [13, 27], voice(tmp_path), like), joined)
    assert made.frames == len(EVEN)
    found = pictures(joined)
    assert [time for time, _ in found] == EVEN
    for number, (_, seen) in enumerate(found):
        grey = picture(number)[..., 0].astype(int) * 219 / 255 + 16
        assert np.abs(seen - grey).mean() < 6, number


def test_the_sound_is_the_one_of_a_whole_render(tmp_path):
    """Packet for packet: size, time, duration."""
    sound = voice(tmp_path)
    whole, joined = tmp_path / "whole.mp4", tmp_path / "joined.mp4"
    encode(whole, EVEN, range(40), sound)
    join(parts_of(tmp_path, EVEN, [13, 27], sound), joined)
    assert packets(joined, "audio") == packets(whole, "audio")


def test_decoding_times_rise_and_none_is_late(tmp_path):
    """What players and muxers ask for, across every seam."""
    joined = tmp_path / "joined.mp4"
    join(parts_of(tmp_path, EVEN, [13, 27], voice(tmp_path)), joined)
    with av.open(str(joined)) as opened:
        times = [(one.dts, one.pts) for one in opened.demux(video=0) if one.size]
    assert all(earlier[0] < later[0] for earlier, later in pairwise(times))
    assert all(decoded <= shown for decoded, shown in times)
    assert any(decoded < shown for decoded, shown in times)


def test_the_joined_file_starts_with_its_index(tmp_path):
    """It plays while it loads."""
    joined = tmp_path / "joined.mp4"
    join(parts_of(tmp_path, EVEN, [20], voice(tmp_path)), joined)
    content = joined.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda parts: [parts[0], parts[0]], "same time"),
        (lambda parts: [parts[0], Part(parts[1].path, 19, parts[1].begins_s)], "20 frames"),
        (lambda parts: [parts[1], parts[0]], "same time"),
        (
            lambda parts: [parts[0], Part(parts[1].path, 20, parts[1].begins_s + BASE / 2)],
            "between two ticks",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(tmp_path, spoil, says):
    """Rather no output than one with a seam."""
    parts = parts_of(tmp_path, EVEN, [20], voice(tmp_path))
    with pytest.raises(SeamError, match=says):
        join(spoil(parts), tmp_path / "joined.mp4")
