"""Everything a dub needs to know of a source, from one pass over it: who is in it, where, and their mouths."""

import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np

from lipwire.domain.errors import CorruptMediaError, FaceNotFoundError
from lipwire.domain.options import Box, FaceChoice, PixelBox
from lipwire.render.face import measures
from lipwire.render.face.arrays import AnyArray, Floats, Mask, Pixels
from lipwire.render.face.bank import Mouth, MouthBank, MouthCollector
from lipwire.render.face.gather import Gatherer
from lipwire.render.face.packed import Packed
from lipwire.render.face.people import PeopleFinder, Sighting
from lipwire.render.face.shots import THUMBNAIL, Shots
from lipwire.render.face.track import FaceTrack, fractions, no_face, pairs
from lipwire.render.face.view import RgbView, YuvView
from lipwire.render.media.pipeline import drawn
from lipwire.render.retarget.lips import MouthSource

_LAYOUT = 4
#: A mouth that moves less than this, in eye distances of standard deviation, speaks to nobody.
_LEAST_MOVEMENT = 0.008
#: A choice by place may miss the face by this share of its width.
_MISSED = 0.35
#: A face lost at the chosen moment is looked for within this time.
_NEAR_S = Fraction(1, 2)
#: Looks after which the mesh has settled on a still.
_STILL_LOOKS = 5


class Frame(Protocol):
    """What the analysis needs of a decoded frame."""

    @property
    def time_s(self) -> Fraction: ...

    @property
    def duration_s(self) -> Fraction: ...

    @property
    def picture(self) -> av.VideoFrame: ...

    def rgb_crop(self, x0: int, y0: int, x1: int, y1: int) -> Pixels: ...


@dataclass(frozen=True, eq=False)
class Analysis:
    """The people of a source, from the left in the first frame that shows them all; at least one."""

    people: tuple[FaceTrack, ...]
    banks: tuple[MouthBank, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Upright width and height in pixels."""
        return self.people[0].width, self.people[0].height

    @property
    def starts(self) -> tuple[Fraction, ...]:
        """Presentation time of each frame in seconds."""
        return self.people[0].starts

    @property
    def durations(self) -> tuple[Fraction, ...]:
        """Duration of each frame in seconds."""
        return self.people[0].durations

    @property
    def cuts(self) -> Mask:
        """The first frame of every shot after the first."""
        return self.people[0].cuts

    def __len__(self) -> int:
        return len(self.starts)

    def mouths(self, person: int) -> Mapping[int, MouthSource]:
        """The person's kept mouths by source frame, decoded on access; safe to read from several threads."""
        return self.banks[person]

    def choose(self, choice: FaceChoice | None) -> int:
        """The person meant; without a choice the one who seems to speak, else the largest.

        Raises FaceNotFoundError when the choice names nobody.
        """
        if choice is None or choice == FaceChoice(at_ms=choice.at_ms):
            return self._speaker()
        if choice.number is not None:
            if choice.number < len(self.people):
                return choice.number
            raise self._nobody(f"There is no face number {choice.number}: faces count from 0.")
        if choice.pixels is not None:
            return self._in(choice.pixels)
        at_s = Fraction(choice.at_ms, 1000)
        if choice.point is not None:
            return self._at(choice.point.x, choice.point.y, 0.0, 0.0, at_s)
        box = choice.box or Box(x=0, y=0, width=1, height=1)
        return self._at(box.x, box.y, box.width, box.height, at_s)

    def _in(self, box: PixelBox) -> int:
        width, height = self.size
        if box.frame >= len(self):
            raise self._nobody(f"There is no frame {box.frame}: the source has {len(self)}.")
        return self._at(
            box.left / width,
            box.top / height,
            (box.right - box.left) / width,
            (box.bottom - box.top) / height,
            self.starts[box.frame],
        )

    def _speaker(self) -> int:
        """Movement of the mouth, weighted by size and presence; the largest where no mouth moves."""
        moved, large = np.zeros(len(self.people)), np.zeros(len(self.people))
        for person, track in enumerate(self.people):
            weight = np.sqrt(track.eye_px) * np.sqrt(track.found.mean())
            large[person] = track.eye_px * track.found.mean()
            opened = [measures.opening(some) for some in track.packed.blocks()]
            shown = np.concatenate(opened)[~track.hidden[track.packed.there]]
            # The middle 90 %: a yawn or a lost frame is not speech.
            if len(shown) > 2:
                low, high = np.percentile(shown, [5, 95])
                moved[person] = float(np.clip(shown, low, high).std()) * weight
                moved[person] *= float(np.clip(shown, low, high).std()) >= _LEAST_MOVEMENT
        return int(np.argmax(moved if moved.any() else large))

    def _at(self, x: float, y: float, width: float, height: float, at_s: Fraction) -> int:
        """The person whose face lies nearest to the middle of the rectangle at that time, and touches it."""
        low = np.array([x, y], dtype=np.float64) * self.size
        high = low + np.array([width, height]) * self.size
        best, least = None, np.inf
        for person, track in enumerate(self.people):
            frame = _frame_at(track, at_s)
            if frame is None:
                continue
            marks = track.packed.at(np.array([frame]))[0, :, :2]
            left_top, right_bottom = marks.min(axis=0), marks.max(axis=0)
            slack = _MISSED * (right_bottom[0] - left_top[0])
            if (high < left_top - slack).any() or (low > right_bottom + slack).any():
                continue
            off = float(np.linalg.norm((low + high) / 2 - (left_top + right_bottom) / 2))
            if off < least:
                best, least = person, off
        if best is None:
            raise self._nobody("At that place and time there is no face.")
        return best

    def _nobody(self, what: str) -> FaceNotFoundError:
        count = len(self.people)
        found = "1 face was found." if count == 1 else f"{count} faces were found."
        return FaceNotFoundError(f"{what} {found}", faces=count)

    def save(self, path: Path) -> None:
        """Write the analysis as one `.npz`; the mouths in it stay as they are, the rest is compressed."""
        first = self.people[0]
        with zipfile.ZipFile(path, "w") as file:
            _put(file, "layout", np.array(_LAYOUT))
            _put(file, "size", np.array(self.size))
            _put(file, "people", np.array(len(self.people)))
            _put(file, "starts", pairs(self.starts))
            _put(file, "durations", pairs(self.durations))
            _put(file, "cuts", first.cuts)
            for k, (track, bank) in enumerate(zip(self.people, self.banks, strict=True)):
                for name, array in track.packed.stored().items():
                    _put(file, f"{name}{k}", array)
                _put(file, f"sharpness{k}", track.sharpness.astype(np.float32))
                _put(file, f"hidden{k}", track.hidden)
                _put(file, f"frames{k}", bank.frames)
                _put(file, f"corners{k}", bank.corners)
                _put(file, f"ends{k}", bank.ends)
                _put(file, f"lines{k}", bank.lines)
                file.writestr(zipfile.ZipInfo(f"mouths{k}"), bank.jpegs())

    def rest(self) -> None:
        """All frames were looked at, from here on few are: what was loaded leaves memory until it is asked for again."""
        for track in self.people:
            track.packed.rest()

    @classmethod
    def load(cls, path: Path) -> "Analysis":
        """Read what `save` wrote; mouths stay in the file until they are asked for.

        Raises ValueError for another layout, KeyError or BadZipFile for another file.
        """
        people, banks = [], []
        with zipfile.ZipFile(path) as file:
            layout = int(_get(file, "layout"))
            if layout != _LAYOUT:
                raise ValueError(f"analysis layout {layout} is not {_LAYOUT}")
            width, height = (int(side) for side in _get(file, "size"))
            starts = fractions(_get(file, "starts"))
            durations = fractions(_get(file, "durations"))
            cuts = _get(file, "cuts")
            for k in range(int(_get(file, "people"))):
                track = FaceTrack(
                    width=width,
                    height=height,
                    starts=starts,
                    durations=durations,
                    packed=Packed.restored(
                        {name: _get(file, f"{name}{k}") for name in Packed.NAMES}
                    ),
                    sharpness=_get(file, f"sharpness{k}"),
                    cuts=cuts,
                    hidden=_get(file, f"hidden{k}"),
                )
                people.append(track)
                where = (path, _offset(path, file.getinfo(f"mouths{k}")))
                frames, corners, ends, lines = (
                    _get(file, f"{name}{k}") for name in ("frames", "corners", "ends", "lines")
                )
                banks.append(MouthBank(track, frames, corners, ends, lines, where))
        return cls(tuple(people), tuple(banks))


def analyze_clip(
    frames: Iterable[Frame], *, on_frame: Callable[[int], None] = lambda _: None
) -> Analysis:
    """Look at each frame once, in a few threads; memory is bounded by a few kB a frame and the mouth banks.

    Raises NoFaceError when no frame shows a face that is large enough, CorruptMediaError when there are no frames.
    """
    shots = Shots()
    keepers: tuple[Gatherer, MouthCollector] | None = None
    starts: list[Fraction] = []
    durations: list[Fraction] = []
    size = (0, 0)
    with PeopleFinder() as finder:

        def look(_: int, frame: Frame) -> tuple[Frame, YuvView, list[Sighting]]:
            view = YuvView(frame.picture)
            anew = shots.add(view.thumbnail(THUMBNAIL))
            return frame, view, finder.look(view, float(frame.time_s), anew=anew)

        # One after the other: each look goes on from the one before. What was seen is measured and kept meanwhile.
        with closing(drawn(frames, look, workers=1)) as looks:
            for index, (frame, view, sightings) in enumerate(looks):
                if keepers is None:
                    size = view.size
                    keepers = Gatherer(size), MouthCollector(size)
                gatherer, collector = keepers
                for seen in sightings:
                    sharpness = measures.mouth_detail(view, seen.landmarks)
                    gatherer.add(index, seen, sharpness)
                    collector.offer(seen.lane, index, frame, seen.landmarks, sharpness)
                starts.append(frame.time_s)
                durations.append(frame.duration_s)
                on_frame(index)
        widest = finder.widest_px
    if keepers is None:
        raise CorruptMediaError("The file has no picture that can be decoded.")
    cuts = shots.cuts()
    found = gatherer.people(np.array([float(t) for t in starts]), cuts)
    if not found:
        raise no_face(widest)
    people, banks = [], []
    for person in found:
        track = FaceTrack(
            width=size[0],
            height=size[1],
            starts=tuple(starts),
            durations=tuple(durations),
            packed=person.packed,
            sharpness=person.sharpness,
            cuts=cuts,
            hidden=person.hidden,
        )
        # The mesh needs a frame to settle on a new shot.
        usable = track.found & ~track.hidden
        usable[1:] &= ~cuts[:-1]
        mouths = collector.take(person.lanes, frozenset(np.flatnonzero(usable).tolist()))
        people.append(track)
        banks.append(MouthBank.of(track, mouths))
    return Analysis(tuple(people), tuple(banks))


def analyze_picture(rgb: Pixels) -> Analysis:
    """The faces of a single picture, as tracks of one frame, painted ones too. Raises NoFaceError."""
    view = RgbView(rgb)
    found: list[tuple[float, Floats]] = []
    with PeopleFinder(is_still=True) as finder:
        for look in range(_STILL_LOOKS):
            seen = finder.look(view, look / 1000)
            found = [(float(one.landmarks[:, 0].mean()), one.landmarks) for one in seen]
        widest = finder.widest_px
    if not found:
        raise no_face(widest)
    found.sort(key=lambda one: one[0])
    people = tuple(
        FaceTrack(
            width=view.size[0],
            height=view.size[1],
            starts=(Fraction(0),),
            durations=(Fraction(0),),
            packed=Packed.of(landmarks[None], view.size),
            sharpness=np.array([measures.mouth_detail(view, landmarks)], dtype=np.float32),
            cuts=np.zeros(1, dtype=bool),
        )
        for _, landmarks in found
    )
    nothing: list[Mouth] = []
    return Analysis(people, tuple(MouthBank.of(track, nothing) for track in people))


def _frame_at(track: FaceTrack, at_s: Fraction) -> int | None:
    """The frame with the face that is shown nearest to `at_s`, None if none is near."""
    found = np.flatnonzero(track.found)
    times = np.array([float(track.starts[k]) for k in found])
    wanted = min(float(at_s), float(track.starts[-1]))
    # The frame on screen is the last one that started by then.
    off = np.where(times <= wanted + 1e-9, wanted - times, (times - wanted) + 1e-3)
    nearest = int(np.argmin(off))
    return int(found[nearest]) if off[nearest] <= float(_NEAR_S) else None


def _put(file: zipfile.ZipFile, name: str, array: AnyArray) -> None:
    # A fixed date: the same source gives the same bytes.
    info = zipfile.ZipInfo(f"{name}.npy")
    info.compress_type = zipfile.ZIP_DEFLATED
    with file.open(info, "w") as member:
        np.lib.format.write_array(member, array, allow_pickle=False)  # type: ignore[no-untyped-call]


def _get(file: zipfile.ZipFile, name: str) -> AnyArray:
    with file.open(f"{name}.npy") as member:
        array: AnyArray = np.lib.format.read_array(member, allow_pickle=False)  # type: ignore[no-untyped-call]
        return array


def _offset(path: Path, info: zipfile.ZipInfo) -> int:
    """Where the bytes of an uncompressed member begin in the file."""
    with path.open("rb") as file:
        file.seek(info.header_offset + 26)
        lengths = file.read(4)
    name, extra = int.from_bytes(lengths[:2], "little"), int.from_bytes(lengths[2:], "little")
    return info.header_offset + 30 + name + extra
