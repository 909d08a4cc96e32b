"""Races for one account's credits, by 64 writers over real stores."""

import itertools
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lipwire.domain.assets import Problem
from lipwire.domain.errors import BusyError, InsufficientCreditsError
from lipwire.domain.jobs import JobStatus
from lipwire.domain.ledger import EntryKind, by_job
from lipwire.usecases.reconcile import reconcile
from tests.support.builders import NOW, a_report
from tests.support.fakes import FakeClock

WRITERS = 64
#: Races that run at the same moment.
AT_ONCE = 16
#: A write that others kept from happening is tried again by whoever wanted it.
TRIES = 20
HELD = 6_000
#: What is called at once, each giving the effect it had or nothing, and what must be true after that effect.
_Race = tuple[list[Callable[[], str]], Callable[[str], None]]


class MoneyRaces:
    """Races over the stores of `tests.integration.test_stores`, each with its own outcome to be checked."""

    def __init__(self, make_stores: Callable[[], Any], *, seed: int) -> None:
        self._make = make_stores
        self._chance = random.Random(seed)
        #: One account whose balance all races about jobs change.
        self.hot = make_stores()
        self.accounts = [self.hot.account_id]
        self.outcomes: Counter[str] = Counter()

    @property
    def _kinds(self) -> tuple[Callable[[], _Race], ...]:
        return self._ends, self._cancel_against_finish, self._credits_for_one, self._one_key

    def crowds(self) -> None:
        """One race of each kind, in which all writers want the same thing; raises where it had two effects, or none."""
        self.hot.ledger.grant(self.hot.account_id, 3 * HELD, grant_id="crowds", at=NOW)
        with ThreadPoolExecutor(WRITERS) as pool:
            for kind in self._kinds:
                calls, check = kind()
                # The last one of a race for a key says that it was run.
                many = [*itertools.islice(itertools.cycle(calls[:-1]), WRITERS - 1), calls[-1]]
                effects = [one for one in pool.map(_persistent, many) if one]
                assert len(effects) == 1, effects
                check(effects[0])
                self.outcomes[effects[0]] += 1

    def run(self, races: int) -> None:
        """So many races, of four kinds in turn; raises where one had two effects, or none."""
        kinds = self._kinds
        self.hot.ledger.grant(self.hot.account_id, races * HELD, grant_id="all", at=NOW)
        with ThreadPoolExecutor(WRITERS) as pool:
            for begin in range(0, races, AT_ONCE):
                made = list(
                    pool.map(
                        lambda n: kinds[n % len(kinds)](), range(begin, min(races, begin + AT_ONCE))
                    )
                )
                calls = [(number, call) for number, (calls, _) in enumerate(made) for call in calls]
                self._chance.shuffle(calls)
                ran = list(pool.map(lambda one: (one[0], _persistent(one[1])), calls))
                for number, (_, check) in enumerate(made):
                    effects = [effect for of, effect in ran if of == number and effect]
                    assert len(effects) == 1, effects
                    check(effects[0])
                    self.outcomes[effects[0]] += 1
        found = reconcile(
            self.accounts,
            ledger=self.hot.ledger,
            jobs=self.hot.jobs,
            assets=self.hot.assets,
            clock=FakeClock(),
            is_deep=True,
        )
        assert (found.findings, found.repaired, found.busy) == ((), (), ())
        assert self.hot.ledger.totals(self.hot.account_id).held == 0

    def _rendering(self) -> Any:
        job = self.hot.job()
        self.hot.jobs.create(job, key_id=self.hot.key_id, most_active=10**6)
        for status in (JobStatus.VALIDATING, JobStatus.RENDERING):
            job = job.model_copy(update={"status": status})
            assert self.hot.jobs.advance(job)
        return job

    def _ends(self) -> _Race:
        """A job is settled twice, fails and is canceled."""
        job = self._rendering()
        calls = [self._settle(job), self._settle(job), self._fail(job), self._cancel(job)]
        return calls, lambda effect: self._ended_once(job, effect)

    def _cancel_against_finish(self) -> _Race:
        job = self._rendering()
        return [self._cancel(job), self._settle(job)], lambda effect: self._ended_once(job, effect)

    def _credits_for_one(self) -> _Race:
        """Two posts, and credits for one."""
        stores = self._make()
        self.accounts.append(stores.account_id)
        stores.ledger.grant(stores.account_id, 2 * HELD - 1, grant_id="one", at=NOW)

        def post() -> str:
            try:
                stores.jobs.create(stores.job(), key_id=stores.key_id, most_active=9)
            except InsufficientCreditsError:
                return ""
            return "created"

        def check(_: str) -> None:
            totals = stores.ledger.totals(stores.account_id)
            assert (totals.held, totals.available) == (HELD, HELD - 1)

        return [post, post], check

    def _one_key(self) -> _Race:
        """Four refunds and four grants under one key each."""
        job = self._rendering()
        assert self._settle(job)() == "settled"
        account_id = self.hot.account_id

        def refund() -> str:
            self.hot.ledger.refund(account_id, job.id, 300, refund_id="r", note="n", at=NOW)
            return ""

        def grant() -> str:
            self.hot.ledger.grant(account_id, 0, grant_id=job.id, at=NOW)
            return ""

        def check(_: str) -> None:
            assert self.hot.ledger.of_job(account_id, job.id).refunded == 300

        return [refund, grant] * 4 + [lambda: "refunded"], check

    def _settle(self, job: Any) -> Callable[[], str]:
        def settle() -> str:
            output = a_report().output
            done = self.hot.jobs.settle(job, charge=2_000, output=output, warnings=())
            return "settled" if done else ""

        return settle

    def _fail(self, job: Any) -> Callable[[], str]:
        def fail() -> str:
            problem = Problem(code="render_failed", message="m")
            done = self.hot.jobs.release(job, status=JobStatus.FAILED, error=problem)
            return "failed" if done else ""

        return fail

    def _cancel(self, job: Any) -> Callable[[], str]:
        def cancel() -> str:
            done = self.hot.jobs.release(job, status=JobStatus.CANCELED, error=None)
            return "canceled" if done else ""

        return cancel

    def _ended_once(self, job: Any, effect: str) -> None:
        (end,) = self.hot.ledger.of_job(job.account_id, job.id).ends
        assert (end.kind is EntryKind.SETTLE) is (effect == "settled")
        status = {"settled": "succeeded"}.get(effect, effect)
        assert self.hot.jobs.get(job.id).status == status

    def ends(self) -> dict[str, int]:
        """How many ends each job of the hot account has."""
        money = by_job(self.hot.ledger.entries(self.hot.account_id))
        return {job_id: len(one.ends) for job_id, one in money.items()}


def _persistent(call: Callable[[], str]) -> str:
    for _ in range(TRIES):
        try:
            return call()
        except BusyError:
            continue
    raise BusyError
