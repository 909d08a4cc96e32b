"""Where one shot ends and the next begins."""

import numpy as np

from lipwire.render.face.arrays import Floats, Mask, Pixels

#: A frame is remembered as a picture of this side.
THUMBNAIL = 16
#: Mean change of the thumbnail, in levels, below which nothing is a cut, and from which on the tracker looks anew.
_LEAST_CHANGE = 9.0
#: A cut changes the picture this many times as much as the frames around it do: motion changes them alike.
_OUTSTANDING = 3.5
#: Share of the change that stays when the brightness is taken out: a flash or a fade changes little else.
_LEAST_UNLIT = 0.35
#: Frames a flash lasts at most, and how much nearer the picture after it is to the one before it.
_FLASH_FRAMES = 4
_RETURNED = 0.5
_AROUND = 8


class Shots:
    """Collects thumbnails of a clip's frames; tells at once where to look anew, and at the end where cuts are."""

    def __init__(self) -> None:
        self._thumbs: list[Pixels] = []

    def add(self, thumbnail: Pixels) -> bool:
        """Whether this frame may begin a shot; never False where `cuts` will say True."""
        self._thumbs.append(thumbnail)
        if len(self._thumbs) < 2:
            return False
        return bool(_difference(self._thumbs[-2], thumbnail) >= _LEAST_CHANGE)

    def cuts(self) -> Mask:
        """The first frame of every shot after the first."""
        count = len(self._thumbs)
        cuts = np.zeros(count, dtype=bool)
        if count < 2:
            return cuts
        change = np.array(
            [
                0.0,
                *(_difference(a, b) for a, b in zip(self._thumbs, self._thumbs[1:], strict=False)),
            ]
        )
        for k in np.flatnonzero(change >= _LEAST_CHANGE):
            cuts[k] = self._is_cut(int(k), change)
        return cuts

    def _is_cut(self, k: int, change: Floats) -> bool:
        around = np.concatenate([change[max(1, k - _AROUND) : k], change[k + 1 : k + 1 + _AROUND]])
        if len(around) and change[k] < _OUTSTANDING * float(np.median(around)):
            return False
        before, after = self._thumbs[k - 1], self._thumbs[k]
        if _difference(_unlit(before), _unlit(after)) < _LEAST_UNLIT * change[k]:
            return False
        # Into a flash, and out of it again.
        later = self._thumbs[k + 1 : k + 1 + _FLASH_FRAMES]
        earlier = self._thumbs[max(0, k - 1 - _FLASH_FRAMES) : k - 1]
        level = _RETURNED * change[k]
        return not any(_difference(before, thumb) < level for thumb in later) and not any(
            _difference(after, thumb) < level for thumb in earlier
        )


def _difference(a: Floats | Pixels, b: Floats | Pixels) -> float:
    """Mean absolute difference in levels, chroma counted fully."""
    return float(np.abs(a.astype(np.float32) - b.astype(np.float32)).mean())


def _unlit(thumbnail: Pixels) -> Floats:
    """The thumbnail with its brightness brought to a common mean and contrast."""
    out = thumbnail.astype(np.float32)
    luma = out[..., 0]
    spread = max(float(luma.std()), 4.0)
    out[..., 0] = (luma - luma.mean()) / spread * 40.0 + 128.0
    return out
