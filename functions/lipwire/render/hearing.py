"""The step that hears: what each voice asks of a mouth; once for all parts of an output, or beside other work."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from fractions import Fraction
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from lipwire.domain.options import JobOptions
from lipwire.render.speech.mouth import mouth_track
from lipwire.render.speech.track import MouthTrack

#: How often whoever waits is told that it goes on.
_EVERY_S: Final = 0.5
#: The arrays of a MouthTrack.
_CURVES: Final = ("times_s", "opening", "rounding", "closure", "energy", "voiced")


def hear(
    speeches: Sequence[Path],
    options: JobOptions | None = None,
    *,
    before_each: Callable[[], None] = lambda: None,
) -> tuple[MouthTrack, ...]:
    """What each voice asks of a mouth, a hundred times a second; the options name its language and its phonemes.

    `before_each` is called before each piece of a voice, and may raise to end the hearing.

    Raises SilentSpeechError, CorruptMediaError.
    """
    options = options or JobOptions()
    return tuple(
        mouth_track(
            speech,
            language=options.language,
            phonemes=options.phonemes,
            before_each=before_each,
        )
        for speech in speeches
    )


def save(path: Path, tracks: Sequence[MouthTrack]) -> None:
    """What was heard, as a NumPy archive: per voice five curves, its length in seconds as a fraction, who heard it."""
    arrays: dict[str, Any] = {}
    for number, track in enumerate(tracks):
        arrays |= {f"{name}{number}": getattr(track, name) for name in _CURVES}
        arrays[f"told{number}"] = np.array([str(track.duration_s), track.model])
    with path.open("wb") as file:
        np.savez(file, **arrays)


def load(path: Path) -> tuple[MouthTrack, ...]:
    """As saved.

    Raises ValueError, KeyError, EOFError, TypeError or zipfile.BadZipFile for another file.
    """
    tracks: list[MouthTrack] = []
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        while f"told{len(tracks)}" in arrays:
            number = len(tracks)
            duration, model = arrays[f"told{number}"]
            curves = {name: arrays[f"{name}{number}"] for name in _CURVES}
            tracks.append(
                MouthTrack(duration_s=Fraction(str(duration)), model=str(model), **curves)
            )
    if not tracks:
        raise ValueError("no voice was heard in this file")
    return tuple(tracks)


class EndedError(Exception):
    """Nobody wants to know any more."""


class Hearing:
    """`hear` beside other work. Recognisers release Python's lock, so a thread is enough; leaving the block ends it."""

    def __init__(self, speeches: Sequence[Path], options: JobOptions) -> None:
        self._ended = Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hear")
        self._heard = self._pool.submit(hear, speeches, options, before_each=self._go_on)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._pool.shutdown(cancel_futures=True)

    def check(self) -> None:
        """Raises what the hearing raised, where that is known by now."""
        if self._heard.done():
            self._heard.result()

    def tracks(self, on_wait: Callable[[], None]) -> tuple[MouthTrack, ...]:
        """As `hear`; `on_wait` is called twice a second until then, and what it raises is raised here."""
        while not wait([self._heard], timeout=_EVERY_S).done:
            on_wait()
        return self._heard.result()

    def _go_on(self) -> None:
        if self._ended.is_set():
            raise EndedError
