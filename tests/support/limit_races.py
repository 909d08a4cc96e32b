"""Many writers at one limit, at once: each with a memory of its own, as if in a process of its own."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.table import Transaction
from lipwire.adapters.system import RandomIds, SystemClock
from lipwire.domain.errors import TooManyActiveJobsError
from lipwire.domain.ids import JobId
from lipwire.domain.limits import MINUTE_US, Rate, micros

IDS, CLOCK = RandomIds(), SystemClock()


def at_once(writers: int, act: Callable[[int], None]) -> None:
    """All of them start together; whatever one of them raises is raised here."""
    gate, failures = threading.Barrier(writers), []

    def run(number: int) -> None:
        gate.wait()
        try:
            act(number)
        except Exception as exc:  # told to the test
            failures.append(exc)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class LimitRaces:
    """Accounts of their own in one table of limits."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def limits(self) -> DynamoLimits:
        """A writer's own view."""
        return DynamoLimits(self._client, table=self._table)

    def burst(self, rate: Rate, *, writers: int, each: int = 1) -> tuple[int, list[datetime]]:
        """How many passed in all, and when: the clock's word as the request came."""
        account_id, passed = IDS.new("acct"), []

        def write(_number: int) -> None:
            own = self.limits()
            for _ in range(each):
                now = CLOCK.now()
                if own.take(account_id, {"account": rate}, at=now).decisions["account"].is_allowed:
                    passed.append(now)

        at_once(writers, write)
        return len(passed), sorted(passed)

    def begin(self, *, writers: int, most: int) -> tuple[int, int]:
        """How many jobs of so many writers became active, and how many the table says are."""
        account_id, begun = IDS.new("acct"), []

        def write(_number: int) -> None:
            job_id = IDS.new("job")
            transaction = Transaction(self._client)
            self.limits().begin(transaction, account_id, [JobId(job_id)], most=most)
            try:
                transaction.commit()
            except TooManyActiveJobsError:
                return
            begun.append(job_id)

        at_once(writers, write)
        return len(begun), len(self.limits().active(account_id) & set(begun))


def most_in_any_window(moments: list[datetime], rate: Rate) -> bool:
    """Whether no window, whatever its length, holds more than its share and the burst."""
    times = [micros(moment) for moment in moments]
    return all(
        last - first + 1 <= (times[last] - times[first]) * rate.per_minute / MINUTE_US + rate.burst
        for first in range(len(times))
        for last in range(first, len(times))
    )
