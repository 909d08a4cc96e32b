"""Drawing a dub over a clip whose mouth never opens."""

from dataclasses import replace

import numpy as np

from lipwire.render.face.arrays import Ints
from lipwire.render.retarget.compose import Patch
from lipwire.render.retarget.rig import FaceRig, face_box
from lipwire.render.retarget.targets import Targets
from lipwire.render.retarget.video import Canvas, Clip, strength


class StillDrawer:
    """Draws a dub over a clip whose mouth never opens: each frame's own lips are parted as a portrait's are."""

    def __init__(self, clip: Clip, targets: Targets, canvas: Ints) -> None:
        self._clip = clip
        self._targets = targets
        self._strength = strength(clip.track.found, canvas)

    def patch(self, k: int, frame: Canvas) -> Patch | None:
        """What to lay over `frame` as output frame k; None where it stays as it is."""
        if self._strength[k] <= 0:
            return None
        track = self._clip.track
        landmarks = track.steady[frame.index]
        size = (track.width, track.height)
        box = face_box(landmarks, size)
        rig = FaceRig(frame.rgb_crop(*box), landmarks, corner=box[:2], size=size)
        pose = rig.mouth.pose(float(self._targets.opening[k]), float(self._targets.rounding[k]))
        patch = rig.draw(pose)
        return replace(patch, alpha=patch.alpha * np.float32(self._strength[k]))
