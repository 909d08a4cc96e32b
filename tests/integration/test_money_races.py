"""Whoever is first gets it, and nobody gets it twice: 100 races of 64 writers on the emulator's DynamoDB."""

import pytest

from tests.integration.test_stores import Stores
from tests.support.bare_tables import BareTables
from tests.support.money_races import MoneyRaces


@pytest.mark.fault(79, 83, 84)
def test_a_hundred_races_have_one_effect_each(platform):
    """Ends of a job, cancel against finish, credits for one job, one operator's key; first one of each for all 64."""
    tables = BareTables(platform)
    races = MoneyRaces(lambda: Stores(tables), seed=1)
    races.crowds()
    races.run(100)
    assert set(races.ends().values()) == {1}
    assert sum(races.outcomes.values()) == 104
    assert races.outcomes["created"] == races.outcomes["refunded"] == 26
    tables.delete()
