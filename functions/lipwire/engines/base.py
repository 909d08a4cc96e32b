"""The engine contract: what it declares and four methods, heavy imports only inside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from lipwire.domain.engines import EngineSpec
from lipwire.domain.options import JobOptions
from lipwire.domain.warnings import JobWarning


class Progress(Protocol):
    """Told by an engine how far it is; may raise `Stopped` to end the work."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzeTask:
    """Compute from the source alone what every later dub of it can reuse."""

    source: Path
    is_image: bool
    #: Where the engine writes its `.npz`; the runner stores it under content hash + engine version. An earlier one that
    #: lies there is left as it is, if it can be read.
    analysis: Path
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyzeResult:
    """What an analysis found; small, kept on the asset."""

    faces: int
    #: Frames in which the chosen face was found, of all frames looked at.
    frames_with_face: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HearTask:
    """Hear once what every part of an output asks of its voices."""

    #: As in `RenderTask`, and so are the options.
    speeches: tuple[Path, ...]
    options: JobOptions
    #: Where the engine writes what it heard, in a form of its own; nothing, where hearing costs it nothing.
    heard: Path
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of several parts of an output, cut by time; the parts are joined without encoding anew.

    Every part plans the whole output, so that the mouth goes on over a seam as if there were none, and draws its own
    frames only: those that start in [start_ms, end_ms) of the output. A part has no sound.
    """

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPlace:
    """Where a rendered shard stands in its output."""

    #: Number of its first frame, and how many frames the output has in all.
    first: int
    of: int
    #: What its file's time 0 is on the output's clock; whole ticks of the file.
    begins_s: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderTask:
    """One shard: local files in, local files out."""

    source: Path
    is_image: bool
    #: One voice, or two for two faces: the left one's first.
    speeches: tuple[Path, ...]
    #: White may change, black must not; stretched over the picture.
    mask: Path | None = None
    #: From an earlier `analyze` of the same bytes by the same engine version; made here when missing.
    analysis: Path
    #: From an earlier `hear` of the same voices and options by the same engine version; heard anew when missing.
    heard: Path | None = None
    output: Path
    #: Made by the shard that holds its frame.
    cover: Path
    progress: Progress
    options: JobOptions = field(default_factory=JobOptions)
    #: Written into the output's metadata, as its comment.
    mark: str | None = None
    #: The part of the output that this task makes; None makes all of it, with its sound.
    shard: Shard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What was rendered; decoded and counted, not copied from headers.

    A shard in which no frame starts is one of 0 frames: there is no file then.
    """

    frames: int
    width: int
    height: int
    fps: Fraction
    duration_ms: int
    #: Codes of `domain/warnings.py`, bare, as `code: what it is about`, or typed.
    warnings: tuple[str | JobWarning, ...] = ()
    #: Free-form numbers per engine: score per span, spans left untouched, closures hit.
    quality: Mapping[str, Any] = field(default_factory=dict)
    #: Set for a shard.
    place: ShardPlace | None = None


class Engine(Protocol):
    """Makes a face speak. `setup` is slow and called once; the others are called once a task.

    Raises `lipwire.domain.errors.MediaError` subclasses (no face, silent voice, corrupt file) for bad input.
    """

    @property
    def spec(self) -> EngineSpec: ...

    def setup(self) -> None: ...

    def analyze(self, task: AnalyzeTask) -> AnalyzeResult: ...

    def hear(self, task: HearTask) -> None: ...

    def render(self, task: RenderTask) -> RenderResult: ...
