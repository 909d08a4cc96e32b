"""The steps of a render in order, each a function: plan, synthesize, composite and encode.

Tracking (`lipwire.render.face.analysis`) and hearing (`lipwire.render.hearing`) come before them, decoding and encoding
run beside them (`lipwire.render.media`). Frames are counted in output order, `k`; `canvas` is the source frame that lies
under one.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Protocol

import av
import cv2
import numpy as np

from lipwire.domain.errors import FaceNotFoundError
from lipwire.domain.options import JobOptions
from lipwire.render.face import points
from lipwire.render.face.analysis import Analysis
from lipwire.render.face.arrays import Floats, Ints, Mask, Pixels
from lipwire.render.media.frame import VideoFrame
from lipwire.render.media.kept import Footage
from lipwire.render.media.patch import RgbPatch
from lipwire.render.media.pipeline import drawn
from lipwire.render.media.sink import VideoSink, cover
from lipwire.render.media.timeline import Timeline
from lipwire.render.retarget.compose import Patch
from lipwire.render.retarget.portrait import Person, PortraitDrawer, portrait_targets
from lipwire.render.retarget.still import MixedDrawer, StillDrawer
from lipwire.render.retarget.targets import Targets
from lipwire.render.retarget.video import Clip, ClipDrawer, plan_dub
from lipwire.render.speech.track import MouthTrack

#: Below this a frame keeps its own pixels and is listed in the quality report.
QUALITY_BAR = 0.15
#: A kept span ends where a frame is this much better than the bar, and shorter spans are drawn all the same: a mouth
#: that comes and goes is worse than a doubtful one.
_BETTER, _LEAST_KEPT = 1.5, 4
#: Below this quality a mouth of the clip gives way to the frame's own lips, if those are as good as the second figure;
#: such frames that are no further apart than this belong together.
_LENDABLE, _OWN_LIPS, _APART = 0.3, 0.5, 12
#: Frames over which an edit fades in and out beside frames that stay as they are.
_FADE_FRAMES = 3

Progress = Callable[[int], None]


class Drawer(Protocol):
    """Synthesizes one person's lower face; safe to call from several threads."""

    def patch(self, k: int, frame: VideoFrame) -> Patch:
        """What to lay over `frame` as output frame k."""

    def quality(self, k: int) -> float:
        """How believable that is, 0..1."""


@dataclass(frozen=True, slots=True, eq=False)
class Speaker:
    """One person of the source with a voice, planned: who draws them and what is aimed at in each output frame."""

    person: int
    drawer: Drawer
    targets: Targets
    #: Whether the source itself shows this mouth open.
    has_open_mouths: bool
    #: 0..1 for each output frame: how much of the drawing shows.
    shown: Floats
    quality: Floats
    #: Why frames were left as they are: reason -> mask over output frames.
    untouched: dict[str, Mask]


def speakers_of(analysis: Analysis, voices: int, options: JobOptions) -> tuple[int, ...]:
    """Who speaks: the chosen person, or with two voices the leftmost and the rightmost.

    Raises FaceNotFoundError when nobody is where the choice says, or two voices find one face.
    """
    if voices == 1:
        return (analysis.choose(options.face),)
    if len(analysis.people) < 2:
        raise FaceNotFoundError("Two voices need two faces; 1 face was found.", faces=1)
    return (0, len(analysis.people) - 1)


def plan_clip(
    analysis: Analysis,
    voices: Sequence[MouthTrack],
    timeline: Timeline,
    options: JobOptions,
    part: range | None = None,
) -> tuple[Speaker, ...]:
    """A drawer for each speaker of a clip, from the analysis alone: no frame is decoded.

    It draws the slots in `part`, where one is given.
    """
    canvas = timeline.canvas
    return tuple(
        _planned(analysis, person, voice, timeline.moments(number), canvas, timeline, options, part)
        for number, (person, voice) in enumerate(
            zip(speakers_of(analysis, len(voices), options), voices, strict=True)
        )
    )


def _planned(
    analysis: Analysis,
    person: int,
    voice: MouthTrack,
    moments: Floats,
    canvas: Ints,
    timeline: Timeline,
    options: JobOptions,
    part: range | None,
) -> Speaker:
    clip = Clip.of(analysis.people[person])
    drawer: Drawer
    still = partial(
        StillDrawer,
        clip.track,
        canvas=canvas,
        expression=options.expression,
        region=options.region,
        tier=options.quality,
    )
    if clip.speaks:
        plan = plan_dub(
            clip,
            voice,
            canvas=canvas,
            moments=moments,
            times_s=timeline.times_s,
            bank=analysis.banks[person].frames,
            lines=analysis.banks[person].lines,
            options=options,
            part=part,
        )
        lent, targets = (
            ClipDrawer(plan, analysis.mouths(person), tier=options.quality),
            plan.targets,
        )
        own = still(targets=targets)
        drawer = MixedDrawer(lent, own, own_lips(_qualities(lent, len(canvas)), own.quality))
    else:
        targets = portrait_targets(
            voice,
            moments,
            landmarks=clip.track.steady[int(canvas[0])],
            expressiveness=options.expressiveness,
            expression=options.expression,
        )
        drawer = still(targets=targets)
    quality = _qualities(drawer, len(canvas))
    untouched = {
        "outside_time_ranges": ~timeline.edited,
        "no_face": ~clip.track.found[canvas],
        "mouth_hidden": clip.track.hidden[canvas],
    }
    decided = np.logical_or.reduce(list(untouched.values()))
    untouched["low_quality"] = doubtful_spans(quality) & ~decided
    cuts = np.zeros(len(canvas), dtype=bool)
    cuts[1:] = analysis.cuts[np.maximum(canvas[1:], canvas[:-1])]
    shown = faded(~(decided | untouched["low_quality"]), cuts)
    return Speaker(person, drawer, targets, clip.speaks, shown, quality, untouched)


def _qualities(drawer: Drawer, count: int) -> Floats:
    return np.array([drawer.quality(k) for k in range(count)])


def own_lips(lent: Floats, own: Callable[[int], float]) -> Mask:
    """Frames (n,) to draw with their own lips, by the quality of the clip's mouths (n,) and of own lips in a frame.

    Whole stretches in which the clip again and again has no fitting mouth: the two don't look alike, and must not take
    turns.
    """
    good_enough = cache(lambda k: own(k) >= _OWN_LIPS)
    chosen = np.zeros(len(lent), dtype=bool)
    bad = np.array([k for k in np.flatnonzero(lent < _LENDABLE) if good_enough(int(k))], dtype=int)
    for run in np.split(bad, np.flatnonzero(np.diff(bad) > _APART) + 1):
        if len(run) >= _LEAST_KEPT:
            span = range(run[0], run[-1] + 1)
            chosen[span.start : span.stop] = [good_enough(k) for k in span]
    return chosen


def doubtful_spans(quality: Floats) -> Mask:
    """Frames (n,) that keep their own pixels: from below the bar until clearly above it, and not for a blink."""
    kept = np.zeros(len(quality), dtype=bool)
    begin: int | None = None
    for k, value in enumerate(quality):
        if begin is None and value < QUALITY_BAR:
            begin = k
        is_over = value >= _BETTER * QUALITY_BAR
        if begin is not None and is_over:
            kept[begin:k] = k - begin >= _LEAST_KEPT
            begin = None
    if begin is not None:
        kept[begin:] = len(quality) - begin >= _LEAST_KEPT
    return kept


def faded(shown: Mask, cuts: Mask) -> Floats:
    """1 where the drawing shows, 0 where it does not, and a ramp of three frames on the shown side, but not at cuts."""
    level = shown.astype(np.float64)
    shot = np.cumsum(cuts)
    for step in range(1, _FADE_FRAMES + 1):
        for here, there in ((np.s_[step:], np.s_[:-step]), (np.s_[:-step], np.s_[step:])):
            beside = ~shown[there] & (shot[here] == shot[there])
            level[here] = np.where(
                shown[here] & beside,
                np.minimum(level[here], step / (_FADE_FRAMES + 1)),
                level[here],
            )
    return level


def load_mask(path: Path, size: tuple[int, int]) -> Pixels:
    """A mask picture as HxW of 0..255, stretched over a picture of `size`: white may change."""
    from lipwire.render.face.picture import read_picture

    grey = cv2.cvtColor(read_picture(path), cv2.COLOR_RGB2GRAY)
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def forbids_mouth(mask: Pixels, landmarks: Floats) -> bool:
    """Whether a mask lets nothing of a mouth change in any frame of landmarks (n, 478, 3) of the mask's size."""
    lips = landmarks[:, points.LIPS, :2]
    known = lips[np.isfinite(lips).all(axis=(1, 2))]
    x = np.clip(known[..., 0], 0, mask.shape[1] - 1).astype(int)
    y = np.clip(known[..., 1], 0, mask.shape[0] - 1).astype(int)
    return bool(len(known)) and not mask[y, x].any()


def stops_a_speaker(
    mask: Pixels | None, analysis: Analysis, voices: int, options: JobOptions, *, scale: float = 1.0
) -> bool:
    """Whether the mask forbids the whole mouth of somebody who speaks; it is `scale` times the source's size."""
    if mask is None:
        return False
    speaking = (analysis.people[one] for one in speakers_of(analysis, voices, options))
    return any(forbids_mouth(mask, person.landmarks * scale) for person in speaking)


def draw_clip(
    source: Footage,
    sink: VideoSink,
    timeline: Timeline,
    speakers: Sequence[Speaker],
    *,
    part: range,
    mask: Pixels | None,
    cover_at: int,
    cover_path: Path,
    on_frame: Progress,
) -> None:
    """Decode, synthesize, composite and encode the slots of `part`, in a few threads."""
    slots = timeline.slots
    begin = part_begins(sink, timeline, part)

    def draw(number: int, frame: VideoFrame) -> av.VideoFrame:
        k = part[number]
        patches = [
            patch for speaker in speakers if (patch := _patch(speaker, k, frame, mask)) is not None
        ]
        picture = sink.drawn(frame, patches)
        if k == cover_at:
            made = replace(frame, picture=sink.drawn(frame, patches, is_fitted=False))
            cover_path.write_bytes(cover(made.to_rgb()))
        return picture

    frames = source.play([slots[k].canvas for k in part])
    with closing(drawn(frames, draw)) as pictures:
        for number, picture in enumerate(pictures):
            slot = slots[part[number]]
            on_frame(number)
            sink.put(picture, slot.time_s - begin, slot.duration_s)


def part_begins(sink: VideoSink, timeline: Timeline, part: range) -> Fraction:
    """When a part's clock starts on the output's: with its first frame; the first part's with the output."""
    return sink.on_tick(timeline.slots[part.start].time_s) if part.start else Fraction(0)


def _patch(speaker: Speaker, k: int, frame: VideoFrame, mask: Pixels | None) -> RgbPatch | None:
    """What a speaker lays over output frame k, held back where the frame is to stay as it is."""
    if speaker.shown[k] <= 0:
        return None
    patch = speaker.drawer.patch(k, frame)
    alpha = patch.alpha
    if speaker.shown[k] < 1:
        alpha = alpha * np.float32(speaker.shown[k])
    if mask is not None:
        height, width = alpha.shape
        held = mask[patch.y : patch.y + height, patch.x : patch.x + width]
        alpha = alpha * (held.astype(np.float32) / 255)
    return RgbPatch(patch.x, patch.y, patch.rgb, alpha)


def plan_portrait(
    rgb: Pixels,
    analysis: Analysis,
    voices: Sequence[MouthTrack],
    timeline: Timeline,
    options: JobOptions,
    *,
    scale: float,
) -> tuple[PortraitDrawer, tuple[Targets, ...]]:
    """One drawer for all people of a picture: who has a voice speaks, the others breathe and blink."""
    speaking = speakers_of(analysis, len(voices), options)
    silent = np.full(len(timeline.slots), np.nan)
    people, spoken = [], []
    for person, track in enumerate(analysis.people):
        landmarks = track.landmarks[0] * scale
        number = speaking.index(person) if person in speaking else None
        targets = portrait_targets(
            voices[number or 0],
            silent if number is None else timeline.moments(number),
            landmarks=landmarks,
            expressiveness=options.expressiveness,
            expression=options.expression,
        )
        if number is not None:
            spoken.append(targets)
        people.append(Person(landmarks, targets, options.expression, options.region))
    drawer = PortraitDrawer(
        rgb, people, times_s=timeline.times_s, seed=options.seed or 0, tier=options.quality
    )
    return drawer, tuple(spoken)


def draw_portrait(
    rgb: Pixels,
    drawer: PortraitDrawer,
    sink: VideoSink,
    timeline: Timeline,
    *,
    part: range,
    mask: Pixels | None,
    cover_at: int,
    cover_path: Path,
    on_frame: Progress,
) -> None:
    """Synthesize and encode the slots of `part`, in a few threads."""
    begin = part_begins(sink, timeline, part)
    held = None if mask is None else mask[..., None].astype(np.float32) / 255

    def draw(_: int, k: int) -> av.VideoFrame:
        made = drawer.frame(k)
        if held is not None:
            made = (rgb + held * (made.astype(np.float32) - rgb)).round().astype(np.uint8)
        if k == cover_at:
            cover_path.write_bytes(cover(made))
        return sink.from_rgb(made)

    numbers: Iterator[int] = iter(part)
    with closing(drawn(numbers, draw)) as pictures:
        for number, picture in enumerate(pictures):
            slot = timeline.slots[part[number]]
            on_frame(number)
            sink.put(picture, slot.time_s - begin, slot.duration_s)
