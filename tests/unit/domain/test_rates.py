"""Rates: what passes in any window, when to come back, and what the headers say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.adapters.memory_limits import MemoryLimits
from lipwire.domain.errors import RateLimitedError
from lipwire.domain.limits import MINUTE_US, Allowance, Rate, decide, describe, micros, seconds_up
from lipwire.domain.plans import PLANS, PlanChanges
from tests.support.builders import ACCOUNT, NOW, an_account

RATES = st.builds(Rate, per_minute=st.integers(1, 700), burst=st.integers(1, 60))
#: Pauses between requests, in microseconds: none, a few, about an interval, minutes.
PAUSES = st.lists(
    st.one_of(
        st.just(0), st.integers(1, 1000), st.integers(0, 2_000_000), st.integers(0, 2 * MINUTE_US)
    ),
    min_size=1,
    max_size=150,
)


def passed(rate: Rate, pauses: list[int]) -> list[int]:
    """The moments of the requests that pass, of one after each pause."""
    now_us, tat_us, moments = micros(NOW), None, []
    for pause in pauses:
        now_us += pause
        decision = decide(rate, tat_us, now_us=now_us)
        if decision.is_allowed:
            moments.append(now_us)
            tat_us = decision.tat_us
    return moments


@given(rate=RATES, pauses=PAUSES, window_us=st.integers(1, 3 * MINUTE_US))
def test_no_window_passes_more_than_its_share_and_the_burst(rate, pauses, window_us):
    """Of any length, beginning at any request that passed."""
    moments = passed(rate, pauses)
    most = window_us * rate.per_minute // MINUTE_US + rate.burst
    for first, began in enumerate(moments):
        assert sum(one < began + window_us for one in moments[first:]) <= most


@given(rate=RATES, pauses=PAUSES)
def test_a_refused_request_passes_when_it_was_told_to_and_not_before(rate, pauses):
    """Whoever waits as long as he is told is served, unless others come first."""
    now_us, tat_us = micros(NOW), None
    for pause in pauses:
        now_us += pause
        decision = decide(rate, tat_us, now_us=now_us)
        if not decision.is_allowed:
            wait_us = decision.retry_after_us
            assert decision.tat_us == tat_us
            assert not decide(rate, tat_us, now_us=now_us + wait_us - 1).is_allowed
            assert decide(rate, tat_us, now_us=now_us + wait_us).is_allowed
        tat_us = decision.tat_us


@given(rate=RATES, pauses=PAUSES)
def test_as_many_remain_as_then_pass(rate, pauses):
    """`remaining` is no guess, and after `reset` all of the burst is there."""
    now_us, tat_us = micros(NOW), None
    for pause in pauses:
        now_us += pause
        decision = decide(rate, tat_us, now_us=now_us)
        tat_us = decision.tat_us
    at_once = 0
    again = tat_us
    while (one := decide(rate, again, now_us=now_us)).is_allowed:
        again, at_once = one.tat_us, at_once + 1
    assert decision.remaining == at_once
    later_us = now_us + decision.reset_us
    then = describe(rate, tat_us, now_us=later_us)
    assert (then.remaining, then.is_allowed, then.retry_after_us) == (rate.burst, True, 0)


def test_evenly_spaced_requests_pass_for_ever():
    """The interval is rounded up by less than a microsecond."""
    rate = Rate(per_minute=7, burst=1)
    assert len(passed(rate, [rate.interval_us] * 50)) == 50
    assert rate.interval_us * 7 - MINUTE_US < 7


@pytest.mark.fault(15)
def test_a_burst_of_a_hundred_at_ten_a_minute():
    """As many as the burst pass; the rest is told when to come back."""
    rate = PLANS["free"].creating
    assert len(passed(rate, [0] * 100)) == rate.burst == 5


def test_moments_are_whole_microseconds():
    """And seconds are rounded up, so that nobody comes back too early."""
    assert micros(datetime(1970, 1, 1, 0, 0, 1, 7, tzinfo=UTC)) == 1_000_007
    assert [seconds_up(us) for us in (0, 1, 1_000_000, 1_000_001)] == [0, 1, 1, 2]


def test_headers_say_how_every_limit_stands():
    """By the IETF's draft: the policy, what remains, and when all of it is back."""
    plenty, scarce = Rate(per_minute=60, burst=10), Rate(per_minute=6, burst=1)
    allowance = Allowance(
        {"account": decide(plenty, None, now_us=1), "key": decide(scarce, None, now_us=1)}
    )
    allowance.check()
    assert allowance.headers == {
        "RateLimit-Policy": '"account";q=60;w=60, "key";q=6;w=60',
        "RateLimit": '"account";r=9;t=1, "key";r=0;t=10',
    }


def test_a_refusal_names_the_limit_that_makes_it_wait_longest():
    """With the number of seconds, and never 0 of them."""
    quick, slow = Rate(per_minute=60_000, burst=1), Rate(per_minute=6, burst=1)
    spent = {
        "account": decide(quick, 1000, now_us=0),
        "key": decide(slow, 10_000_000, now_us=0),
    }
    with pytest.raises(RateLimitedError) as caught:
        Allowance(spent).check()
    assert "This key may make 6 such requests a minute." in caught.value.message
    assert caught.value.fields == {"limit": 6, "limited_by": "key", "retry_after_s": 10}
    with pytest.raises(RateLimitedError) as caught:
        Allowance({"account": spent["account"]}).check()
    assert caught.value.fields["retry_after_s"] == 1


def test_memory_counts_each_account_for_itself():
    """And forgets limits that the clock has passed once there are many."""
    limits = MemoryLimits()
    rates = {"account": Rate(per_minute=60, burst=2)}
    allowed = [limits.take(ACCOUNT, rates, at=NOW).decisions["account"].is_allowed for _ in "123"]
    assert allowed == [True, True, False]
    for number in range(1200):
        assert limits.take(f"acct_{number}", rates, at=NOW).decisions["account"].is_allowed
        limits.take(f"later_{number}", rates, at=NOW + timedelta(minutes=1))
    assert len(limits._tats) < 2400
    one = {"account": Rate(per_minute=60, burst=1)}
    again = limits.take("later_1199", one, at=NOW + timedelta(minutes=1)).decisions["account"]
    assert not again.is_allowed


def test_plans_are_ordered_and_custom_ones_differ_where_they_say():
    """Each plan allows at least what the one below it does; an account's own changes win."""
    free, starter, pro = (PLANS[name] for name in ("free", "starter", "pro"))
    assert [plan.requests_per_minute for plan in (free, starter, pro)] == [10, 60, 300]
    for less, more in ((free, starter), (starter, pro)):
        # The first is the name.
        assert all(above > below for below, above in zip(less[1:], more[1:], strict=True))
    account = an_account(plan="custom", limit_changes={"max_active_jobs": 500})
    changed = PLANS["custom"]._replace(max_active_jobs=500)
    assert account.limits == changed
    assert PlanChanges().applied_to(pro) == pro
    assert an_account(plan="no such plan").limits == free
    # Polling every half second for each job that may be active stays below the limit.
    assert all(plan.reads_per_minute >= 120 * plan.max_active_jobs for plan in PLANS.values())
    assert pro.reading.burst == 1000
    assert pro.longest_output_ms(is_test=True) < pro.longest_output_ms(is_test=False)
