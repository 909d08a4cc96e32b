"""The step that hears: what each voice asks of a mouth; beside other work, in a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Final, Self

from lipwire.domain.options import JobOptions
from lipwire.render.speech.mouth import mouth_track
from lipwire.render.speech.track import MouthTrack

#: How often whoever waits is told that it goes on.
_EVERY_S: Final = 0.5


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
