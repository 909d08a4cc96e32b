"""Runs each kind of footage through source and sink, compares, and writes the tables of docs/footage.md.

`python -m tests.support.footage_table` prints them; with `--write` the document is brought up to date.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.sidedata.sidedata import Type

from lipwire.domain.errors import MediaError
from lipwire.render.media.frame import VideoFrame, plane_array
from lipwire.render.media.patch import RgbPatch
from lipwire.render.media.sink import VideoSink
from lipwire.render.media.source import VideoSource
from tests.support.clips import make_wav, psnr
from tests.support.footage import Footage
from tests.support.footage_cases import FOOTAGE
from tests.support.hostile import hostile_table

DOCUMENT = Path("docs/footage.md")
BEGIN, END = "<!-- footage: begin -->", "<!-- footage: end -->"
HOSTILE_BEGIN, HOSTILE_END = "<!-- hostile: begin -->", "<!-- hostile: end -->"
#: Left, top, width, height and colour of what is laid over every frame.
PATCH = (64, 48, 32, 32, (200, 90, 60))
_MARGIN = 16
#: Decibels: of each plane against the source's own, and of the picture against what was drawn.
LEAST_PLANE, LEAST_TRUTH = 36.0, 25.0

#: What a warning accounts for; whatever differs and is not accounted for is an error.
ACCOUNTS = {
    "codec_replaced_by_h264": {"codec"},
    "codec_replaced_by_hevc": {"codec"},
    "pixel_format_replaced": {"format", "range", "matrix"},
    "transparency_dropped": {"alpha"},
    "odd_size_cropped": {"size"},
    "deinterlaced": {"interlaced"},
    "audio_tracks_dropped": {"sounds"},
    "subtitles_dropped": {"subtitles"},
    "chapters_dropped": {"chapters"},
    "timecode_dropped": {"timecode"},
    "other_tracks_dropped": {"other tracks"},
    "metadata_dropped": {"private metadata"},
    "dynamic_hdr_dropped": {"dynamic HDR"},
}


@dataclass(frozen=True)
class Row:
    """What came of one case."""

    group: str
    name: str
    before: str
    after: str
    outcome: str


class SilentlyDifferentError(AssertionError):
    """Something changed and nothing said so, or a warning was given for nothing."""


def facts(path: Path) -> dict[str, object]:
    """Everything that is compared, read with PyAV alone, upright."""
    with av.open(str(path)) as opened:
        video = next(s for s in opened.streams.video)
        # `reformat` is not asked: alpha hides behind the decoder of this name.
        has_alpha = video.metadata.get("alpha_mode") == "1"
        frames: list[Any] = list(opened.decode(video))
        first = frames[0]
        name = first.format.name
        sideways = first.rotation % 180 == 90
        size = (first.height, first.width) if sideways else (first.width, first.height)
        aspect = video.sample_aspect_ratio or Fraction(1)
        told = {key.lower(): text for key, text in opened.metadata.items()}
        base = video.time_base or Fraction(1)
        starts = [
            stream.start_time * stream.time_base
            for stream in (*opened.streams.video, *opened.streams.audio)
            if stream.start_time is not None and stream.time_base is not None
        ]
        times = [frame.pts * base - min(starts) for frame in frames]
        side = {data.type: bytes(data) for data in first.side_data}
        timed = [*opened.streams, *([opened] if "timecode" in told else [])]
        return {
            "codec": video.codec_context.codec.canonical_name,
            "format": name.replace("yuvj", "yuv").replace("yuva", "yuv"),
            "range": 2 if name.startswith("yuvj") else int(first.color_range),
            "primaries": int(first.color_primaries),
            "transfer": int(first.color_trc),
            "matrix": int(first.colorspace),
            "size": size,
            "pixel shape": 1 / aspect if sideways else aspect,
            "frames": len(frames),
            # AVI numbers them in decoding order.
            "times": sorted(round(float(time), 3) for time in times),
            "mastering display": _mastering(side.get(Type.MASTERING_DISPLAY_METADATA)),
            "content light": side.get(Type.CONTENT_LIGHT_LEVEL),
            "dynamic HDR": Type.DYNAMIC_HDR_PLUS in side,
            "alpha": has_alpha or "yuva" in name,
            "interlaced": first.interlaced_frame,
            # One track is the source's own sound, in whose place the voice comes.
            "sounds": max(1, len(opened.streams.audio)),
            "subtitles": len(opened.streams.subtitles),
            "chapters": len(opened.chapters()),
            "timecode": any("timecode" in part.metadata for part in timed),
            "other tracks": len(opened.streams.video)
            + len(opened.streams.attachments)
            + sum("timecode" not in s.metadata for s in opened.streams.data)
            - bool(opened.chapters() and opened.streams.data),
            "metadata": {key: told.get(key) for key in _KEPT},
            "language": video.metadata.get("language", "und"),
            "private metadata": sorted(
                key for key in told if "location" in key or key.endswith(("make", "model"))
            ),
        }


_KEPT = ("title", "artist", "comment", "description", "copyright", "creation_time")


def _mastering(data: bytes | None) -> list[float] | None:
    """Encoders write it in fractions of their own: compared as numbers of four digits."""
    if data is None:
        return None
    numbers = np.frombuffer(data[:80], "=i4").astype(float)
    return [float(f"{value:.3g}") for value in numbers[0::2] / numbers[1::2]]


def render(clip: Path, out: Path, voice: Path) -> tuple[str, ...]:
    """Every frame with the patch on it, at its own time; the warnings."""
    x, y, width, height, colour = PATCH
    rgb = np.full((height, width, 3), colour, np.uint8)
    patch = RgbPatch(x, y, rgb, np.ones((height, width), np.float32))
    with VideoSource(clip) as source, VideoSink(out, sound=voice, like=source.info) as sink:
        for frame in source.frames():
            sink.write(frame, patch, frame.time_s)
        return sink.close().warnings


def run(case: Footage, folder: Path) -> Row:
    """The case made, rendered and compared.

    Raises:
        SilentlyDifferentError: a difference without its warning, or a warning without its difference.
    """
    clip, out = case.make(folder), folder / "out.mp4"
    voice = make_wav(folder / "voice.wav", np.full(16_000, 0.1))
    before = facts(clip)
    try:
        warnings = render(clip, out, voice)
    except MediaError as error:
        return Row(case.group, case.name, _described(before), "", f"refused: `{error.code}`")
    after = facts(out)
    accounted = set().union(*(ACCOUNTS[code] for code in warnings))
    differing = {name for name in before if before[name] != after[name]}
    if differing - accounted:
        told = {name: (before[name], after[name]) for name in differing - accounted}
        raise SilentlyDifferentError(f"{case.name}: {told}, warnings {warnings}")
    for code in warnings:
        if not ACCOUNTS[code] & differing:
            raise SilentlyDifferentError(f"{case.name}: `{code}`, and nothing changed")
    _compare_pixels(case, clip, out)
    outcome = "kept" if not warnings else ", ".join(f"`{code}`" for code in warnings)
    return Row(case.group, case.name, _described(before), _described(after), outcome)


def _compare_pixels(case: Footage, clip: Path, out: Path) -> None:
    x, y, width, height, colour = PATCH
    with VideoSource(clip) as source, VideoSource(out) as result:
        pairs = zip(source.frames(), result.frames(), strict=True)
        for number, (was, now) in enumerate(pairs):
            for index, decibels in enumerate(_planes(was, now)):
                if decibels < LEAST_PLANE:
                    raise SilentlyDifferentError(
                        f"{case.name}: plane {index} of frame {number}: {decibels:.1f} dB"
                    )
            shown = now.to_rgb()
            middle = shown[y + 8 : y + height - 8, x + 8 : x + width - 8].astype(int)
            if was.picture.format.name != "yuv420p" or case.pix_fmt != "gray":
                error = np.abs(middle.mean((0, 1)) - colour).max()
                if error > 6:
                    raise SilentlyDifferentError(f"{case.name}: patch off by {error:.1f}")
            truth = case.truth(number)[: now.height, : now.width]
            outside = _outside(shown.shape[:2], 1, 1)
            decibels = psnr(shown[outside], truth[outside])
            if decibels < LEAST_TRUTH:
                raise SilentlyDifferentError(f"{case.name}: frame {number} {decibels:.1f} dB off")


def _planes(was: VideoFrame, now: VideoFrame) -> Iterator[float]:
    """Of each plane, samples far from the patch, in the source's own format."""
    for index in range(3):
        one, other = plane_array(was.picture, index), plane_array(now.picture, index)
        one = one[: other.shape[0], : other.shape[1]]
        steps = [
            round(full / part)
            for full, part in zip((now.height, now.width), one.shape, strict=True)
        ]
        outside = _outside(one.shape, *steps)
        deep = 2 ** (8 if one.dtype == np.uint8 else int(was.picture.format.components[0].bits)) - 1
        yield psnr(one[outside], other[outside], top=deep)


def _outside(shape: tuple[int, ...], step_y: int, step_x: int) -> np.ndarray:
    x, y, width, height, _ = PATCH
    mask = np.ones(shape[:2], bool)
    rows = slice((y - _MARGIN) // step_y, (y + height + _MARGIN) // step_y)
    mask[rows, (x - _MARGIN) // step_x : (x + width + _MARGIN) // step_x] = False
    return mask


def _described(found: dict[str, object]) -> str:
    size = found["size"]
    assert isinstance(size, tuple)
    return "{} {} {}x{}".format(found["codec"], found["format"], *size)


def table() -> str:
    """All cases as Markdown, a table a group."""
    rows = []
    for case in FOOTAGE:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(run(case, Path(folder)))
    return rendered(rows)


def line(row: Row) -> str:
    """One row of a table."""
    return f"| {row.name} | {row.before} | {row.after} | {row.outcome} |"


def rendered(rows: list[Row]) -> str:
    """Rows as Markdown, a table a group."""
    lines: list[str] = []
    for group in dict.fromkeys(row.group for row in rows):
        head = "| source | comes in as | goes out as | outcome |"
        lines += ["", f"### {group}", "", head, "| --- | --- | --- | --- |"]
        lines += [line(row) for row in rows if row.group == group]
    return "\n".join(lines[1:]) + "\n"


def section(text: str, begin: str, end: str) -> str:
    """What stands between two marks of a document."""
    return text.partition(begin)[2].partition(end)[0]


def placed(text: str, begin: str, end: str, made: str) -> str:
    """The document with new text between two marks."""
    head, tail = text.partition(begin)[0], text.partition(end)[2]
    return f"{head}{begin}\n\n{made}\n{end}{tail}"


def main() -> int:
    """Print the tables, or write them into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="bring docs/footage.md up to date")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made, broken = table(), hostile_table(Path(folder))
    if chosen.write:
        text = placed(DOCUMENT.read_text(), BEGIN, END, made)
        DOCUMENT.write_text(placed(text, HOSTILE_BEGIN, HOSTILE_END, broken))
    else:
        sys.stdout.write(f"{made}\n{broken}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
