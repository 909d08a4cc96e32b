"""Workers that take messages off one queue in order, while a slow receiver holds whoever calls it.

The queue is not fair and knows no accounts: whatever fairness is seen is the code's own. Each worker runs in a thread that
moves only while the crowd waits for it, so one clock serves all and every run is the same.
"""

import heapq
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from lipwire.domain.webhooks import Answer, Delivery
from lipwire.usecases.deliver_webhook import deliver_webhook
from tests.support.fakes import FakeClock, FakeIds
from tests.support.fakes_webhooks import FakeDeliveries, FakeEndpoints, FakeSecrets, FakeViews

#: What a worker needs for a message that leads to nothing: a read, a query, an answer.
IDLE = timedelta(milliseconds=20)
#: As many as the delivery queue's function may run at once.
WORKERS = 50


class Crowd:
    """`workers` functions run at once; `takes` says how long a URL's receiver lets its caller wait."""

    def __init__(
        self,
        deliveries: FakeDeliveries,
        endpoints: FakeEndpoints,
        *,
        workers: int,
        takes: Callable[[str], timedelta],
    ) -> None:
        self.deliveries, self.endpoints = deliveries, endpoints
        self.clock, self._ids = FakeClock(), FakeIds()
        self._takes = takes
        self._free = workers
        self._queue: deque[str] = deque()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0
        self._control = threading.Semaphore(0)
        #: URL -> when each request to it began.
        self.began: dict[str, list[datetime]] = {}
        self.at_once: dict[str, int] = {}
        self.most_at_once: dict[str, int] = {}

    def wake(self, delivery: Delivery, *, delay_s: int = 0) -> None:
        """To the end of the queue."""
        if delay_s:
            self._at(timedelta(seconds=delay_s), lambda: self._queue.append(delivery.id))
        else:
            self._queue.append(delivery.id)

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """The receiver: its caller's worker is held as long as it takes."""
        assert headers
        assert body
        self.began.setdefault(url, []).append(self.clock.now())
        self.at_once[url] = self.at_once.get(url, 0) + 1
        self.most_at_once[url] = max(self.most_at_once.get(url, 0), self.at_once[url])
        resumed = threading.Semaphore(0)
        self._at(self._takes(url), lambda: self._hand_over(resumed))
        self._control.release()
        resumed.acquire()
        self.at_once[url] -= 1
        return Answer(error="timeout")

    def run(self, until: Callable[[], bool], *, longest: timedelta) -> None:
        """Until that is so, or for so long."""
        end = self.clock.now() + longest
        while not until() and self.clock.now() < end:
            while self._free and self._queue:
                self._free -= 1
                self._start(self._queue.popleft())
            if not self._agenda:
                return
            self.clock.moment, _, act = heapq.heappop(self._agenda)
            act()

    def _start(self, delivery_id: str) -> None:
        threading.Thread(target=self._work, args=(delivery_id,), daemon=True).start()
        self._control.acquire()

    def _hand_over(self, resumed: threading.Semaphore) -> None:
        resumed.release()
        self._control.acquire()

    def _work(self, delivery_id: str) -> None:
        deliver_webhook(
            delivery_id,  # type: ignore[arg-type]
            deliveries=self.deliveries,
            endpoints=self.endpoints,
            secrets=FakeSecrets(),
            views=FakeViews(),
            sender=self,
            queue=self,
            clock=self.clock,
            ids=self._ids,
        )
        self._at(IDLE, self._finished)
        self._control.release()

    def _finished(self) -> None:
        self._free += 1

    def _at(self, delay: timedelta, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._agenda, (self.clock.now() + delay, self._count, act))
