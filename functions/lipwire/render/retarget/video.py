"""Planning and drawing a dub over a clip of the same person."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from lipwire.domain.options import EditedRegion, JobOptions, Quality
from lipwire.render.face import measures, points
from lipwire.render.face.arrays import Floats, Ints, Mask, Pixels
from lipwire.render.face.chart import Chart, eye_distance
from lipwire.render.face.lipline import clarity, tones
from lipwire.render.face.track import FaceTrack
from lipwire.render.retarget.compose import Edit, Patch, compose, edit_box
from lipwire.render.retarget.geometry import FaceModel, Geometry, desired_geometry, resting_width
from lipwire.render.retarget.lips import TIES, Lent, MouthSource, mouth_box
from lipwire.render.retarget.retrieval import Choice, Mouths, retrieve
from lipwire.render.retarget.rig import SAMPLING
from lipwire.render.retarget.targets import (
    FASTEST,
    SMILE,
    SMILE_WIDER,
    MouthRange,
    Speech,
    Targets,
    mouth_targets,
)

#: A clip whose mouth opens less than this, in eye distances, can't lend open mouths.
LEAST_OPENING = 0.08
#: Widest opening that speech needs: a laugh in the clip must not make every vowel a shout.
_WIDEST_SPOKEN = 0.22
_LEAST_SPOKEN = 0.10
#: How much an opening varies when it counts as evidence for how the mouth widens with it.
_OPENING_EASE = 0.02
#: Mouth width always varies by at least this much, in eye distances.
_LEAST_SPREAD = 0.02
#: Of the actor's reach, at expressiveness 0, 0.5 and 1; and what no mouth goes beyond.
_GAINS, _WIDEST = (0.5, 1.0, 1.5), 0.26
#: Right after a jump between two mouths, the share of the one that was shown before.
_LINGERING = 0.35
#: Difference of opening up to which two mouths may be mixed, and as a share of the wider: one of two nearly closed
#: mouths may show teeth and the other none.
_ALIKE, _ALIKE_SHARE = 0.03, 0.4
#: Over how many frames the lips' colour may change, and by how many levels it is changed at most.
_TONE_FRAMES, _MOST_TINT = 4.0, 24.0
#: Lips part and meet as fast as these do at their fastest but for this percentile, in eye distances per second at least.
_FASTEST_SHARE, _LEAST_FAST = 90, 1.3
#: Output frames beside a part's own on which its mouths' places depend: what smooths them in time reaches 11.
_BESIDE = 12
#: Above this cost a frame's mouth is doubtful and is reported.
DOUBTFUL_COST = 14.0


class Canvas(Protocol):
    """What drawing needs of a decoded frame."""

    @property
    def index(self) -> int: ...

    def rgb_crop(self, x0: int, y0: int, x1: int, y1: int) -> Pixels: ...


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip's own mouth, measured: what a dub draws from. Openings and widths in eye distances of the chart."""

    track: FaceTrack
    chart: Chart
    opening: Floats
    width: Floats
    #: The width this mouth has at rest in each frame's pose: seen from the side it is narrower.
    resting_width: Floats
    #: Against the clip's median.
    sharpness: Floats
    #: Frames whose mouths may be shown elsewhere.
    usable: Mask

    @classmethod
    def of(cls, track: FaceTrack) -> "Clip":
        """The track with its mouth measured on the chart."""
        chart = track.chart
        sharp = track.sharpness / max(float(np.median(track.sharpness[track.found])), 1e-6)
        opening = measures.opening(chart.landmarks, unit=chart.eye_px)
        usable = track.found & (chart.scale > 0.5)
        # The mesh needs a frame to settle on a new shot.
        usable[1:] &= ~track.cuts[:-1]
        if usable.sum() < 2:
            usable = track.found
        width = measures.width(chart.landmarks, unit=chart.eye_px)
        return cls(
            track=track,
            chart=chart,
            opening=opening,
            width=width,
            resting_width=resting_width(chart.pose, width, usable),
            sharpness=sharp,
            usable=usable,
        )

    @property
    def speaks(self) -> bool:
        """Whether the clip shows open mouths as well as closed ones."""
        spoken = self.opening[self.usable]
        return float(np.percentile(spoken, 95)) >= LEAST_OPENING

    def reach_at(self, expressiveness: float) -> MouthRange:
        """How far this mouth goes: its own reach at 0.5, half of it at 0, half as much again at 1."""
        own = self.reach
        gain = float(np.interp(expressiveness, [0.0, 0.5, 1.0], _GAINS))
        return replace(
            own,
            open=min(gain * own.open, _WIDEST),
            width_spread=gain * own.width_spread,
            fastest=min(max(gain, 1.0) * own.fastest, FASTEST),
        )

    @property
    def reach(self) -> MouthRange:
        """How far this mouth goes."""
        opening = self.opening[self.usable]
        width = (self.width - self.resting_width)[self.usable]
        low, high = np.percentile(opening, [3, 97])
        middle = float(opening.mean())
        ease = len(opening) * _OPENING_EASE**2
        widening = float((opening - middle) @ width / (((opening - middle) ** 2).sum() + ease))
        width = width - widening * (opening - middle)
        return MouthRange(
            closed=float(min(low, 0.03)),
            open=float(np.clip(high, _LEAST_SPOKEN, _WIDEST_SPOKEN)),
            width=0.0,
            width_spread=float(max(width.std(), _LEAST_SPREAD)),
            widening=widening,
            middle=middle,
            fastest=self._fastest(),
        )

    def _fastest(self) -> float:
        """How fast this mouth opens and shuts, in eye distances per second."""
        follows = self.usable[1:] & self.usable[:-1] & ~self.track.breaks[1:]
        if not follows.any():
            return FASTEST
        speeds = np.abs(np.diff(self.opening)) / np.maximum(np.diff(self.track.times_s), 1e-3)
        fast = float(np.percentile(speeds[follows], _FASTEST_SHARE))
        return float(np.clip(fast, _LEAST_FAST, FASTEST))


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything decided about a dub before a pixel is drawn; arrays over output frames."""

    clip: Clip
    canvas: Ints
    targets: Targets
    choice: Choice
    geometry: Geometry
    #: What each source frame's lips, in RGB levels, are redder and lighter than the skin around them: (frames, 3).
    tone: Floats
    #: The same as it is wanted: (n, 3).
    wanted_tone: Floats

    @property
    def doubtful(self) -> Mask:
        """Output frames for which the clip has no fitting mouth."""
        return self.choice.cost > DOUBTFUL_COST


def plan_dub(
    clip: Clip,
    speech: Speech,
    *,
    canvas: Ints,
    moments: Floats,
    times_s: Floats,
    bank: Ints,
    lines: Floats,
    options: JobOptions,
    part: range | None = None,
) -> Plan:
    """Choose a mouth of `bank` for each output frame and place it; `lines` (n, 5) are the bank's lip lines.

    Only mouths of the output frames in `part` are placed, where one is given. `canvas` (n,) is the source frame under each output frame, `times_s` (n,) when that is shown, `moments` (n,) where
    the voice is then, in seconds, NaN where it is not heard.
    """
    relative = mouth_targets(
        speech, moments, reach=clip.reach_at(options.expressiveness), times_s=times_s
    )
    clear = np.ones(len(clip.opening))
    clear[bank] = clarity(lines, clip.opening[bank])
    mouths = Mouths(
        opening=clip.opening,
        width=clip.width - clip.resting_width,
        pose=measures.smooth_in_time(clip.chart.pose, 1.0, breaks=clip.track.breaks),
        sharpness=clip.sharpness,
        clarity=clear,
        shape=clip.chart.landmarks[:, points.LIPS] / clip.chart.eye_px,
        times_s=clip.track.times_s,
    )
    choice = retrieve(
        mouths,
        canvas,
        bank=bank,
        opening=relative.opening,
        width=relative.width,
        tier=options.quality,
    )
    smile = SMILE[options.expression]
    targets = replace(
        relative, width=clip.resting_width[canvas] + relative.width + SMILE_WIDER * smile
    )
    breaks = _breaks(clip, canvas)
    model = FaceModel.learn(clip.chart, clip.opening, clip.width, clip.usable)
    part = range(len(canvas)) if part is None else part
    near = slice(max(0, part.start - _BESIDE), part.stop + _BESIDE)
    geometry = desired_geometry(
        clip.chart,
        model,
        first=near.start,
        canvas=canvas[near],
        source=choice.source[near],
        targets=targets.part(near),
        opening=clip.opening,
        width=clip.width,
        breaks=breaks[near],
        middle=clip.chart.mean_over(canvas),
        smile=smile,
        moves_jaw=options.region is EditedRegion.MOUTH_AND_JAW,
    )
    tone = np.broadcast_to(np.median(tones(lines), axis=0), (len(clip.opening), 3)).copy()
    tone[bank] = tones(lines)
    # Lips change colour from shot to shot of a mouth: red where they are pressed, pale where they are stretched. One
    # after the other they'd flash.
    wanted = measures.smooth_in_time(tone[choice.source], _TONE_FRAMES, breaks=breaks)
    return Plan(clip, canvas, targets, choice, geometry, tone, wanted)


def _breaks(clip: Clip, canvas: Ints) -> Mask:
    """Output frames that don't continue the one before: nothing may be smoothed across them."""
    breaks = np.zeros(len(canvas), dtype=bool)
    passed = np.cumsum(clip.track.breaks)
    # Any between the two: a canvas may skip frames.
    breaks[1:] = passed[canvas[1:]] != passed[canvas[:-1]]
    return breaks


def cut_mouth(track: FaceTrack, frame: Canvas) -> MouthSource:
    """The frame's mouth as a source."""
    landmarks = track.steady[frame.index]
    box = mouth_box(
        landmarks, eye_px=float(eye_distance(landmarks)), size=(track.width, track.height)
    )
    return MouthSource(
        frame=frame.index,
        rgb=frame.rgb_crop(*box),
        corner=box[:2],
        lips=landmarks[points.LIPS, :2],
        ties=landmarks[TIES, :2],
    )


def _followers(plan: Plan) -> dict[int, tuple[int, float]]:
    """Output frames right after a jump -> the frame the old mouth would have gone on with, and its weight."""
    source, found = plan.choice.source, plan.clip.track.found
    softened: dict[int, tuple[int, float]] = {}
    for k in range(1, len(source)):
        follower = int(source[k - 1]) + 1
        if abs(int(source[k]) - int(source[k - 1])) <= 2 or follower >= len(found):
            continue
        # Lips over teeth would be a ghost: only alike mouths are mixed.
        openings = plan.clip.opening[follower], plan.clip.opening[source[k]]
        unlike = abs(openings[0] - openings[1]) > min(_ALIKE, _ALIKE_SHARE * max(openings))
        if found[follower] and not plan.clip.track.breaks[follower] and not unlike:
            softened[k] = (follower, _LINGERING)
    return softened


class ClipDrawer:
    """Draws a planned dub; call `patch` for output frames in order or not."""

    def __init__(
        self,
        plan: Plan,
        mouths: Mapping[int, MouthSource],
        *,
        tier: Quality = Quality.STANDARD,
    ) -> None:
        # Not the plan itself: the chart in it is large and done with.
        self._track = plan.clip.track
        self._geometry, self._choice = plan.geometry, plan.choice
        self._mouths = mouths
        self._sampling = SAMPLING[tier]
        self._tone, self._wanted_tone = plan.tone, plan.wanted_tone
        self._softened = {
            k: softened for k, softened in _followers(plan).items() if softened[0] in mouths
        }

    def quality(self, k: int) -> float:
        """How well the clip can serve output frame k, 0..1: 0.5 where its mouth is doubtful."""
        return float(1 / (1 + (self._choice.cost[k] / DOUBTFUL_COST) ** 2))

    def patch(self, k: int, frame: Canvas) -> Patch:
        """What to lay over `frame` as output frame k."""
        track, geometry = self._track, self._geometry
        landmarks = track.steady[frame.index]
        edit = Edit(
            landmarks=landmarks,
            lips_to=geometry.lips[k - geometry.first],
            skin_from=geometry.skin_from[k - geometry.first],
            skin_to=geometry.skin_to[k - geometry.first],
            eye_px=float(eye_distance(landmarks)),
        )
        chosen = int(self._choice.source[k])
        source = self._mouths[chosen] if chosen != frame.index else cut_mouth(track, frame)
        sources = [self._lent(k, source, 1.0)]
        if k in self._softened:
            follower, weight = self._softened[k]
            sources = [
                self._lent(k, source, 1 - weight),
                self._lent(k, self._mouths[follower], weight),
            ]
        box = edit_box(edit, (track.width, track.height))
        return compose(frame.rgb_crop(*box), box, edit, sources=sources, sampling=self._sampling)

    def _lent(self, k: int, mouth: MouthSource, share: float) -> Lent:
        off = self._wanted_tone[k] - self._tone[mouth.frame]
        return Lent(mouth, share, np.clip(off, -_MOST_TINT, _MOST_TINT))
