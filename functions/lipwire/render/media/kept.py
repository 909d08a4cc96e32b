"""The frames of a short clip, kept from the pass that analyzed it, so that drawing needs no second one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from lipwire.render.media.frame import LAYOUTS, VideoFrame
from lipwire.render.media.source import SourceInfo

#: Most that a render shall hold, and what it holds besides kept frames: so much, and the encoder so many frames.
_MOST_BYTES: Final = 860_000_000
_OTHER_BYTES: Final = 230_000_000
_OTHER_FRAMES: Final = 150
#: Small frames take more than their samples: beyond so many they would not fit.
_MOST_FRAMES: Final = 1500


class Footage(Protocol):
    """Where frames to draw on come from."""

    def play(self, canvases: Sequence[int]) -> Iterator[VideoFrame]:
        """The frames of these numbers in this order."""
        ...


class KeptFrames:
    """As many frames as a clip has, if they fit into memory beside all else: ten seconds at 720p, two at 1080p."""

    def __init__(self, info: SourceInfo) -> None:
        step_x, step_y, bits = LAYOUTS[info.working_pix_fmt]
        samples = info.width * info.height
        samples += 2 * -(-info.width // step_x) * -(-info.height // step_y)
        frame_bytes = samples * (2 if bits > 8 else 1)
        fitting = (_MOST_BYTES - _OTHER_BYTES) // frame_bytes - _OTHER_FRAMES
        self._most = min(fitting, _MOST_FRAMES)
        self._frames: list[VideoFrame] = []
        self._is_whole = False
        self._keeps = info.frame_count <= self._most

    def passing(self, frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
        """All `frames` of the clip, each kept as it passes."""
        for frame in frames:
            if self._keeps:
                self._frames.append(frame)
                # More than were announced.
                self._keeps = len(self._frames) <= self._most
            elif self._frames:
                self._frames.clear()
            yield frame
        self._is_whole = self._keeps

    @property
    def is_whole(self) -> bool:
        """Whether every frame is here."""
        return self._is_whole

    def play(self, canvases: Sequence[int]) -> Iterator[VideoFrame]:
        """The frames of these numbers in this order; only where all are here."""
        return (self._frames[canvas] for canvas in canvases)
