"""A thousand deliveries in a bad world; ten thousand are in tests/soak."""

import pytest

from lipwire.domain.webhooks import DeliveryStatus
from tests.support.delivery_checks import check
from tests.support.delivery_world import World


@pytest.mark.fault(54, 56, 108)
def test_a_thousand_deliveries_arrive_in_a_bad_world():
    """30 % failures, lost, doubled and reordered messages, workers killed between any two writes."""
    world = World(seed=1, jobs=500, accounts=20)
    world.run()
    ended = check(world)
    assert ended[DeliveryStatus.DELIVERED] >= 999
    assert world.killed > 10


@pytest.mark.fault(96)
def test_a_receiver_that_never_answers_gets_ten_attempts():
    """On schedule over three days, then no more; none is left pending."""
    world = World(seed=2, jobs=15, accounts=1, failing=1.0)
    world.run()
    assert check(world) == {DeliveryStatus.EXHAUSTED: 30}
    assert world.received == {}
