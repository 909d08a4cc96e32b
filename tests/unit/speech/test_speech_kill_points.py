"""Wherever a process dies on a speech's way, its charge has its voice or its refund; on tables in memory."""

from datetime import timedelta

import pytest

from lipwire.adapters.dynamodb.table import from_item
from lipwire.domain.assets import AssetStatus
from lipwire.domain.commands_uploads import GiveUpUpload
from lipwire.domain.errors import SpeechFailedError
from lipwire.usecases.give_up_awaited import give_up_awaited
from lipwire.usecases.give_up_upload import give_up_upload
from tests.support.builders import ACCOUNT, a_caller
from tests.support.memory_dynamodb import Fault
from tests.support.speech_stage import Stage


def _give_up(stage, asset_id):
    command = GiveUpUpload(asset_id=asset_id)
    give_up_upload(command, a_caller(), assets=stage.assets, clock=stage.clock)


#: How a speech's way ends, and how often whoever ends it tries: a step is tried again, a request is not.
ENDS = {
    "spoken": (lambda stage, asset_id: stage.finish(asset_id), 3),
    "failed": (lambda stage, asset_id: stage.finish(asset_id), 3),
    "lane": (
        lambda stage, asset_id: give_up_awaited(asset_id, assets=stage.assets, clock=stage.clock),
        3,
    ),
    "given up": (_give_up, 1),
    "deleted": (lambda stage, asset_id: stage.delete(asset_id), 1),
    "lost": (lambda _stage, _asset_id: None, 1),
}


def speeches(stage):
    """Every row that is made of text."""
    rows = map(from_item, stage.dynamodb.tables["assets"].values())
    return [stage.assets.get(row["pk"]) for row in rows if row.get("speech")]


def lived(end, *, at=0, fault=None):
    """A speech, from its request to half a day later; the fault is of its write number `at`."""
    stage = Stage(failure=SpeechFailedError() if end == "failed" else None)
    begin = len(stage.dynamodb.writes)
    stage.dynamodb.faults = {} if fault is None else {begin + at: fault}
    stage.attempt(stage.speak)
    act, tries = ENDS[end]
    for asset in speeches(stage):
        for _ in range(tries):
            if stage.attempt(lambda one=asset: (act(stage, one.id), True)):
                break
    writes = len(stage.dynamodb.writes) - begin
    stage.dynamodb.faults = {}
    stage.wait(timedelta(hours=13))
    stage.reconcile()
    return stage, writes


@pytest.mark.parametrize("end", ENDS)
def test_a_charge_has_its_voice_or_its_refund_wherever_a_process_dies(end):
    """Before each write, after it, and where its answer is lost, or lost and sent again; never both."""
    points = range(lived(end)[1])
    assert len(points) == {"lost": 1, "deleted": 3}.get(end, 2)
    for at, fault in [(0, None), *((at, fault) for at in points for fault in Fault)]:
        stage, _ = lived(end, at=at, fault=fault)
        entries = stage.ledger.entries(ACCOUNT)
        charged = {one.asset_id for one in entries if one.kind == "CHARGE"}
        refunded = {one.asset_id for one in entries if one.kind == "REFUND"}
        heard = {one.id for one in speeches(stage) if one.status is AssetStatus.UPLOADED}
        assert not heard & refunded, (at, fault)
        assert charged == heard | refunded, (at, fault)
        assert all(one.speech.text is None for one in speeches(stage)), (at, fault)
        assert stage.findings() == [], (at, fault)
        if fault is None:
            assert (len(charged), len(heard)) == (1, int(end == "spoken"))
