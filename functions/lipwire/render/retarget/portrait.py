"""A picture that speaks."""

from collections.abc import Iterator

import numpy as np

from lipwire.render.face.arrays import Floats, Pixels
from lipwire.render.retarget.blink import Eyelids, blinks
from lipwire.render.retarget.compose import Patch
from lipwire.render.retarget.rig import FaceRig
from lipwire.render.retarget.shape import Pose
from lipwire.render.retarget.sway import Sway, head_motion
from lipwire.render.retarget.targets import MouthRange, Speech, Targets, mouth_targets

FPS = 25
#: A still's mouth range in eye distances: what reads as speech and stays believable.
STILL_REACH = MouthRange(closed=0.004, open=0.15, width=0.0, width_spread=0.0)
_SEED = 7


def speak(rgb: Pixels, landmarks: Floats, targets: Targets, times_s: Floats) -> Iterator[Pixels]:
    """The portrait's frames: mouth, lids and head moving."""
    size = (rgb.shape[1], rgb.shape[0])
    rig = FaceRig(rgb, landmarks, corner=(0, 0), size=size)
    eyelids = Eyelids(landmarks, size)
    sway = Sway(landmarks, size)
    shut = blinks(times_s, seed=_SEED)
    motion = head_motion(times_s, targets.energy, seed=_SEED)
    for k in range(len(times_s)):
        still = rgb
        if shut[k] > 0:
            still = rgb.copy()
            eyelids.close(still, float(shut[k]))
        x0, y0, x1, y1 = rig.box
        patch = rig.draw(
            _pose(rig, targets, k),
            base_rgb=np.ascontiguousarray(still[y0:y1, x0:x1]),
        )
        yield sway.move(
            paste(still, patch),
            across=float(motion.across[k]),
            down=float(motion.down[k]),
            tilt=float(motion.tilt[k]),
        )


def _pose(rig: FaceRig, targets: Targets, k: int) -> Pose:
    opening, rounding = float(targets.opening[k]), float(targets.rounding[k])
    width = float(rig.mouth.width_for(np.array(opening), np.array(rounding)))
    return Pose(opening, width, rounding)


def paste(rgb: Pixels, patch: Patch) -> Pixels:
    """A copy of the picture with the patch laid over it."""
    out = rgb.copy()
    height, width = patch.alpha.shape
    view = out[patch.y : patch.y + height, patch.x : patch.x + width]
    mixed = view + patch.alpha[..., None] * (patch.rgb - view)
    view[:] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return out


def portrait_targets(speech: Speech, times_s: Floats) -> Targets:
    """The mouth a still shall show at each time."""
    return mouth_targets(speech, times_s, reach=STILL_REACH)
