"""A picture whose people speak."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lipwire.domain.options import EditedRegion, Expression, Quality
from lipwire.render.face.arrays import Floats, Mask, Pixels
from lipwire.render.face.chart import head_pose
from lipwire.render.retarget.blink import Eyelids, blinks
from lipwire.render.retarget.compose import Patch
from lipwire.render.retarget.rig import SAMPLING, FaceRig
from lipwire.render.retarget.shape import StillMouth
from lipwire.render.retarget.sway import Motion, Sway, head_motion, move_heads
from lipwire.render.retarget.targets import SMILE, MouthRange, Speech, Targets, mouth_targets

#: Frames per second where nobody asked for another rate.
FPS = 25
#: Larger pictures are reduced to this longer side, in pixels.
LONGEST_SIDE = 2560
#: A still's mouth in eye distances: what reads as speech and stays believable. A mouth that is open at rest goes
#: a little beyond that.
_CLOSED, _OPEN, _BEYOND_REST, _WIDEST = 0.004, 0.15, 0.05, 0.24
#: In eye distances per second: between what speaking clips show, so that teeth do not come within one frame.
_FASTEST = 1.5
#: Reach and rounding at expressiveness 0 and 1, against what they are at 0.5.
_MUMBLED, _EXAGGERATED = 0.45, 1.55
#: The most a mouth is rounded, by its width at rest in eye distances: a smile that is fully pursed looks pinched.
_SMILE_FROM, _SMILE_TO, _ROUNDEST_SMILE = 0.54, 0.64, 0.65
#: Frames over which a mouth comes to rest where its voice has no say.
_REST_FRAMES = 4
#: Yaw, in radians, from which a still's quality falls, and where it ends; the same for eye distances in pixels.
_YAW, _SMALL_PX = (0.35, 0.95), (50.0, 18.0)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One who speaks, or only breathes and blinks: landmarks (478, 3) in the picture's pixels, a mouth per frame."""

    landmarks: Floats
    targets: Targets
    expression: Expression = Expression.NEUTRAL
    region: EditedRegion = EditedRegion.MOUTH_AND_JAW


class PortraitDrawer:
    """Draws the frames of a picture with one person or several; `frame` may be called in any order, from any thread."""

    def __init__(
        self,
        rgb: Pixels,
        people: Sequence[Person],
        *,
        times_s: Floats,
        seed: int = 0,
        tier: Quality = Quality.STANDARD,
    ) -> None:
        size = (rgb.shape[1], rgb.shape[0])
        self._rgb = rgb
        self._sampling = SAMPLING[tier]
        faces = [person.landmarks for person in people]
        self._actors = [
            _Actor(
                person=person,
                rig=FaceRig(
                    rgb,
                    person.landmarks,
                    corner=(0, 0),
                    size=size,
                    moves_jaw=person.region is EditedRegion.MOUTH_AND_JAW,
                    speaks=bool(person.targets.energy.any()),
                    tier=tier,
                ),
                eyelids=Eyelids(person.landmarks, size),
                sway=Sway(
                    person.landmarks,
                    size,
                    others=[face for j, face in enumerate(faces) if j != number],
                ),
                shut=blinks(times_s, seed=seed, person=number),
                motion=head_motion(times_s, person.targets.energy, seed=seed, person=number),
            )
            for number, person in enumerate(people)
        ]
        self._quality = min([still_quality(face) for face in faces], default=0.0)

    def frame(self, k: int) -> Pixels:
        """Frame k as RGB of the picture's size."""
        out = self._rgb.copy()
        for actor in self._actors:
            actor.draw(out, k)
        return move_heads(
            out,
            [actor.sway for actor in self._actors],
            [actor.motion.at(k) for actor in self._actors],
            interpolation=self._sampling,
        )

    def quality(self, k: int) -> float:  # noqa: ARG002 - every frame comes from the same picture
        """How believable frame k is, 0..1: that of its smallest and most turned face."""
        return self._quality


@dataclass(frozen=True, slots=True, eq=False)
class _Actor:
    person: Person
    rig: FaceRig
    eyelids: Eyelids
    sway: Sway
    shut: Floats
    motion: Motion

    def draw(self, out: Pixels, k: int) -> None:
        """Lids and mouth of frame k, in place; the head does not move yet."""
        if self.shut[k] > 0:
            self.eyelids.close(out, float(self.shut[k]))
        targets = self.person.targets
        pose = self.rig.mouth.pose(
            float(targets.opening[k]),
            float(targets.rounding[k]),
            smile=SMILE[self.person.expression],
        )
        x0, y0, x1, y1 = self.rig.box
        lay(out, self.rig.draw(pose, base_rgb=np.ascontiguousarray(out[y0:y1, x0:x1])))


def still_quality(landmarks: Floats) -> float:
    """How believable a face is when its still mouth is moved, 0..1: less in profile and where it is small."""
    yaw = abs(float(head_pose(landmarks[None])[0, 0]))
    turned = np.clip((_YAW[1] - yaw) / (_YAW[1] - _YAW[0]), 0.0, 1.0)
    eye_px = StillMouth(landmarks).eye_px
    large = np.clip((eye_px - _SMALL_PX[1]) / (_SMALL_PX[0] - _SMALL_PX[1]), 0.0, 1.0)
    return float(turned * (0.4 + 0.6 * large))


def fit_picture(rgb: Pixels, *, height: int | None = None) -> tuple[Pixels, float]:
    """The picture at its output size, and its scale.

    Its shorter side is at most `height`, its longer one at most `LONGEST_SIDE`; it is never enlarged. Where it is
    re-sampled its sides become even.
    """
    tall, wide = rgb.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(wide, tall))
    if height is not None:
        scale = min(scale, height / min(wide, tall))
    if scale == 1.0:
        return rgb, 1.0
    size = (2 * max(1, round(wide * scale / 2)), 2 * max(1, round(tall * scale / 2)))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), scale


def portrait_targets(
    speech: Speech,
    moments: Floats,
    *,
    landmarks: Floats | None = None,
    expressiveness: float = 0.5,
    expression: Expression = Expression.NEUTRAL,
) -> Targets:
    """The mouth a still shall show at each moment of its voice, in seconds; NaN where it rests.

    With `landmarks` of the face, reach and widths are this mouth's own.
    """
    gain = float(np.interp(expressiveness, [0.0, 0.5, 1.0], [_MUMBLED, 1.0, _EXAGGERATED]))
    speaks = ~np.isnan(moments)
    mouth = None if landmarks is None else StillMouth(landmarks, speaks=bool(speaks.any()))
    rest = 0.0 if mouth is None else mouth.rest_opening
    most = min(gain * max(_OPEN, rest + _BEYOND_REST), _WIDEST)
    reach = MouthRange(closed=_CLOSED, open=most, width=0.0, width_spread=0.0, fastest=_FASTEST)
    if not speaks.any():
        return _resting(len(moments), mouth, expression)
    said = mouth_targets(speech, moments[speaks], reach=reach)
    targets = _resting(len(moments), mouth, expression)
    for name in ("opening", "rounding", "energy", "closed"):
        getattr(targets, name)[speaks] = getattr(said, name)
    ease = _nearness(speaks)
    opening = _CLOSED + ease * (targets.opening - _CLOSED)
    roundest = 1.0
    if mouth is not None:
        smiles = (_SMILE_FROM, _SMILE_TO)
        roundest = float(np.interp(mouth.rest_width, smiles, (1.0, _ROUNDEST_SMILE)))
    rounding = np.clip(gain * ease * targets.rounding, -1.0, roundest)
    wide = targets.width
    if mouth is not None:
        wide = mouth.width_for(opening, rounding, smile=SMILE[expression])
    opening = np.where(targets.closed, np.minimum(opening, targets.opening), opening)
    return replace(targets, opening=opening, rounding=rounding, width=wide)


def _resting(count: int, mouth: StillMouth | None, expression: Expression) -> Targets:
    """A closed mouth for `count` frames."""
    zero = np.zeros(count)
    opening = zero + _CLOSED
    wide = zero if mouth is None else mouth.width_for(opening, zero, smile=SMILE[expression])
    return Targets(opening, wide, zero.copy(), zero > 0, zero.copy())


def _nearness(speaks: Mask) -> Floats:
    """1 where the mouth speaks, falling to 0 over the frames before it rests and rising after."""
    near = speaks.astype(np.float64)
    for step in range(1, _REST_FRAMES):
        # What lies beyond either end counts as speech.
        rests = np.zeros((2, len(speaks)), dtype=bool)
        rests[0, step:], rests[1, : len(speaks) - step] = ~speaks[:-step], ~speaks[step:]
        near = np.where(rests.any(axis=0), np.minimum(near, step / _REST_FRAMES), near)
    return near


def lay(rgb: Pixels, patch: Patch) -> None:
    """The patch is laid over the picture, in place."""
    height, width = patch.alpha.shape
    view = rgb[patch.y : patch.y + height, patch.x : patch.x + width]
    mixed = view + patch.alpha[..., None] * (patch.rgb - view)
    view[:] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def paste(rgb: Pixels, patch: Patch) -> Pixels:
    """A copy of the picture with the patch laid over it."""
    out = rgb.copy()
    lay(out, patch)
    return out


def speak(
    rgb: Pixels, landmarks: Floats, targets: Targets, times_s: Floats, *, seed: int = 0
) -> Iterator[Pixels]:
    """The frames of a portrait of one person."""
    drawer = PortraitDrawer(rgb, [Person(landmarks, targets)], times_s=times_s, seed=seed)
    for k in range(len(times_s)):
        yield drawer.frame(k)
