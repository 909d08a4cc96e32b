"""The chart: landmarks with head motion taken out, and the head's pose."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Ints


def fit_affines(reference: Floats, targets: Floats) -> Floats:
    """Least-squares 2x3 affines that carry `reference` (k, 2) onto each of `targets` (n, k, 2)."""
    k = len(reference)
    design = np.concatenate([reference, np.ones((k, 1))], axis=1).astype(np.float64)
    solved = np.einsum("ij,njk->nik", np.linalg.pinv(design), targets.astype(np.float64))
    return np.swapaxes(solved, 1, 2)


def apply_affines(affines: Floats, where: Floats) -> Floats:
    """Points (n, k, 2) carried by their affines (n, 2, 3)."""
    moved: Floats = np.einsum("nij,nkj->nki", affines[:, :, :2], where) + affines[:, None, :, 2]
    return moved


def turn(affines: Floats, vectors: Floats) -> Floats:
    """Displacements (n, k, 2) carried by the affines' linear parts."""
    turned: Floats = np.einsum("nij,nkj->nki", affines[:, :, :2], vectors)
    return turned


def invert_affines(affines: Floats) -> Floats:
    """The affines that undo `affines`."""
    linear = np.linalg.inv(affines[:, :, :2])
    return np.concatenate(
        [linear, -np.einsum("nij,nj->ni", linear, affines[:, :, 2])[..., None]], 2
    )


def eye_distance(landmarks: Floats) -> Floats:
    """Distance between the outer eye corners, the unit of every other measure."""
    across = landmarks[..., points.EYE_OUTER_RIGHT, :2] - landmarks[..., points.EYE_OUTER_LEFT, :2]
    distance: Floats = np.linalg.norm(across, axis=-1)
    return distance


def head_pose(landmarks: Floats) -> Floats:
    """Yaw and pitch in radians, (n, 2), from the mesh's depth."""
    across = landmarks[:, points.CHEEK_RIGHT] - landmarks[:, points.CHEEK_LEFT]
    down = landmarks[:, points.CHIN] - landmarks[:, points.FOREHEAD]
    yaw = np.arctan2(across[:, 2], np.hypot(across[:, 0], across[:, 1]))
    pitch = np.arctan2(down[:, 2], np.hypot(down[:, 0], down[:, 1]))
    return np.stack([yaw, pitch], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A clip's landmarks in the coordinates of its reference frame.

    `affines[t]` carries the chart onto frame t; `eye_px` is the chart's eye distance, `right` and `down` its axes.
    """

    affines: Floats
    landmarks: Floats
    pose: Floats
    #: Each frame's eye distance as a multiple of the chart's, (n,).
    scale: Floats
    eye_px: float
    right: Floats
    down: Floats

    @classmethod
    def of(cls, landmarks: Floats, reference: int) -> "Chart":
        """Chart of landmarks (n, 478, 3) that are all found."""
        whole = (slice(0, len(landmarks)), landmarks)
        return cls.of_blocks([whole], len(landmarks), reference=landmarks[reference, :, :2])

    @classmethod
    def of_blocks(
        cls, blocks: Iterable[tuple[slice, Floats]], count: int, *, reference: Floats
    ) -> "Chart":
        """As `of`, from some frames' landmarks at a time; `reference` (478, 2) are those of the reference frame."""
        origin = reference.astype(np.float64)
        affines = np.empty((count, 2, 3))
        pose = np.empty((count, 2))
        # In single precision: a long clip's chart is among the largest things in memory.
        charted = np.empty((count, len(origin), 2), dtype=np.float32)
        eyes = np.empty(count)
        for part, landmarks in blocks:
            affines[part] = fit_affines(origin[points.RIGID], landmarks[:, points.RIGID, :2])
            charted[part] = apply_affines(invert_affines(affines[part]), landmarks[..., :2])
            pose[part] = head_pose(landmarks)
            eyes[part] = eye_distance(landmarks)
        right = origin[points.EYE_OUTER_RIGHT] - origin[points.EYE_OUTER_LEFT]
        eye_px = float(np.linalg.norm(right))
        right = right / eye_px
        return cls(
            affines=affines,
            landmarks=charted,
            pose=pose,
            scale=eyes / eye_px,
            eye_px=eye_px,
            right=right,
            down=np.array([-right[1], right[0]]),
        )

    def mean_over(self, frames: Ints) -> Floats:
        """The face (478, 2) on average over some frames, of which one may come many times."""
        shares = np.bincount(frames, minlength=len(self.landmarks)) / len(frames)
        return np.tensordot(shares.astype(np.float32), self.landmarks, axes=1)
