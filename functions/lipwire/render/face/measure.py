"""Measuring a finished video by looking at it afresh, as tests and benchmarks do."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from lipwire.render.face import measures, points
from lipwire.render.face.arrays import Floats, Mask
from lipwire.render.face.chart import apply_affines, eye_distance, fit_affines, invert_affines
from lipwire.render.face.finder import FaceFinder
from lipwire.render.media.source import VideoSource


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Mouths of a video, re-detected frame by frame and not smoothed; in eye distances, NaN without a face."""

    times_s: Floats
    opening: Floats
    width: Floats
    #: Mean distance of the rigid landmarks from the reference's, head motion taken out.
    rigid_drift: Floats
    landmarks: Floats

    @property
    def found(self) -> Mask:
        """Where a face was found."""
        return np.isfinite(self.opening)


def measure_video(path: Path, *, reference: Floats | None = None) -> Measured:
    """Look at each frame. `reference` landmarks (478, 3), by default the first found frame's, say who it should be."""
    times: list[Fraction] = []
    marks: list[Floats] = []
    nothing = np.full((478, 3), np.nan, dtype=np.float32)
    with VideoSource(path) as source, FaceFinder() as finder:
        for frame in source.frames():
            found = finder.find(frame.to_rgb(quick=True))
            times.append(frame.time_s)
            marks.append(nothing if found is None else found)
    landmarks = np.stack(marks)
    found_frames = np.isfinite(landmarks[:, 0, 0])
    drift = np.full(len(landmarks), np.nan)
    if found_frames.any():
        model = landmarks[found_frames][0] if reference is None else reference
        drift[found_frames] = rigid_drift(landmarks[found_frames], model)
    return Measured(
        times_s=np.array([float(t) for t in times]),
        opening=measures.opening(landmarks),
        width=measures.width(landmarks),
        rigid_drift=drift,
        landmarks=landmarks,
    )


def rigid_drift(landmarks: Floats, reference: Floats) -> Floats:
    """How far the rigid points of each face (n, 478, 3) lie from the reference's, after the best affine fit."""
    model = reference[points.RIGID, :2].astype(np.float64)
    shown = landmarks[:, points.RIGID, :2].astype(np.float64)
    carried = apply_affines(invert_affines(fit_affines(model, shown)), shown)
    off: Floats = np.linalg.norm(carried - model, axis=2).mean(axis=1)
    return off / float(eye_distance(reference))


def correlation(wanted: Floats, shown: Floats) -> float:
    """Pearson's r over frames in which both are known."""
    count = min(len(wanted), len(shown))
    both = np.isfinite(wanted[:count]) & np.isfinite(shown[:count])
    return float(np.corrcoef(wanted[:count][both], shown[:count][both])[0, 1])
