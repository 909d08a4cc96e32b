"""A text's way to a voice, on its own and in a job: over the real stores, on tables in memory."""

import pytest

from lipwire.adapters.dynamodb.table import from_item
from lipwire.adapters.speech.remote import LambdaSpeaker
from lipwire.domain.assets import AssetStatus, Problem
from lipwire.domain.commands import GivenFile
from lipwire.domain.credits import LOW_BALANCE
from lipwire.domain.errors import (
    AssetNotFoundError,
    BusyError,
    InsufficientCreditsError,
    InvalidRequestError,
    JobFinishedError,
    LanguageNotSpokenError,
    SpeechFailedError,
    TooLongError,
    UnauthenticatedError,
    VoiceNotFoundError,
)
from lipwire.domain.keys import KeyMode
from lipwire.domain.prices import Terms
from lipwire.domain.speech import Script
from tests.support.builders import ACCOUNT, NOW, a_caller, voice_info
from tests.support.lambdas import LambdaClient
from tests.support.money_world import KEY
from tests.support.speech_stage import TEXT, Stage


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


@pytest.mark.parametrize(("credits", "told"), [(LOW_BALANCE + 3, 0), (LOW_BALANCE + 2, 1)])
def test_a_speech_that_leaves_little_is_told_of(credits, told):
    """Once, as by a job."""
    stage = Stage(credits=credits)
    asset = stage.speak()
    for _ in range(2):
        stage.finish(asset.id)
    rows = [from_item(row) for row in stage.dynamodb.tables["outbox"].values()]
    assert sum("BalanceLow" in str(row) for row in rows) == told


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
        return stage.shown(asset_id, caller)

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


FILE = GivenFile(filename="v.mp4", content_type="video/mp4", data=b"bytes")
TEST = a_caller().model_copy(update={"mode": KeyMode.TEST})


def spoken_job(stage, **command):
    """A job whose text has been spoken, and its voice."""
    job = stage.job(**command)
    stage.speak_texts(job.id)
    asset = stage.assets.get(job.speech_id)
    stage.assets.mark_uploaded(asset, version_id="v1", size_bytes=5, at=NOW)
    stage.unseen[asset.id] = voice_info(duration_ms=2000)
    return job, asset.id


def test_the_voice_of_a_job_is_heard_when_it_is_paid():
    """Not before, nor where the job paid nothing."""
    stage = Stage()
    job, voice = spoken_job(stage)
    canceled, unpaid = spoken_job(stage)
    assert stage.shown(voice).audio_url is None
    stage.validate(job.id)
    stage.begin_rendering(job.id)
    stage.render(job.id, 50)
    stage.settle(job.id)
    stage.cancel(canceled.id)
    assert stage.shown(voice).audio_url
    assert stage.shown(unpaid).audio_url is None


def test_a_job_with_another_job_s_voice_pays_for_its_text():
    """Once; a speech that was paid for by itself costs nothing more."""
    stage = Stage()
    canceled, unpaid = spoken_job(stage)
    stage.cancel(canceled.id)
    assert stage.create(speech_id=unpaid).speech_millicredits == 3
    assert stage.create(speech_id=stage.speak().id).speech_millicredits == 0


def test_what_a_test_key_has_spoken_is_heard_with_test_keys_alone():
    """By a robot, for somebody else's voice costs money."""
    stage = Stage()
    asset = stage.speak(Script(text="a", language="en"), caller=TEST)
    assert asset.speech.voice == "espeak/en-us"
    with pytest.raises(VoiceNotFoundError):
        stage.speak(Script(text="a", voice="polly/Amy"), caller=TEST)
    stage.finish(asset.id)
    assert stage.shown(asset.id, TEST).audio_url
    assert stage.shown(asset.id).audio_url is None
    with pytest.raises(InvalidRequestError, match="test key"):
        stage.create(speech_id=asset.id)


@pytest.mark.parametrize(("voice", "paid"), [("espeak/en-us", 0), ("polly/Amy", 30)])
def test_a_vendor_s_price_list_gives_away_only_what_costs_nothing(voice, paid):
    """Thirty characters of Polly's are AWS's to bill."""
    stage = Stage()
    terms = Terms(dialect="joggai", version=1)
    job = stage.job(script=Script(text="a" * 30, voice=voice), terms=terms)
    assert (job.speech_millicredits, job.terms.dialect) == (paid, "joggai")


def test_a_job_that_fails_pays_for_no_text():
    """Its hold is released whole."""
    stage = Stage()
    job = stage.job()
    stage.fail(job.id)
    assert stage.balance == stage.ledger.totals(ACCOUNT).available == 1_000_000
    with pytest.raises(JobFinishedError):
        stage.speak_texts(job.id)
    assert stage.speaker.spoken == []


def test_a_job_with_a_text_and_a_file_that_cannot_be_paid_leaves_neither():
    """No text is kept, nothing stands in the library, and the bytes are gone."""
    stage = Stage(credits=0)
    before = dict(stage.dynamodb.tables["assets"])
    with pytest.raises(InsufficientCreditsError):
        stage.job(source_id=None, source_file=FILE)
    assert stage.dynamodb.tables["assets"] == before
    assert stage.uploads.written == {}


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
