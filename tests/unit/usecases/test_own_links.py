"""Links to files that an account has here, as a job's input."""

import pytest

from lipwire.domain.commands import CreateJob
from lipwire.domain.jobs import Job
from tests.support.builders import an_asset, voice_info
from tests.support.fakes import (
    FakeAssets,
)
from tests.support.new_jobs import a_new_job

URL = "https://media.example.com/clips/clip.mp4"
VOICE = an_asset(2, media=voice_info(), silent=False)


def create(assets: FakeAssets, speech_url: str) -> Job:
    """The job with that link as its voice."""
    return a_new_job(CreateJob(source_url=URL, speech_url=speech_url), assets)


@pytest.mark.parametrize("host", ["bucket.test", "s3.test/bucket"])
def test_a_link_to_an_own_file_names_it(host):
    """A text that was spoken comes back as a voice by the link that it was given: it is not fetched anew."""
    assets = FakeAssets(VOICE)
    link = f"https://{host}/{VOICE.key}?X-Amz-Signature=1"
    job = create(assets, link)
    assert job.speech_id == VOICE.id
    assert [one.url for one in assets.rows.values() if one.url] == [URL]


@pytest.mark.parametrize(
    "path",
    [
        VOICE.key.replace(VOICE.account_id, f"acct_{'9' * 26}"),
        VOICE.key.replace(VOICE.id, f"ast_{'9' * 26}"),
        f"{VOICE.key}.wav",
        f"my{VOICE.key}",
    ],
)
def test_a_link_that_only_looks_like_one_to_an_own_file_is_fetched(path):
    """Of another account, of a file that is none here, or of a longer name."""
    assets = FakeAssets(VOICE)
    link = f"https://files.test/{path}"
    job = create(assets, link)
    assert assets.rows[job.speech_id].url == link
