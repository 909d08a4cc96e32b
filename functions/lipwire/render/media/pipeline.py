"""Frames on their way from decoder to encoder: decoding ahead, drawing side by side, order kept.

Decoding, drawing (OpenCV, numpy) and encoding release Python's lock for most of their time, so threads are enough.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

import cv2

_In = TypeVar("_In")
_Out = TypeVar("_Out")

#: Frames decoded ahead and frames being drawn: what is held at any time.
_AHEAD, _DRAWING = 3, 4
WORKERS = 2

# Frames are drawn side by side already; threads below ours only wait for each other.
cv2.setNumThreads(1)


class _End:
    """Follows the last item, with what stopped it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def drawn(
    items: Iterable[_In], draw: Callable[[int, _In], _Out], *, workers: int = WORKERS
) -> Generator[_Out, None, None]:
    """`draw(k, item)` of each item in order; items are made in a thread of their own, a few ahead.

    What `items` or `draw` raise is raised here. Leaving early stops both.
    """
    waiting: deque[Future[_Out]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="draw") as pool:
        made = _Ahead(items)
        try:
            for k, item in enumerate(made):
                waiting.append(pool.submit(draw, k, item))
                if len(waiting) >= _DRAWING:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            made.stop()
            for future in waiting:
                future.cancel()


class _Ahead(Generic[_In]):
    """Makes items in a thread, a few ahead of who takes them."""

    def __init__(self, items: Iterable[_In]) -> None:
        self._queue: Queue[_In | _End] = Queue(_AHEAD)
        self._stopped = Event()
        self._thread = Thread(target=self._run, args=(items,), name="decode", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[_In]:
        while True:
            one = self._queue.get()
            if isinstance(one, _End):
                if one.error is not None:
                    raise one.error
                return
            yield one

    def stop(self) -> None:
        """The thread has ended, whether all was taken or not."""
        self._stopped.set()
        self._thread.join()

    def _run(self, items: Iterable[_In]) -> None:
        error: BaseException | None = None
        try:
            for item in items:
                if not self._put(item):
                    return
        except BaseException as raised:  # noqa: BLE001 - raised again where the items are used
            error = raised
        self._put(_End(error))

    def _put(self, one: "_In | _End") -> bool:
        """False when nobody will take it."""
        while not self._stopped.is_set():
            try:
                self._queue.put(one, timeout=0.1)
            except Full:
                continue
            return True
        return False
