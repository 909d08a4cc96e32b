"""Ten thousand deliveries in a bad world."""

import pytest

from lipwire.domain.webhooks import DeliveryStatus
from tests.support.delivery_checks import check
from tests.support.delivery_world import World


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ten_thousand_deliveries_arrive_in_a_bad_world(seed):
    """All end once, all that could arrive did, all attempts were on schedule."""
    world = World(seed=seed, jobs=5000, accounts=100)
    world.run()
    ended = check(world)
    assert sum(ended.values()) == 10_000
    assert ended[DeliveryStatus.DELIVERED] >= 9_990
