"""What was paid for a speech is given back wherever nothing is spoken; on tables in memory."""

from datetime import timedelta

import pytest

from lipwire.domain.assets import AssetStatus, ProbeFinding, Problem
from lipwire.domain.commands_uploads import GiveUpUpload
from lipwire.domain.errors import (
    BusyError,
    SpeechFailedError,
    TooLongError,
)
from lipwire.domain.keys import KeyMode
from lipwire.usecases.give_up_awaited import give_up_awaited
from lipwire.usecases.give_up_upload import give_up_upload
from tests.support.builders import ACCOUNT, NOW, a_caller
from tests.support.speech_stage import TEXT, Stage


def test_a_speaker_that_is_busy_is_asked_three_times():
    """Then the charge is given back: nobody would come to try it again for ever."""
    stage = Stage(failure=BusyError())
    asset, began = stage.speak(), stage.clock.now()
    assert stage.finish(asset.id).problem.code == "speech_failed"
    assert (stage.clock.now() - began).total_seconds() == 5
    assert stage.balance == 1_000_000
    other = stage.speak()
    stage.speaker.failure = BusyError()
    stage.clock.sleep = lambda _s: setattr(stage.speaker, "failure", None)
    assert stage.finish(other.id).status is AssetStatus.UPLOADED


def test_a_slow_speaker_is_not_waited_for_again():
    """Two tries of 125 s are more than its function has: after the first one nobody could pay back."""
    stage = Stage(failure=BusyError())
    asset, began = stage.speak(), stage.clock.now()
    asked = []

    def slow(one):
        asked.append(one.id)
        stage.clock.sleep(125)
        raise BusyError

    stage.speaker.speak = slow
    assert stage.finish(asset.id).problem.code == "speech_failed"
    assert asked == [asset.id]
    assert (stage.clock.now() - began).total_seconds() < 145
    assert stage.balance == 1_000_000


def test_a_speech_that_is_given_up_or_deleted_before_it_was_spoken_is_paid_back():
    """By whatever route; its text is forgotten, nothing is spoken for it any more."""
    stage = Stage()
    given_up, deleted, spoken = stage.speak(), stage.speak(), stage.speak()
    stage.finish(spoken.id)
    row = give_up_upload(
        GiveUpUpload(asset_id=given_up.id), a_caller(), assets=stage.assets, clock=stage.clock
    )
    assert (row.status, row.speech.text) == (AssetStatus.REJECTED, None)
    for asset in (deleted, spoken):
        stage.delete(asset.id)
    for asset in (given_up, deleted):
        stage.finish(asset.id)
    assert stage.speaker.spoken == [TEXT.text]
    refunds = {one.asset_id for one in stage.ledger.entries(ACCOUNT) if one.kind == "REFUND"}
    assert refunds == {given_up.id, deleted.id}
    assert stage.balance == 1_000_000 - 3
    assert stage.findings() == []


@pytest.mark.parametrize(("hours", "paid_back"), [(11, False), (13, True), (24 * 6, False)])
def test_a_speech_that_nobody_speaks_is_paid_back_by_the_audit(hours, paid_back):
    """Whatever stopped its workflow: half a day later, once, and not while it may still be spoken."""
    stage = Stage()
    lost, spoken = stage.speak(), stage.speak()
    stage.finish(spoken.id)
    stage.wait(timedelta(hours=hours))
    assert stage.reconcile(is_deep=False).paid_back == ()
    assert stage.reconcile().paid_back == ((lost.id,) if paid_back else ())
    assert stage.reconcile().paid_back == ()
    assert stage.balance == 1_000_000 - 3 - (0 if paid_back else 3)
    assert stage.findings() == []


def test_a_refund_of_a_speech_that_was_not_paid_is_found():
    """What an operator must look into."""
    stage = Stage()
    free = stage.speak(caller=a_caller().model_copy(update={"mode": KeyMode.TEST}))
    paid = free.model_copy(
        update={"speech": free.speech.model_copy(update={"charged_millicredits": 3})}
    )
    assert stage.assets.give_up(paid, Problem.of(SpeechFailedError()), at=NOW)
    assert [one.rule.name for one in stage.findings()] == ["SPEECH_REFUND"]


def test_a_workflow_that_came_to_nothing_pays_back():
    """What was spoken, and what is no speech, stays as it is."""
    stage = Stage()
    lost, spoken = stage.speak(), stage.speak()
    stage.finish(spoken.id)
    for asset_id in (lost.id, lost.id, spoken.id, f"ast_{1:026d}"):
        give_up_awaited(asset_id, assets=stage.assets, clock=stage.clock)
    assert stage.assets.get(lost.id).problem.code == "speech_failed"
    assert stage.assets.get(spoken.id).status is AssetStatus.UPLOADED
    assert stage.balance == 1_000_000 - 3
    assert stage.findings() == []


def test_a_voice_that_is_refused_when_it_is_looked_into_is_paid_back():
    """Once, however often it is probed."""
    stage = Stage()
    asset = stage.finish(stage.speak().id)
    finding = ProbeFinding(problem=Problem.of(TooLongError()))
    for _ in range(2):
        assert stage.assets.record_probe(asset, finding, at=NOW).problem.code == "media_too_long"
    assert stage.balance == 1_000_000
    assert stage.findings() == []


def test_a_speech_that_is_still_to_be_spoken_outlives_a_job_that_names_it():
    """It was paid for by itself: its own workflow has it spoken, or pays it back."""
    stage = Stage()
    asset = stage.speak()
    assert asset.is_owed_speech
    job = stage.create(speech_id=asset.id)
    stage.cancel(job.id)
    stage.erase(stage.jobs.get(job.id))
    assert stage.jobs.get(job.id) is None
    spoken = stage.finish(asset.id)
    assert (spoken.status, spoken.is_owed_speech) == (AssetStatus.UPLOADED, False)
