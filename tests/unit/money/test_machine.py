"""500 random histories keep every rule of money, and each of six planted bugs is found and named."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from lipwire.adapters.dynamodb.jobs import DynamoJobs
from lipwire.adapters.dynamodb.ledger import DynamoLedger
from lipwire.adapters.dynamodb.ledger_charges import LedgerCharges
from lipwire.adapters.dynamodb.table import Transaction, to_item
from lipwire.domain.errors import JobFinishedError
from lipwire.domain.ledger import EntryKind, Rule
from tests.support.money_machine import MoneyMachine

QUICK = settings(
    max_examples=500,
    stateful_step_count=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
#: A bug is found, not made small.
FIND = settings(QUICK, phases=(Phase.generate,))


class GrantsTwice(DynamoLedger):
    """An increment without a condition: the SDK's own second try counts again."""

    def put(self, transaction, entry):
        if entry.kind is not EntryKind.GRANT:
            super().put(transaction, entry)


class EndsTwice(DynamoLedger):
    """Each kind of end has a key of its own, and nobody asks whether so much is held."""

    def _end(self, transaction, *args):
        super()._end(transaction, *args)
        entry, balance = (next(iter(item.values())) for item in transaction._items[-2:])
        if entry["Item"]["kind"] == {"S": EntryKind.SETTLE}:
            entry["Item"]["sk"] = {"S": entry["Item"]["sk"]["S"].replace("END", "SETTLE")}
        balance["ConditionExpression"] = "attribute_exists(pk)"
        del balance["ExpressionAttributeValues"][":held"]


class EndsAnyJob(DynamoJobs):
    """A job's end doesn't ask for the job's status."""

    def _end(self, done, event):
        transaction = Transaction(self._client)
        transaction.put(
            self._table,
            to_item({**done.model_dump(mode="json"), "pk": done.id}),
            condition="held_millicredits = :held",
            values={":held": done.held_millicredits},
            otherwise=JobFinishedError,
        )
        self._limits.end(transaction, done.account_id, done.id)
        self._emit(transaction, done, event, at=done.updated_at)
        return transaction


class ForgetsTheRest(DynamoLedger):
    """What a settled job did not use stays held."""

    def settle(self, transaction, account_id, job_id, *, charge, held, at):
        super().settle(transaction, account_id, job_id, charge=charge, held=held, at=at)
        values = transaction._items[-1]["Update"]["ExpressionAttributeValues"]
        values.update(to_item({":unheld": -charge, ":returned": 0}))


class HoldsByHalf(DynamoLedger):
    """The entry of a second hold says less than what was reserved."""

    def put(self, transaction, entry):
        if entry.kind is EntryKind.HOLD and entry.key.endswith("#2"):
            entry = entry.model_copy(update={"amount_millicredits": entry.amount_millicredits // 2})
        super().put(transaction, entry)


class RefundsAnything(DynamoLedger):
    """A refund doesn't ask what was charged."""

    def of_job(self, account_id, job_id):
        money = super().of_job(account_id, job_id)
        return type("Generous", (type(money),), {"charged": 10**9})(
            holds=money.holds, ends=money.ends, refunds=money.refunds
        )


class KeepsTheCharge(LedgerCharges):
    """What was paid for a speech that comes to nothing is kept."""

    def charge_back(self, transaction, asset, *, note, at):
        pass


@pytest.mark.fault(89)
def test_every_history_keeps_every_rule():
    """Grants, holds, steps, ends, refunds, faults and races in any order."""
    run_state_machine_as_test(MoneyMachine, settings=QUICK)


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ({"ledger_class": GrantsTwice}, [Rule.BALANCE]),
        ({"ledger_class": EndsTwice, "jobs_class": EndsAnyJob}, [Rule.ONE_END]),
        ({"ledger_class": ForgetsTheRest}, [Rule.HELD]),
        # It breaks both; which one is met first is chance.
        ({"ledger_class": HoldsByHalf}, [Rule.HELD, Rule.JOB_HOLD]),
        ({"ledger_class": RefundsAnything}, [Rule.REFUNDED_WITHIN_CHARGE]),
        ({"charges_class": KeepsTheCharge, "speaks": True}, ["what is not spoken is paid back"]),
    ],
)
def test_a_planted_bug_is_found_and_named(planted, named):
    """By the rule that it breaks."""
    # What has nothing to do with speech is found sooner where nobody speaks.
    machine = type("Planted", (MoneyMachine,), {"speaks": False, **planted})
    with pytest.raises(AssertionError, match="|".join(named)):
        run_state_machine_as_test(machine, settings=FIND)
