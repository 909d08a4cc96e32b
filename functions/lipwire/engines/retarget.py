"""The engine without weights: the person's own frames, bent and re-used where another voice wants them."""

import time
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lipwire.domain.engines import Device, EngineSpec, Mode
from lipwire.domain.errors import MediaError
from lipwire.engines.base import (
    AnalyzeResult,
    AnalyzeTask,
    Engine,
    HearTask,
    RenderResult,
    RenderTask,
    ShardPlace,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lipwire.render.face.analysis import Analysis
    from lipwire.render.media.kept import KeptFrames
    from lipwire.render.media.mix import SoundMix
    from lipwire.render.media.sink import SinkReport, VideoSink
    from lipwire.render.media.timeline import Timeline
    from lipwire.render.speech.track import MouthTrack

SPEC = EngineSpec(
    name="retarget",
    version="2",
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

#: What reading a stored analysis or hearing raises that is not one.
_UNREADABLE = (ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile, zlib.error)
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
        import lipwire.render.face.analysis
        import lipwire.render.frames
        import lipwire.render.hearing  # noqa: F401

    def analyze(self, task: AnalyzeTask) -> AnalyzeResult:
        """The people of the source, their landmarks and mouths lie at `task.analysis`.

        Raises:
            NoFaceError: there is no face, or none large enough.
            CorruptMediaError: the source can't be decoded.
        """
        analysis = _known(task).analysis
        found = analysis.people[analysis.choose(None)].found
        return AnalyzeResult(
            faces=len(analysis.people), frames_with_face=int(found.sum()), frames=len(analysis)
        )

    def hear(self, task: HearTask) -> None:
        """What the voices ask of mouths lies at `task.heard`.

        Raises:
            SilentSpeechError: nobody can be heard in a voice.
            CorruptMediaError: a voice can't be decoded.
        """
        from lipwire.render.hearing import hear, save

        voices = hear(
            task.speeches, task.options, before_each=lambda: task.progress("listening", 0, 1)
        )
        save(task.heard, voices)

    def render(self, task: RenderTask) -> RenderResult:
        """The speaking video lies at `task.output`, its cover at `task.cover`; of a shard, its pictures only.

        Raises:
            MediaError: no face, a silent voice, a file that can't be decoded, an option that does not fit.
        """
        clock = _Clock()
        task.progress("listening", 0, 1)
        voices, known = _heard_and_known(task, clock)
        task.progress("planning", 0, 1)
        draw = _render_portrait if task.is_image else _render_clip
        try:
            report, told, warnings, place = draw(task, known, voices, clock)
        except _NoFrames as none:
            return none.result
        clock.lap("rendering")
        return RenderResult(
            frames=report.frames,
            width=report.width,
            height=report.height,
            fps=report.fps,
            duration_ms=round(report.duration_s * 1000),
            warnings=(*report.warnings, *warnings),
            quality={
                **told,
                "frames": report.frames,
                "analysis": "reused" if known.is_reused else "made",
                "faces": len(known.analysis.people),
                "seed": task.options.seed or 0,
                "speech_model": voices[0].model,
                "timings_s": clock.laps,
            },
            place=place,
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """A source's analysis; whether an earlier one was there; the frames, where all of them were kept in making it."""

    analysis: "Analysis"
    is_reused: bool
    kept: "KeptFrames | None"


_Drawn = tuple["SinkReport", "dict[str, Any]", "tuple[str, ...]", ShardPlace | None]


class _NoFrames(Exception):  # noqa: N818 - an empty shard is no error
    """No frame of the output starts in this shard: lengths are known ahead as upper bounds only."""

    def __init__(self, of: int) -> None:
        self.result = RenderResult(
            frames=0,
            width=0,
            height=0,
            fps=Fraction(1),
            duration_ms=0,
            place=ShardPlace(first=of, of=of, begins_s=Fraction(0)),
        )


def _heard_and_known(task: RenderTask, clock: "_Clock") -> "tuple[tuple[MouthTrack, ...], _Known]":
    """The voices, heard beside the source's analysis, and that.

    What is wrong with a voice is told before what is wrong with the source, whichever was found first.
    """
    from lipwire.render.hearing import Hearing

    if heard := _heard_before(task):
        clock.lap("listening")
        known = _known(task)
        clock.lap("analyzing")
        return heard, known
    told = ("listening", 0, 1)

    with Hearing(task.speeches, task.options) as hearing:

        def analyzing(stage: str, done: int, total: int) -> None:
            nonlocal told
            hearing.check()
            told = (stage, done, total)
            task.progress(*told)

        def waiting() -> None:
            task.progress(*told)

        try:
            known = _known(replace(task, progress=analyzing))
        except MediaError:
            hearing.tracks(waiting)
            raise
        clock.lap("analyzing")
        voices = hearing.tracks(waiting)
        clock.lap("listening")
    return voices, known


def _heard_before(task: RenderTask) -> "tuple[MouthTrack, ...]":
    """What an earlier `hear` left, if it can be read; else nothing."""
    from lipwire.render.hearing import load

    if task.heard is not None and task.heard.exists():
        with suppress(*_UNREADABLE):
            return load(task.heard)
    return ()


def _known(task: AnalyzeTask | RenderTask) -> _Known:
    """The source's analysis, made and saved where none is there that can be read."""
    from lipwire.render.face.analysis import Analysis

    if task.analysis.exists():
        with suppress(*_UNREADABLE):
            return _Known(Analysis.load(task.analysis), is_reused=True, kept=None)
    made, kept = _look(task)
    made.save(task.analysis)
    return _Known(made, is_reused=False, kept=kept)


def _look(task: AnalyzeTask | RenderTask) -> "tuple[Analysis, KeptFrames | None]":
    from lipwire.render.face.analysis import analyze_clip, analyze_picture
    from lipwire.render.face.picture import read_picture
    from lipwire.render.media.kept import KeptFrames
    from lipwire.render.media.source import VideoSource

    if task.is_image:
        return analyze_picture(read_picture(task.source)), None
    with VideoSource(task.source) as clip:
        total = max(1, clip.info.frame_count)
        kept = KeptFrames(clip.info) if isinstance(task, RenderTask) else None
        frames = clip.frames()
        made = analyze_clip(
            frames if kept is None else kept.passing(frames),
            on_frame=lambda index: task.progress("analyzing", min(index, total), total),
        )
    return made, kept if kept is not None and kept.is_whole else None


def _render_portrait(
    task: RenderTask, known: _Known, voices: "Sequence[MouthTrack]", clock: "_Clock"
) -> _Drawn:
    from lipwire.render.face.picture import read_picture
    from lipwire.render.frames import draw_portrait, load_mask, plan_portrait, stops_a_speaker
    from lipwire.render.media.look import SETTINGS
    from lipwire.render.media.sink import VideoSink
    from lipwire.render.media.timeline import portrait_timeline
    from lipwire.render.retarget.portrait import FPS, fit_picture
    from lipwire.render.told import aimed_at

    options, analysis = task.options, known.analysis
    rgb, scale = fit_picture(read_picture(task.source), height=options.height)
    timeline = portrait_timeline(
        voices_s=[voice.duration_s for voice in voices], options=options, fps=FPS
    )
    drawer, spoken = plan_portrait(rgb, analysis, voices, timeline, options, scale=scale)
    mask = load_mask(task.mask, (rgb.shape[1], rgb.shape[0])) if task.mask else None
    part = _part(task, timeline)
    clock.lap("planning")
    with VideoSink(
        task.output,
        sound=_sound(task, timeline),
        width=rgb.shape[1],
        height=rgb.shape[0],
        fps=1 / timeline.slots[0].duration_s,
        settings=SETTINGS[options.quality],
        mark=task.mark,
    ) as sink:
        draw_portrait(
            rgb,
            drawer,
            sink,
            timeline,
            part=part,
            mask=mask,
            cover_at=int(len(timeline.slots) * _COVER_AT),
            cover_path=task.cover,
            on_frame=lambda k: task.progress("rendering", k, len(part)),
        )
        place = _place(task, timeline, part, sink)
        report = sink.close()
    told = aimed_at(spoken[0], part) | {
        "score": round(drawer.quality(0), 3),
        "untouched_spans": [],
        "source_had_open_mouths": False,
    }
    codes: dict[str, None] = {}
    if stops_a_speaker(mask, analysis, len(voices), options, scale=scale):
        codes["mask_forbids_mouth"] = None
    return report, told, tuple(codes), place


def _render_clip(
    task: RenderTask, known: _Known, voices: "Sequence[MouthTrack]", clock: "_Clock"
) -> _Drawn:
    from lipwire.render.frames import draw_clip, load_mask, plan_clip, stops_a_speaker
    from lipwire.render.media.look import SETTINGS
    from lipwire.render.media.sink import VideoSink
    from lipwire.render.media.source import VideoSource
    from lipwire.render.media.timeline import plan_timeline
    from lipwire.render.process_limits import return_freed_memory
    from lipwire.render.told import told_of, warnings_of

    options, analysis = task.options, known.analysis
    with VideoSource(task.source) as source:
        source.expect(analysis.starts, analysis.durations)
        timeline = plan_timeline(
            analysis.starts,
            analysis.durations,
            voices_s=[voice.duration_s for voice in voices],
            options=options,
            fps=source.info.fps,
        )
        part = _part(task, timeline)
        speakers = plan_clip(analysis, voices, timeline, options, part)
        mask = load_mask(task.mask, analysis.size) if task.mask else None
        # A long clip's analysis, and what planning leaves behind, are tens of megabytes each that drawing hardly uses.
        analysis.rest()
        return_freed_memory()
        clock.lap("planning")
        with VideoSink(
            task.output,
            sound=_sound(task, timeline, has_sound=source.info.has_audio),
            like=source.info,
            rate=timeline.rate,
            short_side=options.height,
            settings=SETTINGS[options.quality],
            mark=task.mark,
        ) as sink:
            draw_clip(
                known.kept or source,
                sink,
                timeline,
                speakers,
                part=part,
                mask=mask,
                cover_at=int(len(timeline.slots) * _COVER_AT),
                cover_path=task.cover,
                on_frame=lambda k: task.progress("rendering", k, len(part)),
            )
            place = _place(task, timeline, part, sink)
            report = sink.close()
    first = speakers[0]
    codes = dict(warnings_of(speakers))
    if stops_a_speaker(mask, analysis, len(voices), options):
        codes["mask_forbids_mouth"] = None
    return report, told_of(first, timeline, part), tuple(codes), place


def _part(task: RenderTask, timeline: "Timeline") -> range:
    """The slots that this task makes; raises _NoFrames where there are none."""
    if task.shard is None:
        return range(len(timeline.slots))
    part = timeline.part(Fraction(task.shard.start_ms, 1000), Fraction(task.shard.end_ms, 1000))
    if not part:
        raise _NoFrames(len(timeline.slots))
    return part


def _place(
    task: RenderTask, timeline: "Timeline", part: range, sink: "VideoSink"
) -> ShardPlace | None:
    """Where a shard's file stands in the output."""
    from lipwire.render.frames import part_begins

    if task.shard is None:
        return None
    return ShardPlace(
        first=part.start, of=len(timeline.slots), begins_s=part_begins(sink, timeline, part)
    )


def _sound(task: RenderTask, timeline: "Timeline", *, has_sound: bool = False) -> "SoundMix | None":
    from lipwire.render.media.mix import SoundMix
    from lipwire.render.media.timeline import Origin

    if task.shard is not None and task.shard.start_ms > 0:
        return None
    files = dict(zip((Origin.VOICE, Origin.SECOND_VOICE), task.speeches, strict=False))
    if has_sound:
        files[Origin.SOURCE] = task.source
    return SoundMix(timeline.sound, files, timeline.end_s)


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
