"""Drawing a dub over a clip whose mouth never opens."""

from dataclasses import replace

import numpy as np

from lipwire.domain.options import EditedRegion, Expression, Quality
from lipwire.render.face.arrays import Ints
from lipwire.render.retarget.compose import Patch
from lipwire.render.retarget.portrait import SMILE, still_quality
from lipwire.render.retarget.rig import FaceRig, face_box
from lipwire.render.retarget.targets import Targets
from lipwire.render.retarget.video import Canvas, Clip, strength


class StillDrawer:
    """Draws a dub over a clip whose mouth never opens: each frame's own lips are parted as a portrait's are."""

    def __init__(
        self,
        clip: Clip,
        targets: Targets,
        canvas: Ints,
        *,
        expression: Expression = Expression.NEUTRAL,
        region: EditedRegion = EditedRegion.MOUTH_AND_JAW,
        tier: Quality = Quality.STANDARD,
    ) -> None:
        self._clip = clip
        self._targets = targets
        self._canvas = canvas
        self._smile = SMILE[expression]
        self._moves_jaw = region is EditedRegion.MOUTH_AND_JAW
        self._tier = tier
        self._strength = strength(clip.track.found, canvas)

    def patch(self, k: int, frame: Canvas) -> Patch | None:
        """What to lay over `frame` as output frame k; None where it stays as it is."""
        if self._strength[k] <= 0:
            return None
        track = self._clip.track
        landmarks = track.steady[frame.index]
        size = (track.width, track.height)
        box = face_box(landmarks, size)
        rig = FaceRig(
            frame.rgb_crop(*box),
            landmarks,
            corner=box[:2],
            size=size,
            moves_jaw=self._moves_jaw,
            tier=self._tier,
        )
        pose = rig.mouth.pose(
            float(self._targets.opening[k]), float(self._targets.rounding[k]), smile=self._smile
        )
        patch = rig.draw(pose)
        return replace(patch, alpha=patch.alpha * np.float32(self._strength[k]))

    def quality(self, k: int) -> float:
        """How believable output frame k is, 0..1: less where the face is turned away, small or about to be lost."""
        if self._strength[k] <= 0:
            return 0.0
        landmarks = self._clip.track.steady[self._canvas[k]]
        return float(self._strength[k]) * still_quality(landmarks)
