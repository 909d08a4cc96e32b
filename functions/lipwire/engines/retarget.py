"""The engine without weights: the person's own frames, bent and re-used where another voice wants them."""

import time
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lipwire.domain.engines import Device, EngineSpec, Mode
from lipwire.engines.base import (
    AnalyzeResult,
    AnalyzeTask,
    Engine,
    Progress,
    RenderResult,
    RenderTask,
)

if TYPE_CHECKING:
    from lipwire.render.face.arrays import Floats, Ints, Mask
    from lipwire.render.face.track import FaceTrack
    from lipwire.render.media.frame import VideoFrame
    from lipwire.render.media.sink import SinkReport
    from lipwire.render.media.source import VideoSource
    from lipwire.render.retarget.compose import Patch
    from lipwire.render.retarget.targets import Targets
    from lipwire.render.retarget.video import Clip, Plan
    from lipwire.render.speech.track import MouthTrack

SPEC = EngineSpec(
    name="retarget",
    version="1",
    summary="Photographic lip-sync from the person's own frames; no model weights, runs on CPU.",
    modes=frozenset({Mode.VIDEO, Mode.PORTRAIT}),
    device=Device.CPU,
    vcpus=2,
    memory_mib=4096,
    gpus=0,
    attempt_timeout_s=3600,
    millicredits_per_second=1000,
    licence="Apache-2.0",
)

#: The cover shows the frame this far into the output.
_COVER_AT = Fraction(1, 3)


def build() -> Engine:
    """The engine, not yet set up."""
    return RetargetEngine()


class RetargetEngine:
    """Dubs a clip with its own mouths, or makes a portrait speak."""

    @property
    def spec(self) -> EngineSpec:
        """What this engine declares."""
        return SPEC

    def setup(self) -> None:
        """The numerical libraries are imported."""
        import lipwire.render.face.finder
        import lipwire.render.media.sink
        import lipwire.render.retarget.portrait
        import lipwire.render.retarget.video
        import lipwire.render.speech.mouth  # noqa: F401

    def analyze(self, task: AnalyzeTask) -> AnalyzeResult:
        """The face's landmarks through the source lie at `task.analysis`.

        Raises:
            NoFaceError: there is no face, or none large enough.
            CorruptMediaError: the source can't be decoded.
        """
        track = _look(task.source, is_image=task.is_image, progress=task.progress)
        track.save(task.analysis)
        return AnalyzeResult(faces=1, frames_with_face=int(track.found.sum()), frames=len(track))

    def render(self, task: RenderTask) -> RenderResult:
        """The speaking video lies at `task.output`, its cover at `task.cover`.

        Raises:
            MediaError: no face, a silent voice, a file that can't be decoded.
        """
        from lipwire.render.speech.mouth import mouth_track

        clock = _Clock()
        task.progress("listening", 0, 1)
        speech = mouth_track(task.speeches[0])
        clock.lap("listening")
        track = _stored(task.analysis)
        if track is None:
            track = _look(task.source, is_image=task.is_image, progress=task.progress)
            track.save(task.analysis)
        clock.lap("analyzing")
        task.progress("planning", 0, 1)
        if task.is_image:
            return _render_portrait(task, track, speech, clock=clock)
        return _render_clip(task, track, speech, clock=clock)


def _stored(analysis: Path) -> "FaceTrack | None":
    """An earlier analysis, None where there is none that can be read."""
    from lipwire.render.face.track import FaceTrack

    if not analysis.exists():
        return None
    try:
        return FaceTrack.load(analysis)
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _look(source: Path, *, is_image: bool, progress: Progress) -> "FaceTrack":
    from lipwire.render.face.picture import read_picture
    from lipwire.render.face.track import still_track, track_face
    from lipwire.render.media.source import VideoSource

    if is_image:
        return still_track(read_picture(source))
    with VideoSource(source) as clip:
        total = max(1, clip.info.frame_count)
        return track_face(
            clip.frames(), on_frame=lambda index: progress("analyzing", min(index, total), total)
        )


def _render_portrait(
    task: RenderTask, track: "FaceTrack", speech: "MouthTrack", *, clock: "_Clock"
) -> RenderResult:
    import numpy as np

    from lipwire.render.face.picture import read_picture
    from lipwire.render.media.sink import VideoSink, cover
    from lipwire.render.retarget.portrait import FPS, portrait_targets, speak

    rgb = read_picture(task.source)
    count = max(1, -(-speech.duration_s * FPS // 1))
    times = np.arange(count) / FPS
    targets = portrait_targets(speech, times)
    clock.lap("planning")
    covered = int(count * _COVER_AT)
    with VideoSink(
        task.output,
        speech=task.speeches[0],
        width=rgb.shape[1],
        height=rgb.shape[0],
        fps=Fraction(FPS),
    ) as sink:
        for k, picture in enumerate(speak(rgb, track.landmarks[0], targets, times)):
            task.progress("rendering", k, count)
            sink.write_rgb(picture, Fraction(k, FPS))
            if k == covered:
                task.cover.write_bytes(cover(picture))
        report = sink.close()
    clock.lap("rendering")
    return _result(
        report,
        warnings=(),
        quality={"untouched_spans": [], "source_had_open_mouths": False},
        targets=targets,
        clock=clock,
        model=speech.model,
    )


class _Drawer(Protocol):
    def patch(self, k: int, frame: "VideoFrame") -> "Patch | None": ...


def _render_clip(
    task: RenderTask, track: "FaceTrack", speech: "MouthTrack", *, clock: "_Clock"
) -> RenderResult:
    import numpy as np

    from lipwire.render.media.patch import RgbPatch
    from lipwire.render.media.sink import VideoSink, cover
    from lipwire.render.media.source import VideoSource
    from lipwire.render.media.timeline import bounce
    from lipwire.render.retarget.portrait import paste
    from lipwire.render.retarget.video import Clip

    with VideoSource(task.source) as source:
        slots = bounce(track.starts, track.durations, until_s=speech.duration_s)
        canvas = np.array([slot.canvas for slot in slots])
        times = np.array([float(slot.time_s) for slot in slots])
        clip = Clip.of(track)
        drawer, targets, quality, warnings = _drawer(clip, speech, source, canvas, times)
        clock.lap("planning")
        count = len(slots)
        covered = int(count * _COVER_AT)
        with VideoSink(task.output, speech=task.speeches[0], like=source.info) as sink:
            for k, (_, frame, time_s) in enumerate(source.ping_pong(count)):
                task.progress("rendering", k, count)
                patch = drawer.patch(k, frame)
                laid = None if patch is None else RgbPatch(patch.x, patch.y, patch.rgb, patch.alpha)
                sink.write(frame, laid, time_s)
                if k == covered:
                    shown = frame.to_rgb()
                    task.cover.write_bytes(cover(shown if patch is None else paste(shown, patch)))
            report = sink.close()
    clock.lap("rendering")
    return _result(
        report, warnings=warnings, quality=quality, targets=targets, clock=clock, model=speech.model
    )


def _drawer(
    clip: "Clip", speech: "MouthTrack", source: "VideoSource", canvas: "Ints", times: "Floats"
) -> "tuple[_Drawer, Targets, dict[str, object], tuple[str, ...]]":
    """Who draws the clip's frames, what it aims at, and what is to be told about it."""
    from lipwire.render.retarget.portrait import portrait_targets
    from lipwire.render.retarget.still import StillDrawer
    from lipwire.render.retarget.video import ClipDrawer, collect_mouths, plan_dub, strength

    shown = strength(clip.track.found, canvas)
    quality: dict[str, object] = {
        "untouched_spans": _spans(shown <= 0),
        "source_had_open_mouths": clip.speaks,
    }
    warnings: tuple[str, ...] = ("face_lost_in_some_frames",) if (shown <= 0).any() else ()
    if not clip.speaks:
        targets = portrait_targets(speech, times)
        warnings += ("mouth_closed_in_source",)
        return StillDrawer(clip, targets, canvas), targets, quality, warnings
    plan = plan_dub(clip, speech, canvas=canvas, times_s=times)
    mouths = collect_mouths(plan, source.frames())
    return (
        ClipDrawer(plan, mouths),
        plan.targets,
        quality | _choices(plan),
        (*warnings, *(("doubtful_mouths",) if plan.doubtful.mean() > 0.1 else ())),
    )


def _choices(plan: "Plan") -> dict[str, object]:
    """How well the clip could serve the voice."""
    cost = plan.choice.cost
    own = plan.choice.source == plan.canvas
    return {
        "cost_median": round(float(sorted(cost)[len(cost) // 2]), 3),
        "cost_worst": round(float(cost.max()), 3),
        "doubtful_spans": _spans(plan.doubtful),
        "own_mouth_frames": int(own.sum()),
        "mouths_used": len(plan.wanted),
    }


def _result(
    report: "SinkReport",
    *,
    warnings: tuple[str, ...],
    quality: dict[str, object],
    targets: "Targets",
    clock: "_Clock",
    model: str,
) -> RenderResult:
    return RenderResult(
        frames=report.frames,
        width=report.width,
        height=report.height,
        fps=report.fps,
        duration_ms=round(report.duration_s * 1000),
        warnings=(*report.warnings, *warnings),
        quality=quality
        | {
            "frames": report.frames,
            "speech_model": model,
            "closure_frames": int(targets.closed.sum()),
            "closures": len(_spans(targets.closed)),
            "opening_target": [round(float(value), 4) for value in targets.opening],
            "width_target": [round(float(value), 4) for value in targets.width],
            "timings_s": clock.laps,
        },
    )


def _spans(marked: "Mask") -> list[list[int]]:
    """First and last frame of each run of marked frames."""
    spans: list[list[int]] = []
    for k, is_marked in enumerate(marked):
        if not is_marked:
            continue
        if spans and spans[-1][1] == k - 1:
            spans[-1][1] = k
        else:
            spans.append([k, k])
    return spans


class _Clock:
    """Seconds each stage took."""

    def __init__(self) -> None:
        self._since = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """The stage ends now."""
        now = time.perf_counter()
        self.laps[stage] = round(now - self._since, 3)
        self._since = now
