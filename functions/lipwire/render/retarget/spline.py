"""Thin-plate splines as inverse maps: for each pixel of the output, where to look in the input."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from lipwire.render.face.arrays import Floats

#: Keeps the system solvable when two control points nearly coincide; far below a pixel.
_STIFFNESS = 1e-7
#: Weights that sum up to less than this lose nothing that shows in single precision.
_MILD = 50_000.0
#: Nodes beyond a box on each side, for the cubic between them.
_MARGIN = 2


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
        """The field at points (m, 2); in single precision where that is exact to a hundredth of a pixel."""
        n = len(self.centers)
        is_mild = float(np.abs(self.weights[:n]).sum()) < _MILD
        kind: type[np.floating[Any]] = np.float32 if is_mild else np.float64
        scaled: Floats = ((where - self.origin) / self.scale).astype(kind)
        centers: Floats = self.centers.astype(kind)
        weights: Floats = self.weights.astype(kind)
        values: Floats = _kernel(scaled, centers) @ weights[:n]
        return values + weights[n] + scaled @ weights[n + 1 :]

    def nodes(self, corner: tuple[int, int], size: tuple[int, int], *, step: float) -> "Nodes":
        """The field of a box solved about every `step` pixels."""
        pixels = max(2, round(step))
        columns, rows = (-(-length // pixels) + 2 * _MARGIN for length in size)
        xs = corner[0] + (np.arange(columns) - _MARGIN + 0.5) * pixels - 0.5
        ys = corner[1] + (np.arange(rows) - _MARGIN + 0.5) * pixels - 0.5
        where = np.empty((rows, columns, 2))
        where[..., 0], where[..., 1] = xs, ys[:, None]
        values = self.at(where.reshape(-1, 2)).astype(np.float32, copy=False)
        return Nodes(values.reshape(rows, columns, -1), size, pixels)

    def over(self, corner: tuple[int, int], size: tuple[int, int], *, step: float) -> Floats:
        """The field at each pixel of a box (height, width, d), solved about every `step` pixels and interpolated."""
        return self.nodes(corner, size, step=step).over((0, 0, *size))


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """A field over a box of `size` (width, height), known every `step` pixels: (rows, columns, d), with a margin."""

    values: Floats
    size: tuple[int, int]
    step: int

    def moving(self, least: float) -> tuple[int, int, int, int] | None:
        """Inside the box, where displacements reach `least` pixels: left, top, right, bottom; None for nowhere."""
        moved = (np.abs(self.values).max(axis=-1) * np.sqrt(2) >= least).astype(np.uint8)
        left, top, across, down = cv2.boundingRect(moved)
        if across == 0:
            return None
        width, height = self.size
        # A node tells of what lies between it and its neighbours.
        x0, y0 = ((first - _MARGIN - 1) * self.step for first in (left, top))
        x1, y1 = ((last - _MARGIN + 1) * self.step for last in (left + across, top + down))
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def over(self, part: tuple[int, int, int, int]) -> Floats:
        """The field at each pixel of a part of the box, cubic between nodes."""
        x0, y0, x1, y1 = part
        step = self.step
        left, top = x0 // step, y0 // step
        right, bottom = (-(-last // step) + 2 * _MARGIN for last in (x1, y1))
        some = np.ascontiguousarray(self.values[top:bottom, left:right])
        full = cv2.resize(
            some, (some.shape[1] * step, some.shape[0] * step), interpolation=cv2.INTER_CUBIC
        )
        x0, x1 = (x - (left - _MARGIN) * step for x in (x0, x1))
        y0, y1 = (y - (top - _MARGIN) * step for y in (y0, y1))
        return full[y0:y1, x0:x1]  # type: ignore[return-value]


def _kernel(a: Floats, b: Floats) -> Floats:
    """r^2 log r^2, from squared distances by one matrix product."""
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1)[None]
    products = a @ b.T
    products *= 2.0
    squares -= products
    np.maximum(squares, 1e-12, out=squares)
    kernel: Floats = cv2.multiply(squares, cv2.log(squares, dst=products), dst=products)
    return kernel


def look_up(field: Floats, corner: tuple[int, int], *, image_corner: tuple[int, int]) -> Floats:
    """A displacement field over a box as coordinates inside an image that begins at `image_corner`."""
    height, width = field.shape[:2]
    maps = field.astype(np.float32, copy=True)
    maps[..., 0] += np.arange(width, dtype=np.float32)[None] + (corner[0] - image_corner[0])
    maps[..., 1] += np.arange(height, dtype=np.float32)[:, None] + (corner[1] - image_corner[1])
    return maps
