"""Where money is read and moved from outside: the API, the operator's command, the clock's function."""

import argparse
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from lipwire import operator
from lipwire.dialects.base import WireRequest
from lipwire.dialects.native.codec_account import from_ledger, to_list_ledger
from lipwire.domain.errors import LedgerConflictError
from lipwire.operator_credits import add_credit_commands, run_reconcile
from lipwire.reconciling import reconcile_and_tell
from lipwire.usecases.list_ledger import list_ledger
from tests.support.builders import ACCOUNT, a_caller
from tests.support.money_world import World


@pytest.fixture
def world() -> World:
    """An account with 60 credits."""
    made = World()
    made.grant(60_000, "first")
    return made


def app_of(world: World) -> SimpleNamespace:
    """The ports that these doors ask for."""
    return SimpleNamespace(
        ledger=world.ledger,
        jobs=world.jobs,
        assets=world.assets,
        accounts=world.accounts,
        clock=world.clock,
        settings=SimpleNamespace(stage="test"),
    )


def credits(world: World, *arguments: str) -> dict:
    """`lipwire credits …`."""
    parser = argparse.ArgumentParser()
    add_credit_commands(parser)
    options = parser.parse_args(arguments)
    return options.run(app_of(world), options)


def test_the_ledger_is_read_page_by_page(world):
    """Newest first; what an entry has nothing to say about is null."""
    job = world.create(2)
    world.wait(timedelta(seconds=1))
    world.cancel(job.id)
    seen, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        request = WireRequest(method="GET", path="/", query=query)
        page = json.loads(
            from_ledger(list_ledger(to_list_ledger(request), a_caller(), ledger=world.ledger)).body
        )
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(one["kind"] for one in seen) == ["GRANT", "HOLD", "RELEASE"]
    release = seen[0]
    assert (release["kind"], release["job_id"]) == ("RELEASE", job.id)
    assert release["held_millicredits"] == release["amount_millicredits"] == 3_000
    hold = next(one for one in seen if one["kind"] == "HOLD")
    assert (hold["price_list"], hold["held_millicredits"], hold["note"]) == ("native/1", None, None)


def test_an_operators_command_counts_once(world):
    """Grant, adjustment and refund, in credits with three decimals."""
    job = world.create(2)
    world.validate(job.id)
    world.begin_rendering(job.id)
    world.render(job.id, 50)
    world.settle(job.id)
    for _ in range(2):
        credits(world, "grant", ACCOUNT, "5", "--key", "k")
        credits(world, "adjust", ACCOUNT, "-1.5", "--key", "k", "--note", "n")
        told = credits(world, "refund", ACCOUNT, job.id, "0.25", "--key", "k", "--note", "n")
    assert told == {
        "account_id": ACCOUNT,
        "balance_millicredits": 60_000 - 2_000 + 5_000 - 1_500 + 250,
        "held_millicredits": 0,
    }
    with pytest.raises(LedgerConflictError):
        credits(world, "grant", ACCOUNT, "6", "--key", "k")


@pytest.mark.parametrize(
    "arguments",
    [
        ("grant", ACCOUNT, "0", "--key", "k"),
        ("grant", ACCOUNT, "-1", "--key", "k"),
        ("grant", ACCOUNT, "1.0001", "--key", "k"),
        ("grant", ACCOUNT, "much", "--key", "k"),
        ("grant", ACCOUNT, "1"),
        ("adjust", ACCOUNT, "1", "--key", "k"),
        ("refund", ACCOUNT, "job_1", "0", "--key", "k", "--note", "n"),
    ],
)
def test_a_command_that_says_too_little_moves_nothing(world, arguments):
    """No amount below a milli-credit, no key, no reason."""
    with pytest.raises(SystemExit):
        credits(world, *arguments)
    assert world.ledger.totals(ACCOUNT).balance == 60_000


def test_an_operator_sees_what_does_not_agree_and_rebuilds_the_balance(world):
    """The rule's name, then nothing more to find."""
    world.dynamodb.tables["ledger"][ACCOUNT, "BALANCE"]["held"] = {"N": "7"}

    def reconcile(account: str | None, *, rebuild: bool) -> dict:
        options = argparse.Namespace(account=account, rebuild=rebuild)
        return run_reconcile(app_of(world), options)

    told = reconcile(None, rebuild=False)
    assert told["accounts"] == 1
    assert told["findings"][0].startswith("not so: held is the sum of the open holds")
    assert reconcile(ACCOUNT, rebuild=True)["findings"] == []
    assert world.findings() == []


def test_what_an_operator_cannot_have_looked_at_is_told(world, capsys):
    """The account, and an exit status that a script sees."""
    world.dynamodb.tables["ledger"][ACCOUNT, "GRANT#bad"] = {
        "pk": {"S": ACCOUNT},
        "sk": {"S": "GRANT#bad"},
    }
    assert operator.main(["reconcile"], app_of(world)) == 1
    assert json.loads(capsys.readouterr().out)["failed"] == {ACCOUNT: "ValidationError"}
    app = app_of(world)
    with pytest.raises(ValidationError):
        reconcile_and_tell(app, is_deep=True)


def test_the_clocks_function_counts_what_it_found(world, capsys, caplog):
    """As a metric of the stage, which an alarm watches; and logs each finding."""
    world.dynamodb.tables["ledger"][ACCOUNT, "BALANCE"]["balance"] = {"N": "7"}
    found = reconcile_and_tell(app_of(world), is_deep=True)
    assert len(found.findings) == 2
    told = capsys.readouterr().out.splitlines()
    metric = json.loads(next(line for line in told if "_aws" in line))
    assert (metric["service"], metric["stage"]) == ("ledger", "test")
    assert metric["LedgerFindings"] == [2.0]
    assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Lipwire"
    assert [sorted(one) for one in metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"]] == [
        ["service", "stage"]
    ]
    broken = [one for one in caplog.records if one.message == "ledger rule broken"]
    assert {one.__dict__["rule"] for one in broken} == {
        "balance is the sum of the entries",
        "available is the balance without what is held",
    }
