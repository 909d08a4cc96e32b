"""What the samples of LipSync.dev's own page ask for, over tables in memory; tests/e2e has them on the platform."""

import json
import re

import pytest

from lipwire.domain.jobs import Job
from tests.support.memory_app import MemoryApp
from tests.support.memory_server import served
from tests.support.samples import run_sample


def told(app: MemoryApp, language: str) -> str:
    """What LipSync.dev's sample in that language prints."""
    with served(app) as origin:
        ours = {"https://lipsync-api-yft3.onrender.com": origin, "your_api_key_here": app.key}
        return run_sample("lipsync_dev", language, ours)


def job_of(app: MemoryApp, text: str) -> Job | None:
    """The job that is named there."""
    (found,) = set(re.findall(r"(?:submitted|ID|jobId)\"?: \"?(job_[0-9a-z]{26})", text))
    return app.jobs.get(found)


@pytest.mark.parametrize("language", ["curl", "javascript", "python"])
def test_lipsync_devs_samples_make_a_job(language):
    """With what each of them asks for; the two that look after it get to its output."""
    app = MemoryApp()
    text = told(app, language)
    job = job_of(app, text)
    assert (job.options.height, job.options.fps) == (720, 25)
    assert job.terms.dialect == "lipsync_dev"
    expected = None if language == "curl" else "https://yourapp.com/webhook"
    assert job.webhook_url == expected
    urls = {app.assets.get(one).url for one in (job.source_id, job.speech_id)}
    assert urls == {"https://example.com/video.mp4", "https://example.com/audio.mp3"}
    if language == "curl":
        body = json.loads(text)
        assert body["success"] is True
        assert set(body["data"]) == {
            "jobId",
            "status",
            "inputType",
            "estimatedCredits",
            "estimatedTime",
        }
        return
    word = {"javascript": "Output URL: ", "python": "Video ready: "}[language]
    assert f"{word}https://media.test/outputs/" in text
