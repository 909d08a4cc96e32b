"""Drawn-by-numbers faces: landmarks that are consistent where the renderer looks."""

import numpy as np

from lipwire.render.face import points


def a_face(
    *, opening: float = 0.0, eye_px: float = 100.0, shift: tuple[float, float] = (0.0, 0.0)
) -> np.ndarray:
    """478 landmarks (x, y, z) of an upright face whose mouth is `opening` eye distances open."""
    # Points the renderer doesn't name lie scattered over the face, always in the same places.
    scattered = np.random.default_rng(5).uniform(-0.5, 0.5, (478, 2)) * [1.0, 1.6]
    face = np.concatenate([scattered, np.zeros((478, 1))], axis=1)
    around = np.linspace(0, 2 * np.pi, len(points.OVAL), endpoint=False)
    face[points.OVAL, 0] = 0.75 * np.sin(around)
    face[points.OVAL, 1] = 0.15 - 1.0 * np.cos(around)
    face[points.EYE_OUTER_LEFT, :2] = -0.5, -0.2
    face[points.EYE_OUTER_RIGHT, :2] = 0.5, -0.2
    across = np.linspace(-0.3, 0.3, 11)
    bow = 1 - (across / 0.3) ** 2
    face[points.OUTER_UPPER, 0], face[points.OUTER_UPPER, 1] = across, 0.6 - 0.07 * bow
    face[points.INNER_UPPER, 0], face[points.INNER_UPPER, 1] = across * 0.93, 0.6
    face[points.OUTER_LOWER, 0] = across[1:-1]
    face[points.OUTER_LOWER, 1] = 0.6 + (0.08 + opening) * bow[1:-1]
    face[points.INNER_LOWER, 0], face[points.INNER_LOWER, 1] = across[1:-1] * 0.93, 0.6
    for upper, lower in points.GAPS:
        face[lower, :2] = face[upper, :2] + [0, opening]
    return face * eye_px + [320 + shift[0], 240 + shift[1], 0]


def turned(
    face: np.ndarray, *, angle: float, zoom: float, shift: tuple[float, float]
) -> np.ndarray:
    """The face after a plain head motion in the picture's plane."""
    cos, sin = np.cos(angle) * zoom, np.sin(angle) * zoom
    out = face.copy()
    out[:, :2] = face[:, :2] @ np.array([[cos, sin], [-sin, cos]]) + shift
    return out
