"""What the mouth does, in units of the eye distance."""

import itertools

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from lipwire.render.face import points
from lipwire.render.face.arrays import Floats, Mask, Pixels
from lipwire.render.face.chart import eye_distance
from lipwire.render.face.view import View

_SHARPNESS_PX = 96


def opening(landmarks: Floats, *, unit: Floats | float | None = None) -> Floats:
    """Mean of three gaps between the inner lips."""
    gaps = [
        np.linalg.norm(landmarks[..., upper, :2] - landmarks[..., lower, :2], axis=-1)
        for upper, lower in points.GAPS
    ]
    mean: Floats = np.mean(gaps, axis=0) / (eye_distance(landmarks) if unit is None else unit)
    return mean


def width(landmarks: Floats, *, unit: Floats | float | None = None) -> Floats:
    """Distance between the mouth's corners."""
    across = landmarks[..., points.MOUTH_RIGHT, :2] - landmarks[..., points.MOUTH_LEFT, :2]
    distance: Floats = np.linalg.norm(across, axis=-1)
    return distance / (eye_distance(landmarks) if unit is None else unit)


def mouth_detail(view: View, landmarks: Floats) -> float:
    """Contrast of the finest detail around the mouth; compare within one clip only."""
    center = landmarks[points.LIPS, :2].mean(axis=0)
    half = 0.6 * float(eye_distance(landmarks))
    wide, height = view.size
    x0, x1 = (int(np.clip(center[0] + d, 0, wide)) for d in (-half, half))
    y0, y1 = (int(np.clip(center[1] + d, 0, height)) for d in (-half, half))
    if x1 - x0 < 8 or y1 - y0 < 8:
        return 0.0
    return _detail(view.luma(x0, y0, x1, y1))


def _detail(gray: Pixels) -> float:
    small = cv2.resize(gray, (_SHARPNESS_PX, _SHARPNESS_PX), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_32F).std())


def smooth_in_time(series: Floats, sigma: float, *, breaks: Mask | None = None) -> Floats:
    """Gaussian smoothing along the first axis, never across a frame marked in `breaks`."""
    starts = [0, *(np.flatnonzero(breaks[1:]) + 1 if breaks is not None else []), len(series)]
    out = np.array(series, dtype=np.float64)
    for begin, end in itertools.pairwise(starts):
        if end - begin > 1:
            out[begin:end] = gaussian_filter1d(out[begin:end], sigma, axis=0, mode="nearest")
    return out
