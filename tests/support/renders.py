"""Whole renders for tests: a small clip whose frames are numbered, and the engine run on it with any options."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from lipwire.domain.options import JobOptions
from lipwire.engines.base import RenderResult, RenderTask
from lipwire.engines.retarget import build
from lipwire.render.media.source import VideoSource
from tests.support.clips import make_wav, number_of, tone

FPS = 25
#: Pitch of the numbered clip's own sound.
TONE_HZ = 220
_BLOCK = 16
#: Around the astronaut's mouth: rows, columns.
MOUTH = (slice(135, 185), slice(180, 270))


@dataclass(frozen=True)
class Footage:
    """What option tests render: the astronaut as picture and as numbered clip, with voices of several lengths."""

    picture: Path
    clip: Path
    frames: int
    #: About 0.6 s, shorter than the clip; and as long as two passes of it at most.
    brief: Path
    voice: Path
    analysis: Path
    picture_analysis: Path

    def dub(
        self, folder: Path, *speeches: Path, mask: Path | None = None, **options: object
    ) -> "Made":
        """The clip with these voices, by default the long one."""
        return render(
            self.clip,
            speeches or (self.voice,),
            folder,
            analysis=self.analysis,
            mask=mask,
            **options,
        )

    def speak(
        self, folder: Path, *speeches: Path, mask: Path | None = None, **options: object
    ) -> "Made":
        """The picture with these voices, by default the brief one."""
        return render(
            self.picture,
            speeches or (self.brief,),
            folder,
            analysis=self.picture_analysis,
            is_image=True,
            mask=mask,
            **options,
        )


@dataclass(frozen=True)
class Made:
    """One render: what the engine says, and the file."""

    output: Path
    result: RenderResult

    @property
    def frames(self) -> list[np.ndarray]:
        """The output's frames, RGB."""
        return [frame for frame, _ in shown(self.output)]

    @property
    def times_s(self) -> list[Fraction]:
        """When they start."""
        return [time for _, time in shown(self.output)]

    @property
    def numbers(self) -> list[int]:
        """Which frame of the numbered clip lies under each."""
        return [number_of(frame) for frame in self.frames]

    @property
    def opening_target(self) -> np.ndarray:
        """What the engine aimed at."""
        return np.array(self.result.quality["opening_target"])

    def sound(self, rate: int = 16_000) -> np.ndarray:
        """The output's sound, mono."""
        return heard(self.output, rate)


def shown(path: Path) -> Iterator[tuple[np.ndarray, Fraction]]:
    """Frames in RGB and when they start."""
    with VideoSource(path) as source:
        for frame in source.frames():
            yield frame.to_rgb(), frame.time_s


def heard(path: Path, rate: int = 16_000) -> np.ndarray:
    """A file's sound, mono."""
    parts = []
    with av.open(str(path)) as opened:
        plain = av.AudioResampler(format="flt", layout="mono", rate=rate)
        for frame in opened.decode(audio=0):
            parts += [piece.to_ndarray()[0] for piece in plain.resample(frame)]
    return np.concatenate(parts)


def level(samples: np.ndarray, hz: float, rate: int = 16_000) -> float:
    """How strong one pitch is: amplitude of that sine."""
    wave = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / rate)
    return float(2 * np.abs((samples * wave).mean()))


def render(
    source: Path,
    speeches: Sequence[Path],
    folder: Path,
    *,
    analysis: Path,
    is_image: bool = False,
    mask: Path | None = None,
    **options: object,
) -> Made:
    """The engine's work, the analysis shared by all that name the same file."""
    engine = build()
    engine.setup()
    task = RenderTask(
        source=source,
        is_image=is_image,
        speeches=tuple(speeches),
        mask=mask,
        analysis=analysis,
        output=folder / "output.mp4",
        cover=folder / "cover.jpg",
        progress=lambda *_: None,
        options=JobOptions.model_validate(options),
    )
    return Made(task.output, engine.render(task))


def make_footage(folder: Path, picture: Path, voice: Path) -> Footage:
    """The astronaut speaks 1.2 s of the voice; her frames, numbered, are the clip."""
    whole = heard(voice)

    def cut(start_s: float, length_s: float) -> Path:
        samples = whole[int(start_s * 16_000) : int((start_s + length_s) * 16_000)]
        return make_wav(folder / f"{start_s}.wav", samples)

    # What she says in the clip is not what she is to say at the same moment.
    brief, long = cut(0.5, 0.6), cut(0.3, 1.8)
    analysis = folder / "picture.npz"
    spoken = render(picture, [cut(0.0, 1.2)], folder, analysis=analysis, is_image=True)
    frames = spoken.frames
    clip = numbered_clip(folder / "numbered.mp4", frames)
    return Footage(picture, clip, len(frames), brief, long, folder / "clip.npz", analysis)


def numbered_clip(path: Path, pictures: Sequence[np.ndarray]) -> Path:
    """The pictures as a clip; each one's number stands in its corner, its sound is a tone."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "8"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        sound = out.add_stream("aac", rate=48_000, layout="mono")
        for number, picture in enumerate(pictures):
            rgb = picture.copy()
            for bit in range(10):
                rgb[:_BLOCK, bit * _BLOCK : (bit + 1) * _BLOCK] = 235 if number >> bit & 1 else 20
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        for piece in tone(len(pictures) / FPS):
            out.mux(sound.encode(piece))
        out.mux(sound.encode(None))
    return path
