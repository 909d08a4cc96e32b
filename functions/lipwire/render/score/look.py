"""One pass over a video: its mouth, and how the mouth's surroundings change from frame to frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from lipwire.render.face import measures, points
from lipwire.render.face.arrays import Floats, Mask, Pixels
from lipwire.render.face.chart import fit_affines
from lipwire.render.face.finder import FaceFinder
from lipwire.render.media.source import VideoSource

#: The mouth's crop without head motion: so many pixels for so many eye distances.
CROP_PX = 96
_CROP_EYES = 1.1


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A video's mouth, re-detected frame by frame and not smoothed; NaN in frames without a face."""

    times_s: Floats
    #: (n, 478, 3) in pixels.
    landmarks: Floats
    #: Inner gap and corner distance of the lips, in eye distances.
    opening: Floats
    width: Floats
    #: Mean absolute difference of this mouth crop and the one before, in 8-bit levels, head motion taken out.
    flicker: Floats

    @property
    def found(self) -> Mask:
        """Where a face was found."""
        return np.isfinite(self.opening)


def look_at(path: Path) -> Seen:
    """Every frame of the video.

    Raises CorruptMediaError for a file that can't be decoded, NoFaceError where no frame shows a face.
    """
    times: list[float] = []
    marks: list[Floats] = []
    flicker: list[float] = []
    nothing = np.full((478, 3), np.nan, dtype=np.float32)
    reference: Floats | None = None
    before: Pixels | None = None
    with VideoSource(path) as source, FaceFinder() as finder:
        for frame in source.frames():
            rgb = frame.to_rgb(quick=True)
            found = finder.find(rgb)
            times.append(float(frame.time_s))
            marks.append(nothing if found is None else found)
            crop = None
            if found is not None:
                reference = found if reference is None else reference
                crop = mouth_crop(rgb, found, reference)
            both = crop is not None and before is not None
            flicker.append(float(cv2.absdiff(crop, before).mean()) if both else np.nan)
            before = crop
    landmarks = np.stack(marks)
    return Seen(
        times_s=np.array(times),
        landmarks=landmarks,
        opening=measures.opening(landmarks),
        width=measures.width(landmarks),
        flicker=np.array(flicker),
    )


def mouth_crop(rgb: Pixels, landmarks: Floats, reference: Floats) -> Pixels:
    """The grey mouth crop, CROP_PX square, as if the head stood where it does in `reference`."""
    here = fit_affines(
        reference[points.RIGID, :2].astype(np.float64),
        landmarks[None, points.RIGID, :2].astype(np.float64),
    )[0]
    eye_px = float(np.linalg.norm(reference[33, :2] - reference[263, :2]))
    centre = reference[points.INNER_LIPS, :2].mean(axis=0)
    scale = _CROP_EYES * eye_px / CROP_PX
    to_reference = np.array(
        [
            [scale, 0, centre[0] - scale * CROP_PX / 2],
            [0, scale, centre[1] - scale * CROP_PX / 2],
            [0, 0, 1],
        ]
    )
    to_frame = np.vstack([here, [0, 0, 1]])[:2] @ to_reference
    crop = cv2.warpAffine(
        rgb,
        to_frame,
        (CROP_PX, CROP_PX),
        flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)  # type: ignore[return-value]


def luma(path: Path) -> Iterator[Pixels]:
    """The Y' plane of each frame, upright, as stored."""
    with VideoSource(path) as source:
        for frame in source.frames():
            yield frame.picture.to_ndarray(format="gray")  # type: ignore[misc]
