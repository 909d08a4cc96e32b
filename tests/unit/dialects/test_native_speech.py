"""Speech on the native wire: texts in place of voices, voices as they are listed."""

import json

import pytest

from lipwire.dialects.base import WireRequest
from lipwire.dialects.native.codec import to_create_job
from lipwire.dialects.native.codec_batches import to_create_batch
from lipwire.dialects.native.codec_speech import from_voices, to_create_speech, to_list_voices
from lipwire.domain.errors import InvalidRequestError
from lipwire.domain.speech import Script
from tests.support.fakes_speech import VOICES

URL = {"url": "https://media.test/a.mp4"}
TEXT = {"text": "Hello.", "voice": "espeak/en-us", "language": "en", "rate": 1.255, "pitch": 0.5}
SCRIPT = Script(
    text="Hello.", voice="espeak/en-us", language="en", rate_percent=125, pitch_percent=50
)


def posted(body: object) -> WireRequest:
    """A request with that body."""
    return WireRequest(method="POST", path="/", body=json.dumps(body).encode())


def test_a_text_takes_the_place_of_each_voice():
    """Of the first and of the second; a rate counts by its first two digits."""
    options = {"second_speech": {"text": "Bye."}}
    command = to_create_job(posted({"source": URL, "speech": TEXT, "options": options}))
    assert (command.script, command.second_script) == (SCRIPT, Script(text="Bye."))
    assert (command.speech_id, command.speech_url, command.second_speech_url) == (None, None, None)


def test_a_batch_takes_texts_among_its_voices():
    """Each is a job."""
    batch = to_create_batch(posted({"source": URL, "speeches": [TEXT, URL]}))
    assert [one.script for one in batch.jobs] == [SCRIPT, None]
    assert [one.speech_url for one in batch.jobs] == [None, URL["url"]]


@pytest.mark.parametrize(
    "speech",
    [
        {},
        URL | {"text": "Hello."},
        URL | {"language": "en"},
        {"text": ""},
        {"text": "a", "rate": 2.1},
        {"text": "a", "pitch": 0.4},
        {"text": "a", "rate": "1"},
        {"text": "a", "gender": "f"},
    ],
)
def test_a_voice_is_one_thing_and_says_how_only_of_a_text(speech):
    """Else it is refused, and the field named."""
    with pytest.raises(InvalidRequestError, match="speech"):
        to_create_job(posted({"source": URL, "speech": speech}))


def test_a_text_stands_alone_too():
    """With a name for its file."""
    command = to_create_speech(posted(TEXT | {"name": "hello.wav"}))
    assert (command.script, command.name) == (SCRIPT, "hello.wav")
    with pytest.raises(InvalidRequestError, match="text"):
        to_create_speech(posted({"name": "hello.wav"}))


def test_voices_are_shown_with_what_they_can_and_cost():
    """And asked for by language."""
    asked = WireRequest(method="GET", path="/", query={"language": "fr"})
    assert to_list_voices(asked).language == "fr"
    with pytest.raises(InvalidRequestError, match="gender"):
        to_list_voices(WireRequest(method="GET", path="/", query={"gender": "f"}))
    items = json.loads(from_voices(VOICES).body)["items"]
    assert items[0] == {
        "id": "polly/Amy",
        "name": "Amy",
        "language": "en-GB",
        "languages": ["en-GB", "en"],
        "engine": "polly",
        "robotic": False,
        "quality": None,
        "changes_pitch": False,
        "gives_phonemes": False,
        "millicredits_per_1000_characters": 1000,
    }
    assert [one["robotic"] for one in items] == [False, False, True, True, True, True]
