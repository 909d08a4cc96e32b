"""When a delivery is tried again, and when no more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipwire.domain.webhooks import (
    SCHEDULE,
    Answer,
    DeliveryStatus,
    conclude,
    delivery_id,
    next_delay,
    retry_after,
)
from tests.support.builders import NOW
from tests.support.fakes_webhooks import a_delivery

FAILURES = st.one_of(
    st.builds(Answer, status=st.sampled_from([301, 400, 401, 404, 429, 500, 502, 503, 504])),
    st.builds(Answer, error=st.sampled_from(["timeout", "unreachable"])),
)


def test_the_schedule_is_the_standards():
    """Ten steps, 75 h 35 m 05 s."""
    assert len(SCHEDULE) == 10
    assert sum(SCHEDULE, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@given(st.integers(0, 9), st.integers(0, 2**32 - 1))
def test_each_step_is_within_ten_percent(attempts, randomness):
    """Jitter spreads a crowd; it doesn't change the schedule."""
    delay = next_delay(attempts, randomness=randomness)
    assert delay is not None
    assert SCHEDULE[attempts] * 0.9 <= delay <= SCHEDULE[attempts] * 1.1


def test_jitter_reaches_both_ends():
    """From -5 % to +5 %: the sweeper's minute has room in the 10 % that are promised, from half an hour on."""
    delays = {next_delay(9, randomness=number) for number in range(101)}
    assert (min(delays), max(delays)) == (SCHEDULE[9] * 0.95, SCHEDULE[9] * 1.05)  # type: ignore[type-var]
    assert len(delays) == 101
    longest = max(next_delay(3, randomness=number) for number in range(101))  # type: ignore[type-var]
    assert longest + timedelta(minutes=1) <= SCHEDULE[3] * 1.1


@given(st.lists(FAILURES, min_size=10, max_size=10), st.integers(0, 2**32 - 1))
def test_ten_failures_exhaust_a_delivery(answers, randomness):
    """Nine times pending, with times that only grow; then exhausted."""
    delivery, now = a_delivery(), NOW
    for number, answer in enumerate(answers, 1):
        delivery = conclude(
            delivery.model_copy(update={"attempts": number}), answer, at=now, randomness=randomness
        )
        if number < 10:
            assert delivery.status is DeliveryStatus.PENDING
            assert delivery.next_attempt_at > now
            now = delivery.next_attempt_at
    assert delivery.status is DeliveryStatus.EXHAUSTED


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_delivers(status):
    """And nothing else does."""
    after = conclude(a_delivery(), Answer(status=status), at=NOW, randomness=0)
    assert after.status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=410),
        Answer(status=500, directive="disable"),
        Answer(status=500, directive="abort-message"),
    ],
)
def test_a_receiver_can_say_no_more(answer):
    """410 and the two directives of Svix's receivers end the delivery at once."""
    after = conclude(a_delivery(), answer, at=NOW, randomness=0)
    assert (after.status, bool(after.reason)) == (DeliveryStatus.DROPPED, True)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(seconds=1)),
        ("999999999", timedelta(hours=24)),
        ("9" * 12, timedelta(hours=24)),
        ("9" * 400, None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Mon, 04 May 2026 12:32:00 GMT", timedelta(minutes=2)),
        ("Mon, 04 May 2026 12:00:00 GMT", timedelta(seconds=1)),
        ("Mon, 04 May 2099 12:00:00 GMT", timedelta(hours=24)),
        ("Mon, 99 May 2026 12:00:00 GMT", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 04 May 2026 12:32:00", timedelta(minutes=2)),
    ],
)
@pytest.mark.fault(95)
def test_retry_after_is_clamped_or_ignored(header, expected):
    """1 s to 24 h, seconds or date; rubbish says nothing."""
    assert retry_after(header, at=NOW) == expected


@given(st.text(max_size=40))
def test_retry_after_never_raises(text):
    """Whatever a receiver writes."""
    found = retry_after(text, at=NOW)
    assert found is None or timedelta(seconds=1) <= found <= timedelta(hours=24)


def test_a_receiver_can_ask_for_more_time_but_not_for_less():
    """`Retry-After: 1` for ever must not burn ten attempts in ten seconds."""
    slow = conclude(a_delivery(), Answer(status=429, retry_after="120"), at=NOW, randomness=50)
    assert slow.next_attempt_at == NOW + timedelta(seconds=120)
    fast = conclude(
        a_delivery(attempts=2), Answer(status=503, retry_after="1"), at=NOW, randomness=50
    )
    assert fast.next_attempt_at == NOW + timedelta(minutes=5)
    other = conclude(a_delivery(), Answer(status=404, retry_after="120"), at=NOW, randomness=50)
    assert other.next_attempt_at == NOW + timedelta(seconds=5)


def test_a_delivery_is_one_per_event_and_target():
    """The same id for the same two, whenever and however often it is asked for."""
    one = delivery_id("evt_1", "whe_1")
    assert one == delivery_id("evt_1", "whe_1")
    assert len({one, delivery_id("evt_1", "whe_2"), delivery_id("evt_2", "whe_1")}) == 3
