"""Drawing a dub with each frame's own lips: over a clip whose mouth never opens, or where no other mouth fits."""

from lipwire.domain.options import EditedRegion, Expression, Quality
from lipwire.render.face.arrays import Ints, Mask
from lipwire.render.face.track import FaceTrack
from lipwire.render.retarget.compose import Patch
from lipwire.render.retarget.portrait import still_quality
from lipwire.render.retarget.rig import FaceRig, face_box
from lipwire.render.retarget.targets import SMILE, Targets
from lipwire.render.retarget.video import Canvas, ClipDrawer


class StillDrawer:
    """Draws a dub over a clip whose mouth never opens: each frame's own lips are parted as a portrait's are."""

    def __init__(
        self,
        track: FaceTrack,
        targets: Targets,
        canvas: Ints,
        *,
        expression: Expression = Expression.NEUTRAL,
        region: EditedRegion = EditedRegion.MOUTH_AND_JAW,
        tier: Quality = Quality.STANDARD,
    ) -> None:
        self._track = track
        self._targets = targets
        self._canvas = canvas
        self._smile = SMILE[expression]
        self._moves_jaw = region is EditedRegion.MOUTH_AND_JAW
        self._tier = tier

    def patch(self, k: int, frame: Canvas) -> Patch:
        """What to lay over `frame` as output frame k."""
        track = self._track
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
        return rig.draw(pose)

    def quality(self, k: int) -> float:
        """How believable output frame k is, 0..1: less where the face is turned away or small."""
        return still_quality(self._track.steady[self._canvas[k]])


class MixedDrawer:
    """Draws with the clip's mouths, and in the frames of `own` (n,) with the frame's own lips."""

    #: How believable own lips are at most where the clip speaks elsewhere.
    _OWN_QUALITY = 0.5

    def __init__(self, lent: ClipDrawer, still: StillDrawer, own: Mask) -> None:
        self._lent = lent
        self._still = still
        self._own = own

    def patch(self, k: int, frame: Canvas) -> Patch:
        """What to lay over `frame` as output frame k."""
        return self._still.patch(k, frame) if self._own[k] else self._lent.patch(k, frame)

    def quality(self, k: int) -> float:
        """How believable output frame k is, 0..1."""
        if self._own[k]:
            return min(self._OWN_QUALITY, self._still.quality(k))
        return self._lent.quality(k)
