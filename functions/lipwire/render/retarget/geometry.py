"""Where lips, jaw and skin shall be in each output frame."""

from dataclasses import dataclass

import numpy as np

from lipwire.render.face import measures, points
from lipwire.render.face.arrays import Floats, Ints, Mask
from lipwire.render.face.chart import Chart, apply_affines, turn
from lipwire.render.retarget.targets import SMILE_UP, Targets

#: Everything a mouth moves.
MOVED = np.concatenate([points.JAW, points.LOWER_FACE])
_LIP_ROW = {int(point): row for row, point in enumerate(points.LIPS)}
_UPPER = np.array([_LIP_ROW[int(p)] for p in (*points.OUTER_UPPER, *points.INNER_UPPER)])
_LOWER = np.array([_LIP_ROW[int(p)] for p in (*points.OUTER_LOWER, *points.INNER_LOWER)])
#: Most that a retrieved mouth is opened or closed beyond its own shape, in eye distances.
_MOST_BEND = 0.06
#: The canvas's own mouth is the last resort and may be bent further.
_MOST_BEND_OWN = 0.14
_NARROWEST, _WIDEST = 0.80, 1.16
#: Of one side that gives what the other may not.
_WIDEST_SIDE = 1.26
#: Of a mouth that is stretched or narrowed, so much is seen afterwards: the mesh judges its corners by the face around
#: them, too. Measured on two people, 30 frames each stretched to 0.9 and 1.08: 0.91 and 0.87, 0.88 and 0.82. Widths
#: that were measured so are asked for, so it must be stretched this much further.
STRETCH_SEEN = 0.87
#: Of an opening that is bent wider, so much is seen as width, and of one bent shut as narrowness: the same mesh. Fitted to
#: the errors of three whole dubs of two people: 0.20, 0.25 and 0.09.
_OPENING_SEEN = 0.18
#: Yaw, in radians from the lens, over which widening ends: on the far side, where lips become the face's outline, and on
#: the near side, which is seen from the front for longer.
_WIDEN_FAR, _WIDEN_NEAR = (0.25, 0.6), (0.45, 0.7)
#: How far, in eye distances, skin goes along with the lips' outline.
_LIP_REACH = 0.16
#: How strongly a clip's own evidence must speak, in frames, against the generic jaw.
_PRIOR_FRAMES = 12.0
#: How much each term of pose varies when it counts as evidence.
_POSE_EASE = np.array([0.05, 0.05, 0.01, 0.01, 0.01])


@dataclass(frozen=True, slots=True, eq=False)
class FaceModel:
    """How this person's lower face follows mouth and pose, learned from the clip: linear, in eye distances.

    `by_mouth` (2, k, 2): per unit of opening and width, for `MOVED`. `by_pose` (5, 40, 2): for the lips.
    """

    by_mouth: Floats
    by_pose: Floats

    @classmethod
    def learn(cls, chart: Chart, opening: Floats, width: Floats, usable: Mask) -> "FaceModel":
        """Ridge regression around a generic jaw, which a clip with little speech keeps."""
        frames = np.flatnonzero(usable)
        shapes = np.stack([opening, width], axis=1)[frames]
        mouth = shapes - shapes.mean(axis=0)
        turns = _pose_terms(chart.pose[frames])
        pose = turns - turns.mean(axis=0)
        prior = _generic_jaw(chart, frames)
        skin = chart.landmarks[frames[:, None], MOVED] / chart.eye_px
        skin = skin - skin.mean(axis=0) - np.einsum("nm,mkd->nkd", mouth, prior)
        outlines = chart.landmarks[frames[:, None], points.LIPS] / chart.eye_px
        lips = outlines - outlines.mean(axis=0)
        terms = np.concatenate([mouth, pose], axis=1)
        # A term that hardly varies in this clip must not be blamed for anything.
        ease = _PRIOR_FRAMES * np.concatenate([[0.05, 0.05], _POSE_EASE]) ** 2
        gram = terms.T @ terms + np.diag(ease)
        of_skin = np.linalg.solve(gram, terms.T @ skin.reshape(len(frames), -1))
        of_lips = np.linalg.solve(gram, terms.T @ lips.reshape(len(frames), -1))
        by_mouth = prior + of_skin[:2].reshape(2, len(MOVED), 2)
        return cls(
            by_mouth=by_mouth * _free_to_move(chart, frames)[..., None],
            by_pose=of_lips[2:].reshape(5, len(points.LIPS), 2),
        )

    def lips_in_pose(self, lips: Floats, own: Floats, *, wanted: Floats) -> Floats:
        """Lip outlines (n, 40, 2) in eye distances, seen in another pose."""
        change = _pose_terms(wanted) - _pose_terms(own)
        return lips + np.einsum("nm,mkd->nkd", change, self.by_pose)


def resting_width(pose: Floats, width: Floats, usable: Mask) -> Floats:
    """The mouth's mean width as a function of the head's pose, for every frame."""
    terms = _pose_terms(pose)
    middle, mean = terms[usable].mean(axis=0), width[usable].mean()
    off = terms - middle
    ease = _PRIOR_FRAMES * np.diag(_POSE_EASE**2)
    gram = off[usable].T @ off[usable] + ease
    slopes = np.linalg.solve(gram, off[usable].T @ (width[usable] - mean))
    resting: Floats = mean + off @ slopes
    return resting


def _free_to_move(chart: Chart, frames: Ints) -> Floats:
    """How far evidence is believed, per (opening or width, point of `MOVED`).

    The face's outline against hair and background shows the slightest dent: beside the mouth and above it stays where
    it is, and it never follows the mouth's width.
    """
    mean = chart.landmarks[frames].mean(axis=0)
    below = (mean[points.JAW] - mean[points.INNER_LIPS].mean(axis=0)) @ chart.down / chart.eye_px
    free = np.ones((2, len(MOVED)))
    free[0, : len(points.JAW)] = np.clip(below / 0.25, 0.0, 1.0)
    free[1, : len(points.JAW)] = 0.0
    return free


def _pose_terms(pose: Floats) -> Floats:
    yaw, pitch = pose[:, 0], pose[:, 1]
    return np.stack([yaw, pitch, yaw * yaw, pitch * pitch, yaw * pitch], axis=1)


def _generic_jaw(chart: Chart, frames: Ints) -> Floats:
    """Displacement per unit of opening and width of an average face."""
    mean = chart.landmarks[frames].mean(axis=0)
    drop = drop_profile(mean, chart.eye_px, right=chart.right, down=chart.down)
    return np.stack([drop[:, None] * chart.down, np.zeros((len(MOVED), 2))])


def drop_profile(face: Floats, eye_px: float, *, right: Floats, down: Floats) -> Floats:
    """How much of an opening each point of `MOVED` sinks, in an average face: most at the chin, nothing at the ears."""
    off = (face[MOVED] - face[points.INNER_LIPS].mean(axis=0)) / eye_px
    across, below = off @ right, off @ down
    profile: Floats = 0.7 * np.clip(below / 0.22, 0.0, 1.0) * np.exp(-((across / 0.72) ** 2))
    return profile


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """Landmark places per output frame from `first` on, in pixels of its canvas frame."""

    first: int
    lips: Floats
    skin_from: Floats
    skin_to: Floats


def desired_geometry(
    chart: Chart,
    model: FaceModel,
    *,
    first: int,
    canvas: Ints,
    source: Ints,
    targets: Targets,
    opening: Floats,
    width: Floats,
    breaks: Mask,
    middle: Floats,
    smile: float = 0.0,
    moves_jaw: bool = True,
) -> Geometry:
    """Lips of the retrieved frames bent to their targets; skin moved by as much as the mouth changes.

    Arrays are over output frames from `first` on; `middle` (478, 2) is the face on average, in the chart. `smile` is from -1 (corners down) to 1; without `moves_jaw` skin only follows what the lips pull.
    """
    lips = chart.landmarks[source[:, None], points.LIPS] / chart.eye_px
    lips = model.lips_in_pose(lips, chart.pose[source], wanted=chart.pose[canvas])
    lips = measures.smooth_in_time(lips, 0.7, breaks=breaks)
    most = np.where(source == canvas, _MOST_BEND_OWN, _MOST_BEND)
    most = measures.smooth_in_time(most, 2.0, breaks=breaks)
    lips = bend(
        lips,
        targets,
        right=chart.right,
        down=chart.down,
        most=most,
        sides=widening_sides(chart.pose[canvas, 0]),
    )
    lips = lift_corners(lips, smile, right=chart.right, down=chart.down)
    gained = np.stack(
        [lip_opening(lips) - opening[canvas], lip_width(lips) - width[canvas]], axis=1
    )
    change = measures.smooth_in_time(gained, 0.8, breaks=breaks)
    by_mouth = model.by_mouth if moves_jaw else np.zeros_like(model.by_mouth)
    skin = np.einsum("nm,mkd->nkd", change, by_mouth) * chart.eye_px
    affines = chart.affines[canvas]
    charted = chart.landmarks[canvas]
    skin = skin_with_lips(
        charted, lips * chart.eye_px, skin, middle=middle, reach=_LIP_REACH * chart.eye_px
    )
    own = apply_affines(affines, charted[:, MOVED])
    return Geometry(
        first=first,
        lips=apply_affines(affines, lips * chart.eye_px).astype(np.float32),
        skin_from=own.astype(np.float32),
        skin_to=(own + turn(affines, skin)).astype(np.float32),
    )


def skin_with_lips(
    charted: Floats, lips: Floats, skin: Floats, *, middle: Floats, reach: float
) -> Floats:
    """Skin displacements that near the lips become the lips' own: two opinions a few pixels apart would fold."""
    outer = np.array([_LIP_ROW[int(point)] for point in points.OUTER_LIPS])
    by_lips = lips[:, outer] - charted[:, points.OUTER_LIPS]
    apart = np.linalg.norm(middle[MOVED][:, None] - middle[points.OUTER_LIPS][None], axis=-1)
    shares = 1.0 / np.maximum(apart, 1e-3) ** 3
    shares /= shares.sum(axis=1, keepdims=True)
    near = np.exp(-((apart.min(axis=1) / reach) ** 2))[:, None]
    return near * np.einsum("ko,nod->nkd", shares, by_lips) + (1 - near) * skin


def bend(
    lips: Floats,
    targets: Targets,
    *,
    right: Floats,
    down: Floats,
    most: Floats,
    sides: Floats,
) -> Floats:
    """Lip outlines (n, 40, 2) opened by at most `most`, and narrowed or widened, to their targets.

    `sides` (n, 2) is how far, 0..1, each side of the lips takes part in a widening, first the one to the left: what one
    does not give the other does, and where neither would there is none.
    """
    rest = np.clip(targets.opening - lip_opening(lips), -most, most)
    center = lips.mean(axis=1, keepdims=True)
    half = np.maximum(lip_width(lips), 1e-3)[:, None] / 2
    across = (lips - center) @ right / half
    # The corners stay; the profile's mean over the three measured gaps is about 0.95.
    profile = np.clip(1.0 - across**4, 0.0, 1.0) / 0.97
    move = np.zeros(lips.shape[:2])
    move[:, _LOWER] = 0.75 * profile[:, _LOWER] * rest[:, None]
    move[:, _UPPER] = -0.25 * profile[:, _UPPER] * rest[:, None]
    bent = lips + move[..., None] * down
    seen = np.maximum(lip_width(bent) + _OPENING_SEEN * rest, 1e-3)
    stretch = (targets.width / seen - 1.0) / STRETCH_SEEN
    narrower, wider = np.clip(stretch, _NARROWEST - 1.0, 0.0), np.clip(stretch, 0.0, _WIDEST - 1.0)
    along = (bent - center) @ right
    halves = np.maximum(np.stack([-along.min(axis=1), along.max(axis=1)], axis=1), 1e-3)
    given = wider[:, None] * sides
    owed = (wider * sides.max(axis=1))[:, None] - given
    given = np.minimum(given + owed[:, ::-1] * halves[:, ::-1] / halves, _WIDEST_SIDE - 1.0)
    ratio = narrower[:, None] + np.where(along < 0, given[:, :1], given[:, 1:])
    return bent + (along * ratio)[..., None] * right


def widening_sides(yaw: Floats) -> Floats:
    """How far each side of the lips, left and right, takes part in a widening: (n, 2), of heads turned by `yaw` (n,)."""
    far, near = (
        np.clip((ends - np.abs(yaw)) / (ends - begins), 0.0, 1.0)
        for begins, ends in (_WIDEN_FAR, _WIDEN_NEAR)
    )
    # Turned by a positive yaw, the side to the right lies farther off.
    return np.where(yaw[:, None] > 0, np.stack([near, far], axis=1), np.stack([far, near], axis=1))


def lift_corners(lips: Floats, smile: float, *, right: Floats, down: Floats) -> Floats:
    """Lip outlines (n, 40, 2) with their corners drawn up, or down where `smile` is below 0; the middle stays."""
    off = lips - lips.mean(axis=1, keepdims=True)
    half = np.maximum(lip_width(lips), 1e-3)[:, None] / 2
    bow = np.clip(off @ right / half, -1.0, 1.0) ** 2
    lift = SMILE_UP * smile * (1.0 if smile > 0 else 0.5)
    return lips - lift * bow[..., None] * down


def lip_opening(lips: Floats) -> Floats:
    """Opening of outlines (n, 40, 2), in their own unit."""
    gaps = [
        np.linalg.norm(lips[:, _LIP_ROW[upper]] - lips[:, _LIP_ROW[lower]], axis=-1)
        for upper, lower in points.GAPS
    ]
    mean: Floats = np.mean(gaps, axis=0)
    return mean


def lip_width(lips: Floats) -> Floats:
    """Width of outlines (n, 40, 2), in their own unit."""
    across = lips[:, _LIP_ROW[points.MOUTH_RIGHT]] - lips[:, _LIP_ROW[points.MOUTH_LEFT]]
    width: Floats = np.linalg.norm(across, axis=-1)
    return width
