"""Ten thousand random histories of money, and a thousand races for it."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.integration.test_stores import Stores
from tests.support.bare_tables import BareTables
from tests.support.money_machine import MoneyMachine
from tests.support.money_races import MoneyRaces

LONG = settings(
    derandomize=False,
    max_examples=2_500,
    stateful_step_count=30,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.fault(89)
@pytest.mark.parametrize("part", range(4))
def test_every_history_keeps_every_rule(part):
    """Each run draws others; what it finds is printed with its steps."""
    del part
    run_state_machine_as_test(MoneyMachine, settings=LONG)


@pytest.mark.fault(84)
def test_a_thousand_races_have_one_effect_each(platform):
    """Of 64 writers, about one account's credits."""
    tables = BareTables(platform)
    races = MoneyRaces(lambda: Stores(tables), seed=2)
    races.run(1_000)
    assert set(races.ends().values()) == {1}
    tables.delete()
