"""Many writers who create a job under one idempotency key, at once."""

import threading
from collections import Counter
from typing import Any

from lipwire.adapters.dynamodb.idempotency import DynamoKeyClaims
from lipwire.adapters.system import RandomIds, SystemClock
from lipwire.domain.errors import LipwireError
from lipwire.domain.idempotency import Answer, KeyedRequest, Once
from lipwire.usecases.answer_once import answer_once

IDS = RandomIds()


class Races:
    """Jobs of one account, each race under a key of its own."""

    def __init__(self, stores: Any, claims: DynamoKeyClaims, *, held: int = 1) -> None:
        self._stores = stores
        self._claims = claims
        self.held = held

    def run(self, *, writers: int) -> dict[str, int]:
        """How many writers made a job, and how many jobs and holds there are; every other writer must be told so."""
        key, told = IDS.new("key"), Counter[str]()
        gate = threading.Barrier(writers)
        made: list[str] = []

        def write() -> None:
            gate.wait()
            told[self.post(key, made)] += 1

        threads = [threading.Thread(target=write) for _ in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(told) <= {"made", "replayed", "idempotency_in_progress"}, told
        jobs = [job for job in map(self._stores.jobs.get, made) if job is not None]
        holds = self._stores.ledger.entries(self._stores.account_id)
        return {
            "made": told["made"],
            "jobs": len(jobs),
            "holds": sum(one.job_id in made for one in holds),
        }

    def post(self, key: str, tried: list[str] | None = None) -> str:
        """What one request under that key was told."""
        request = KeyedRequest(
            account_id=self._stores.account_id, route="POST /jobs", key=key, fingerprint="f"
        )

        def run(once: Once) -> None:
            job = self._stores.job(held_millicredits=self.held)
            if tried is not None:
                tried.append(job.id)
            self._stores.jobs.create(
                job, key_id=self._stores.key_id, most_active=10**6, also=once.also(job)
            )

        try:
            _, replayed = answer_once(
                request,
                run,
                encode=lambda job: Answer(status=202, body=job.id, content_type="text/plain"),
                shows_secret=False,
                api_key="",
                claims=self._claims,
                clock=SystemClock(),
                ids=IDS,
            )
        except LipwireError as error:
            return error.code
        return "replayed" if replayed else "made"
