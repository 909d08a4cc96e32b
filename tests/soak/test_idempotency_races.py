"""The races of tests/integration/test_idempotency.py, at full size."""

import pytest

from lipwire.adapters.dynamodb.idempotency import DynamoKeyClaims
from tests.integration.test_stores import Stores
from tests.support.builders import NOW
from tests.support.idempotency_races import Races


@pytest.mark.fault(3)
def test_no_key_makes_two_jobs_in_a_thousand_races(platform):
    """64 writers each."""
    stores = Stores(platform)
    stores.ledger.grant(stores.account_id, 10_000, grant_id="first", at=NOW)
    claims = DynamoKeyClaims(platform.aws("dynamodb"), table=platform.names["IDEMPOTENCY_TABLE"])
    races = Races(stores, claims)
    for _ in range(1000):
        assert races.run(writers=64) == {"made": 1, "jobs": 1, "holds": 1}
