"""Footage made on the spot: one small clip, what lies beside its picture, and what a viewer sees."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.support.clips import ClipSpec, picture, tone

BT709 = (1, 1, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Footage:
    """One case: what is encoded, and what lies beside it."""

    group: str
    name: str
    encoder: str = "libx264"
    options: Mapping[str, str] = field(default_factory=dict)
    pix_fmt: str = "yuv420p"
    #: range, primaries, transfer, matrix
    colour: tuple[int, int, int, int] = BT709
    container: str = "mp4"
    container_options: Mapping[str, str] = field(default_factory=dict)
    width: int = 192
    height: int = 128
    fps: Fraction = Fraction(25)
    #: Presentation times in units of `time_base`; at the constant rate from 0 where None.
    times: Sequence[int] | None = None
    time_base: Fraction | None = None
    aspect: Fraction = Fraction(1)
    #: Row by row, as in the file: how the decoded picture is to be shown.
    matrix: tuple[int, ...] | None = None
    #: What a viewer sees, from the coded picture.
    shown: Callable[[np.ndarray], np.ndarray] = lambda coded: coded
    metadata: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    sounds: int = 1
    has_subtitles: bool = False
    has_chapters: bool = False
    attachment: str | None = None
    pictures: int = 1
    #: Done to the coded packets.
    altered: Callable[[bytes], bytes] | None = None

    @property
    def starts(self) -> list[Fraction]:
        """When each frame is shown, in seconds."""
        if self.times is None:
            return [number / self.fps for number in range(int(self.fps) or 1)]
        return [time * (self.time_base or 1 / self.fps) for time in self.times]

    def truth(self, number: int) -> np.ndarray:
        """What a viewer sees in frame `number`, as R'G'B'."""
        return self.shown(picture(ClipSpec(width=self.width, height=self.height), number))

    def make(self, folder: Path) -> Path:
        """The file."""
        path = folder / f"clip.{self.container}"
        muxer = {"mkv": "matroska", "ts": "mpegts"}.get(self.container, self.container)
        with av.open(str(path), "w", format=muxer, options=dict(self.container_options)) as out:
            out.metadata.update(self.metadata)
            videos = [self._video(out) for _ in range(self.pictures)]
            sounds = [
                out.add_stream(_SOUND.get(self.container, "aac"), rate=48_000, layout="mono")
                for _ in range(self.sounds)
            ]
            words = _words(out, folder / "words.srt") if self.has_subtitles else None
            if self.has_chapters:
                out.set_chapters(_chapters())
            if self.attachment:
                out.add_attachment(self.attachment, "font/ttf", b"not a font")
            for video in videos:
                for packet in self._packets(video):
                    out.mux(packet)
            end = float(self.starts[-1] + 1 / self.fps)
            for sound in sounds:
                for frame in tone(end):
                    out.mux(sound.encode(frame))
                out.mux(sound.encode(None))
            if words is not None:
                out.mux(words)
        return path

    def _video(self, out: Any) -> Any:
        options = {**_FAST.get(self.encoder, {}), **self.options}
        stream = out.add_stream(self.encoder, rate=self.fps, options=options)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = self.width, self.height, self.pix_fmt
        context.time_base = self.time_base or 1 / self.fps
        context.sample_aspect_ratio = self.aspect
        context.color_range, context.color_primaries = self.colour[:2]
        context.color_trc, context.colorspace = self.colour[2:]
        if self.matrix:
            stream.set_display_matrix(self.matrix)
        if self.language:
            stream.metadata["language"] = self.language
        return stream

    def _packets(self, stream: Any) -> Iterator[Any]:
        for number, start in enumerate(self.starts):
            for packet in stream.encode(self._frame(number, start)):
                yield self._altered(packet)
        for packet in stream.encode(None):
            yield self._altered(packet)

    def _altered(self, packet: Any) -> Any:
        if self.altered is None:
            return packet
        fresh = av.Packet(self.altered(bytes(packet)))
        for name in ("pts", "dts", "time_base", "duration", "is_keyframe", "stream"):
            setattr(fresh, name, getattr(packet, name))
        return fresh

    def _frame(self, number: int, start: Fraction) -> Any:
        rgb = picture(ClipSpec(width=self.width, height=self.height), number)
        layout = "rgb24"
        if "a" in self.pix_fmt.removeprefix("gray"):
            veil = np.full((*rgb.shape[:2], 1), 255, np.uint8)
            veil[-self.height // 4 :] = 128
            rgb, layout = np.concatenate([rgb, veil], axis=2), "rgba"
        is_rgb = av.VideoFormat(self.pix_fmt, 16, 16).is_rgb
        frame = av.VideoFrame.from_ndarray(rgb, format=layout).reformat(
            format=self.pix_fmt,
            dst_colorspace={9: 9, 1: 1}.get(self.colour[3], 5),
            src_color_range=2,
            dst_color_range=2 if is_rgb else self.colour[0] or 1,
        )
        base = self.time_base or 1 / self.fps
        frame.pts, frame.time_base = round(start / base), base
        frame.color_range, frame.color_primaries = self.colour[:2]
        frame.color_trc, frame.colorspace = self.colour[2:]
        return frame


_FAST: dict[str, dict[str, str]] = {
    "libx264": {"preset": "ultrafast", "crf": "4", "bf": "2"},
    "libx264rgb": {"preset": "ultrafast", "crf": "4"},
    "libx265": {"preset": "ultrafast", "crf": "6", "x265-params": "log-level=error"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "crf": "4", "b": "4000000"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "8", "b": "0"},
    "libsvtav1": {"preset": "10", "crf": "10"},
    "mpeg4": {"qscale": "2", "flags": "+qscale", "global_quality": "236"},
    "mpeg2video": {"flags": "+qscale", "global_quality": "236"},
    "mjpeg": {"flags": "+qscale", "global_quality": "236"},
    "dnxhd": {"profile": "dnxhr_hq"},
}
_SOUND = {"webm": "libopus", "avi": "libmp3lame"}


def _words(out: Any, path: Path) -> Any:
    """A line for a track of subtitles, copied from a text file: packets need no encoder."""
    path.write_text("1\n00:00:00,100 --> 00:00:00,600\nHello\n")
    with av.open(str(path)) as words:
        stream = out.add_stream_from_template(words.streams.subtitles[0])
        packet = next(words.demux())
        packet.stream = stream
        return packet


def _chapters() -> list[Any]:
    return [
        {
            "id": n,
            "start": 500 * n,
            "end": 500 * n + 500,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": f"{n}"},
        }
        for n in range(2)
    ]
