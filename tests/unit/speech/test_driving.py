"""A speech's own times reach the renderer, where they can drive the mouth."""

import json
from pathlib import Path

import pytest

from lipwire.domain.jobs import RenderPlan
from lipwire.domain.options import JobOptions, PhonemeTime
from lipwire.domain.speech import Speech, phonemes_key
from lipwire.usecases.plan_render import plan_render
from tests.support.builders import ACCOUNT, a_job, an_asset, video_info, voice_info
from tests.support.fakes import FakeAssets, FakeClock, FakeEngines, FakeJobs, FakeWork
from tests.unit.test_runner import PLAN, Recorder, Versions, a_runner

SPEECH = Speech(voice="espeak/de", language="de", characters=9, has_phonemes=True)
OWN = PhonemeTime(symbol="m", start_ms=0, end_ms=90)


def planned(speech: Speech | None = SPEECH, **options: object) -> RenderPlan:
    """The plan of a job with that voice."""
    job = a_job(mode="video", options=JobOptions.model_validate(options))
    voices = [an_asset(2, media=voice_info(), speech=speech), an_asset(4, media=voice_info())]
    work = FakeWork()
    plan_render(
        job.id,
        jobs=FakeJobs(job),
        assets=FakeAssets(an_asset(1, media=video_info()), *voices),
        engines=FakeEngines(),
        work=work,
        clock=FakeClock(),
    )
    return work.plans[job.id]


def test_the_times_of_a_spoken_voice_are_planned_with_its_language():
    """Nobody has to name either."""
    plan = planned()
    assert plan.phonemes_key == phonemes_key(f"uploads/{ACCOUNT}/ast_{2:026d}/source")
    assert plan.options.language == "de"


@pytest.mark.parametrize(
    ("speech", "options"),
    [
        (None, {}),
        (SPEECH.model_copy(update={"has_phonemes": False}), {}),
        (SPEECH, {"phonemes": [OWN]}),
        (SPEECH, {"second_speech_id": f"ast_{4:026d}"}),
    ],
)
def test_times_that_are_not_there_or_of_one_of_two_voices_are_not(speech, options):
    """And the caller's own come first."""
    plan = planned(speech, **options)
    assert plan.phonemes_key is None
    assert plan.options.phonemes == JobOptions.model_validate(options).phonemes


def test_the_caller_s_language_comes_first():
    """A voice may speak another one than it was made for."""
    assert planned(language="nl").options.language == "nl"


class Times(Versions):
    """A bucket in which the times lie, or don't."""

    def fetch(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> bool:
        if key == "times":
            path.write_text(json.dumps([OWN.model_dump()]))
            return True
        return super().fetch(bucket, key, path, version_id=version_id)


@pytest.mark.parametrize(("key", "missing", "found"), [("times", "", (OWN,)), ("gone", "gone", ())])
def test_the_renderer_is_given_the_times(tmp_path, key, missing, found):
    """Where they are gone, it listens instead."""
    alone = {"second_speech_key": None, "options": JobOptions(seed=7), "phonemes_key": key}
    plan, engine, work = PLAN.model_copy(update=alone), Recorder(), FakeWork()
    work.put_plan(plan)
    a_runner(tmp_path, work, engine, files=Times(missing=missing)).render(plan.id)
    assert engine.task is not None
    assert engine.task.options.phonemes == found
    assert engine.task.options.seed == 7
