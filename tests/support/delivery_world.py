"""A world in which webhooks are delivered badly: a clock of its own, a queue that loses, doubles and reorders, workers
that die between any two writes, receivers that fail. The rules and use cases in it are the real ones."""

import heapq
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from lipwire.domain.events import Envelope, JobFailed, envelope
from lipwire.domain.webhooks import Answer, Attempt, Delivery, DeliveryStatus, delivery_id
from lipwire.usecases.deliver_webhook import deliver_webhook
from lipwire.usecases.fan_out_webhook import fan_out_webhook
from lipwire.usecases.sweep_deliveries import sweep_deliveries
from tests.support.builders import NOW
from tests.support.fakes import FakeClock, FakeIds, FakeJobs
from tests.support.fakes_batches import FakeBatches
from tests.support.fakes_webhooks import (
    FakeDeliveries,
    FakeEndpoints,
    FakeSecrets,
    FakeViews,
    an_endpoint,
)

#: What SQS does with a message whose worker died: the queue's visibility timeout.
COMES_AGAIN = timedelta(seconds=360)
#: Most messages arrive within this time: a tenth of the shortest step.
PROMPT_S = 0.5
_DOWN = (Answer(status=500), Answer(error="timeout"), Answer(error="unreachable"))


class KilledError(BaseException):
    """The worker is gone; nothing in the code under test can catch this."""


@dataclass(frozen=True, slots=True)
class Wait:
    """From one attempt's end (or its beginning, where it had none) to the beginning of the next."""

    delivery_id: str
    #: Of the attempt before it.
    number: int
    since: datetime
    due: datetime
    until: datetime
    #: Whether the attempt before it was concluded.
    concluded: bool


class Deliveries(FakeDeliveries):
    """The store, which also remembers how long each attempt was waited for, and that what is final stays so."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self.waits: list[Wait] = []
        #: Delivery -> when its last attempt began or was concluded, and whether it was.
        self._since: dict[str, tuple[datetime, bool]] = {}
        #: Delivery -> when a message of its was of no use.
        self.mishaps: dict[str, list[datetime]] = defaultdict(list)

    def claim(self, delivery_id: str, *, at: datetime, until: datetime) -> Delivery | None:
        row = self.rows.get(delivery_id)
        claimed = super().claim(delivery_id, at=at, until=until)
        if claimed is not None and row is not None:
            since, concluded = self._since.get(delivery_id, (row.created_at, True))
            self.waits.append(Wait(row.id, row.attempts, since, row.next_attempt_at, at, concluded))
            self._since[delivery_id] = at, False
        elif row is not None and not row.is_final and row.next_attempt_at <= at:
            # No place was free.
            self.mishaps[delivery_id].append(at)
        return claimed

    def conclude(self, delivery: Delivery, attempt: Attempt | None) -> bool:
        concluded = super().conclude(delivery, attempt)
        if concluded:
            self._since[delivery.id] = self._clock.now(), True
        return concluded

    def _put(self, delivery: Delivery) -> None:
        before = self.rows.get(delivery.id)
        assert before is None or before.status is DeliveryStatus.PENDING
        super()._put(delivery)


class World:
    """`jobs` jobs of `accounts` accounts end within ten minutes; each account has two endpoints."""

    def __init__(self, *, seed: int, jobs: int, accounts: int, failing: float = 0.3) -> None:
        self.chance = random.Random(seed)
        self.failing = failing
        self.clock, self.ids = FakeClock(), FakeIds()
        self.endpoints = FakeEndpoints(
            *(
                an_endpoint(number, account_id=_account(number // 2))
                for number in range(2 * accounts)
            )
        )
        self.deliveries = Deliveries(self.clock)
        #: The chance that a process dies before, and again after, each call that it makes.
        self._danger = 0.003
        self._is_dead = False
        self.killed = 0
        #: When a sweep was cut short.
        self.cut_sweeps: list[datetime] = []
        #: (webhook-id, URL) -> how often it was answered 2xx.
        self.received: dict[tuple[str, str], int] = defaultdict(int)
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._count = 0
        self.events = [self._event(number, _account(number % accounts)) for number in range(jobs)]
        for event in self.events:
            after = timedelta(seconds=self.chance.uniform(0, 600))
            for _ in range(2 if self.chance.random() < 0.1 else 1):
                self._at(NOW + after, partial(self._worker, self._fan_out, event))
        self._at(NOW, self._sweep)

    def run(self) -> None:
        """Until nothing is left to do."""
        while self._agenda:
            moment, _, act = heapq.heappop(self._agenda)
            self.clock.moment = max(self.clock.moment, moment)
            act()

    def wake(self, delivery: Delivery, *, delay_s: int = 0) -> None:
        """The queue: one in twenty messages is lost, one in ten late by seconds, one in ten comes twice."""
        self._perhaps_die()
        for _ in range(2 if self.chance.random() < 0.1 else 1):
            is_lost, is_slow = self.chance.random() < 0.05, self.chance.random() < 0.1
            late = self.chance.uniform(PROMPT_S, 3) if is_slow else self.chance.uniform(0, PROMPT_S)
            wanted = self.clock.now() + timedelta(seconds=delay_s)
            if is_lost or is_slow:
                self.deliveries.mishaps[delivery.id].append(wanted)
            if not is_lost:
                self._at(
                    wanted + timedelta(seconds=late),
                    partial(self._worker, self._deliver, delivery.id),
                )
        self._perhaps_die()

    def wake_all(self, deliveries: Sequence[Delivery]) -> None:
        """Each is lost, doubled or late on its own."""
        for delivery in deliveries:
            self.wake(delivery)

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """The receivers; a worker may die before, during or after."""
        assert body
        self._perhaps_die()
        if self.chance.random() < self.failing:
            return self.chance.choice(_DOWN)
        self.received[headers["webhook-id"], url] += 1
        self._perhaps_die()
        return Answer(status=200)

    def _worker(self, work: Callable[[Any], object], message: Any, received: int = 1) -> None:
        try:
            work(message)
        except KilledError:
            self._bury()
            if received < 5:
                self._at(
                    self.clock.now() + COMES_AGAIN,
                    lambda: self._worker(work, message, received + 1),
                )

    def _fan_out(self, event: Envelope) -> None:
        try:
            fan_out_webhook(
                event,
                jobs=FakeJobs(),  # type: ignore[arg-type]
                batches=FakeBatches(FakeJobs()),  # type: ignore[arg-type]
                endpoints=self.endpoints,
                deliveries=_Fragile(self.deliveries, self._perhaps_die),  # type: ignore[arg-type]
                queue=self,
                clock=self.clock,
            )
        except KilledError:
            for endpoint in self.endpoints.list(event.metadata.account_id):
                owed = delivery_id(event.metadata.id, endpoint.id)
                self.deliveries.mishaps[owed].append(self.clock.now())
            raise

    def _deliver(self, which: Any) -> None:
        try:
            self._attempt(which)
        except KilledError:
            self.deliveries.mishaps[which].append(self.clock.now())
            raise

    def _attempt(self, which: Any) -> None:
        deliver_webhook(
            which,
            deliveries=_Fragile(self.deliveries, self._perhaps_die),  # type: ignore[arg-type]
            endpoints=_Fragile(self.endpoints, self._perhaps_die),  # type: ignore[arg-type]
            secrets=FakeSecrets(),
            views=FakeViews(),
            sender=self,
            queue=self,
            clock=self.clock,
            ids=self.ids,
        )

    def _sweep(self) -> None:
        deliveries = _Fragile(self.deliveries, self._perhaps_die)
        # A sweep makes hundreds of calls: at a worker's danger for each, hardly one would reach its end.
        self._danger = 0.0002
        try:
            sweep_deliveries(deliveries=deliveries, queue=self, clock=self.clock)  # type: ignore[arg-type]
        except KilledError:
            self._bury()
            self.cut_sweeps.append(self.clock.now())
        self._danger = 0.003
        if self.deliveries.clocks or self._agenda:
            self._at(self.clock.now() + timedelta(minutes=1), self._sweep)

    def _perhaps_die(self) -> None:
        # Who is dead does nothing more, whatever the code says that it does at the end.
        if self._is_dead or self.chance.random() < self._danger:
            self._is_dead = True
            raise KilledError

    def _bury(self) -> None:
        self._is_dead = False
        self.killed += 1

    def _at(self, moment: datetime, act: Callable[[], object]) -> None:
        self._count += 1
        heapq.heappush(self._agenda, (moment, self._count, act))

    def _event(self, number: int, account_id: str) -> Envelope:
        job_id = f"job_{number:026d}"
        return envelope(
            JobFailed(job_id=job_id, code="no_face"),  # type: ignore[arg-type]
            event_id=f"evt_{number:026d}",  # type: ignore[arg-type]
            account_id=account_id,  # type: ignore[arg-type]
            occurred_at=NOW,
            correlation_id=job_id,
        )


class _Fragile:
    """A port whose caller may be gone before a call has reached it, or before its answer came back."""

    def __init__(self, port: object, perhaps_die: Callable[[], None]) -> None:
        self._port = port
        self._perhaps_die = perhaps_die

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._perhaps_die()
            answer = method(*arguments, **named)
            self._perhaps_die()
            return answer

        return call


def _account(number: int) -> str:
    return f"acct_{number:026d}"
