"""A text's way to a voice, on its own and in a job: over the real stores, on tables in memory."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.dynamodb.speeches import DynamoSpeeches
from lipwire.adapters.speech.remote import LambdaSpeaker
from lipwire.domain.assets import AssetStatus, ProbeFinding, Problem
from lipwire.domain.commands import CreateSpeech, DeleteAsset, GetSpeech, GiveUpUpload
from lipwire.domain.errors import (
    AssetNotFoundError,
    BusyError,
    InsufficientCreditsError,
    JobFinishedError,
    LanguageNotSpokenError,
    SpeechFailedError,
    TooLongError,
    UnauthenticatedError,
)
from lipwire.domain.keys import KeyMode
from lipwire.domain.speech import Script
from lipwire.usecases.create_speech import create_speech
from lipwire.usecases.delete_asset import delete_asset
from lipwire.usecases.finish_speech import finish_speech
from lipwire.usecases.get_speech import get_speech
from lipwire.usecases.give_up_speech import give_up_speech
from lipwire.usecases.give_up_upload import give_up_upload
from lipwire.usecases.speak_texts import speak_texts
from tests.support.builders import ACCOUNT, NOW, a_caller, voice_info
from tests.support.fakes_speech import FakeBucket, FakeSpeaker, FakeVoices
from tests.support.lambdas import LambdaClient
from tests.support.money_world import KEY, World

TEXT = Script(text="a" * 30, voice="espeak/en-us")


class Stage(World):
    """A world that speaks."""

    def __init__(self, credits: int = 1_000_000, failure: Exception | None = None) -> None:
        super().__init__()
        self.speeches = DynamoSpeeches(
            self.dynamodb,
            assets=self.assets,
            accounts=self.accounts,
            charges=self.charges,
            outbox=OutboxRows(table="outbox", ids=self.ids),
        )
        self.bucket = FakeBucket()
        self.speaker = FakeSpeaker(self.bucket, failure)
        if credits:
            self.grant(credits, "first")

    def speak(self, script=TEXT, caller=None):
        """POST /speech."""
        return create_speech(
            CreateSpeech(script=script),
            caller or a_caller(),
            speeches=self.speeches,
            voices=FakeVoices(),
            clock=self.clock,
            ids=self.ids,
        ).asset

    def finish(self, asset_id):
        """The first step of the workflow that its row starts."""
        finish_speech(
            asset_id,
            assets=self.assets,
            uploads=self.bucket,
            speaker=self.speaker,
            clock=self.clock,
        )
        return self.assets.get(asset_id)

    def delete(self, asset_id):
        """DELETE /assets/{id}."""
        empty = SimpleNamespace(
            abort_unfinished=lambda _key: None, delete_prefix=lambda _prefix: None
        )
        delete_asset(
            DeleteAsset(asset_id=asset_id),
            a_caller(),
            assets=self.assets,
            stores=SimpleNamespace(assets=self.assets, uploads=empty, work_objects=empty),
            clock=self.clock,
        )

    def job(self, **command):
        """POST /jobs with a text."""
        return self.create(voices=FakeVoices(), **{"script": TEXT, **command})

    def speak_texts(self, job_id):
        """What FetchSources does for a job's texts."""
        speak_texts(
            job_id,
            jobs=self.jobs,
            assets=self.assets,
            uploads=self.bucket,
            speaker=self.speaker,
        )

    @property
    def balance(self):
        return self.ledger.totals(ACCOUNT).balance


def test_a_speech_is_paid_at_once_and_spoken_once():
    """Its text is forgotten then; whoever finishes it again changes nothing."""
    stage = Stage()
    asset = stage.speak()
    assert asset.speech.charged_millicredits == 3
    assert asset.speech.longest_ms == a_caller().account.limits.max_duration_ms
    for _ in range(2):
        spoken = stage.finish(asset.id)
    assert (spoken.status, spoken.speech.text, spoken.size_bytes) == (AssetStatus.UPLOADED, None, 5)
    assert stage.speaker.spoken == [TEXT.text]
    assert stage.balance == 1_000_000 - 3
    assert stage.findings() == []


@pytest.mark.parametrize("error", [SpeechFailedError, TooLongError])
def test_a_speech_that_fails_is_rejected_and_paid_back_once(error):
    """The ledger shows both."""
    stage = Stage(failure=error())
    asset = stage.speak()
    for _ in range(2):
        rejected = stage.finish(asset.id)
    assert (rejected.status, rejected.problem.code) == (AssetStatus.REJECTED, error.code)
    assert rejected.speech.text is None
    entries = {one.key: one.amount_millicredits for one in stage.ledger.entries(ACCOUNT)}
    assert entries == {"GRANT#first": 1_000_000, f"CHARGE#{asset.id}": 3, f"REFUND#{asset.id}": 3}
    assert stage.balance == 1_000_000
    assert stage.findings() == []
    assert not stage.assets.give_up(asset, rejected.problem, at=NOW)


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
        give_up_speech(asset_id, assets=stage.assets, clock=stage.clock)
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


def test_what_cannot_be_paid_leaves_nothing():
    """No asset, no entry."""
    stage = Stage(credits=2)
    with pytest.raises(InsufficientCreditsError):
        stage.speak()
    assert stage.balance == 2
    assert stage.assets.list(ACCOUNT, limit=100, cursor=None).items[0].speech is None


def test_a_test_key_pays_nothing():
    """And no entry says so; a speech without a charge is given up without a refund."""
    stage = Stage(credits=0, failure=SpeechFailedError())
    asset = stage.speak(caller=a_caller().model_copy(update={"mode": KeyMode.TEST}))
    assert stage.finish(asset.id).status is AssetStatus.REJECTED
    assert stage.ledger.entries(ACCOUNT) == ()


def test_a_closed_account_is_paid_nothing_back():
    """Nothing is written for it any more."""
    stage = Stage(failure=SpeechFailedError())
    asset = stage.speak()
    stage.accounts.close(ACCOUNT, by=None, at=NOW)
    stage.finish(asset.id)
    assert [one.kind for one in stage.ledger.entries(ACCOUNT)] == ["CHARGE", "GRANT"]


def test_a_revoked_key_speaks_nothing():
    """However lately it was looked up."""
    stage = Stage()
    stage.accounts.revoke(KEY, at=NOW)
    with pytest.raises(UnauthenticatedError):
        stage.speak()
    assert stage.balance == 1_000_000


def test_a_speech_is_its_account_s_alone():
    """Shown with links once there is something to hear; what nobody spoke is no speech."""
    stage = Stage()
    asset = stage.speak()

    def shown(caller, asset_id=asset.id):
        return get_speech(
            GetSpeech(asset_id=asset_id),
            caller,
            assets=stage.assets,
            uploads=stage.bucket,
            clock=stage.clock,
        )

    assert shown(a_caller()).audio_url is None
    stage.finish(asset.id)
    assert shown(a_caller()).audio_url.startswith("https://bucket.test/uploads/")
    assert "phonemes" in shown(a_caller()).phonemes_url
    with pytest.raises(AssetNotFoundError):
        shown(a_caller(id=f"acct_{'1' * 26}"))
    with pytest.raises(AssetNotFoundError):
        shown(a_caller(), f"ast_{1:026d}")


def test_a_job_holds_and_pays_its_text_with_its_output():
    """Two seconds of output, and thirty characters."""
    stage = Stage()
    job = stage.job()
    assert job.held_millicredits == 6000 + 3
    stage.speak_texts(job.id)
    stage.speak_texts(job.id)
    assert stage.speaker.spoken == [TEXT.text]
    asset = stage.assets.get(job.speech_id)
    stage.assets.mark_uploaded(asset, version_id="v1", size_bytes=5, at=NOW)
    stage.unseen[job.speech_id] = voice_info(duration_ms=9000)
    stage.validate(job.id)
    assert stage.jobs.get(job.id).held_millicredits == 10_000 + 3
    stage.begin_rendering(job.id)
    stage.render(job.id, 50)
    stage.settle(job.id)
    assert stage.jobs.get(job.id).charged_millicredits == 2000 + 3
    assert stage.findings() == []


def test_a_job_that_fails_pays_for_no_text():
    """Its hold is released whole."""
    stage = Stage()
    job = stage.job()
    stage.fail(job.id)
    assert stage.balance == stage.ledger.totals(ACCOUNT).available == 1_000_000
    with pytest.raises(JobFinishedError):
        stage.speak_texts(job.id)
    assert stage.speaker.spoken == []


def test_a_job_in_an_unspoken_language_is_refused_and_leaves_nothing():
    """Before anything is written."""
    stage = Stage()
    with pytest.raises(LanguageNotSpokenError):
        stage.job(script=Script(text="a", language="tlh"))
    assert stage.jobs.list(ACCOUNT, status=None, limit=9, cursor=None).items == ()


@pytest.mark.parametrize(
    ("client", "error"),
    [
        (LambdaClient({"problem": None}), None),
        (
            LambdaClient({"problem": Problem.of(SpeechFailedError()).model_dump()}),
            SpeechFailedError,
        ),
        (LambdaClient({"problem": Problem.of(TooLongError()).model_dump()}), TooLongError),
        (LambdaClient({"errorMessage": "x"}, FunctionError="Unhandled"), BusyError),
        (LambdaClient("nonsense"), BusyError),
    ],
)
def test_the_function_that_speaks_is_asked(client, error):
    """Its word counts; a failure of the function is none."""
    asset = Stage().speak()
    speaker = LambdaSpeaker(client, function="speak")
    if error:
        with pytest.raises(error):
            speaker.speak(asset)
    else:
        speaker.speak(asset)
    assert client.asked[0][0] == "speak"
    assert client.asked[0][1]["key"] == asset.key
    assert client.asked[0][1]["speech"]["text"] == TEXT.text
