"""Thin-plate splines as inverse maps: for each pixel of the output, where to look in the input."""

from dataclasses import dataclass

import cv2
import numpy as np

from lipwire.render.face.arrays import Floats

#: Keeps the system solvable when two control points nearly coincide; far below a pixel.
_STIFFNESS = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Spline:
    """A smooth field that is exact at its control points, or as near as their `ease` lets it."""

    centers: Floats
    weights: Floats
    origin: Floats
    scale: float

    @classmethod
    def through(
        cls, where: Floats, values: Floats, *, ease: Floats | float = _STIFFNESS
    ) -> "Spline":
        """The spline that has `values` (n, d) at the points `where` (n, 2).

        Points with more `ease` give way to each other: at 0.003 two of them a thirtieth of the whole apart meet in the
        middle, and those a fifth apart keep their values.
        """
        origin = where.mean(axis=0)
        scale = float(np.abs(where - origin).max()) or 1.0
        centers = (where - origin) / scale
        n = len(centers)
        system = np.zeros((n + 3, n + 3))
        system[:n, :n] = _kernel(centers, centers)
        system[np.arange(n), np.arange(n)] += ease
        system[:n, n] = 1.0
        system[:n, n + 1 :] = centers
        system[n:, :n] = system[:n, n:].T
        known = np.zeros((n + 3, values.shape[1]))
        known[:n] = values
        return cls(centers, np.linalg.solve(system, known), origin, scale)

    def at(self, where: Floats) -> Floats:
        """The field at points (m, 2)."""
        scaled = (where - self.origin) / self.scale
        n = len(self.centers)
        values: Floats = _kernel(scaled, self.centers) @ self.weights[:n]
        return values + self.weights[n] + scaled @ self.weights[n + 1 :]

    def over(self, corner: tuple[int, int], size: tuple[int, int], *, step: float) -> Floats:
        """The field at each pixel of a box (height, width, d), solved every `step` pixels and interpolated."""
        width, height = size
        columns, rows = int(np.ceil(width / step)) + 4, int(np.ceil(height / step)) + 4
        xs = corner[0] + (np.arange(columns) - 1.5) * step
        ys = corner[1] + (np.arange(rows) - 1.5) * step
        nodes = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        coarse = self.at(nodes).reshape(rows, columns, -1).astype(np.float32)
        to_node = np.array([[1 / step, 0, 1.5], [0, 1 / step, 1.5]])
        field: Floats = cv2.warpAffine(
            coarse, to_node, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        )
        return field


def _kernel(a: Floats, b: Floats) -> Floats:
    """r^2 log r^2, from squared distances by one matrix product."""
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2.0 * (a @ b.T)
    np.maximum(squares, 1e-12, out=squares)
    kernel: Floats = squares * np.log(squares)
    return kernel


def look_up(field: Floats, corner: tuple[int, int], *, image_corner: tuple[int, int]) -> Floats:
    """A displacement field over a box as coordinates inside an image that begins at `image_corner`."""
    height, width = field.shape[:2]
    maps = field.astype(np.float32, copy=True)
    maps[..., 0] += np.arange(width, dtype=np.float32)[None] + (corner[0] - image_corner[0])
    maps[..., 1] += np.arange(height, dtype=np.float32)[:, None] + (corner[1] - image_corner[1])
    return maps
