"""Amazon Polly, by its documented answers: nothing here has been run against AWS."""

import io
import json

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from lipwire.adapters.speech.polly import PollySynthesizer, pieces_of
from lipwire.domain.errors import BusyError, SpeechFailedError
from lipwire.domain.speech import Speech

SPEECH = Speech(
    text="Pa & pa.", voice="polly/Amy", language="en-GB", characters=8, rate_percent=120
)
MARKS = [("p", 0), ("a", 100), ("p", 250), ("a", 300), ("sil", 450)]


@pytest.fixture
def client():
    """A client without credentials of anybody."""
    return boto3.client(
        "polly", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )


def stream(data: bytes) -> dict[str, object]:
    """An answer of SynthesizeSpeech."""
    return {"AudioStream": StreamingBody(io.BytesIO(data), len(data))}


def expect(stubber: Stubber, text: str, samples: bytes, marks: list[tuple[str, int]]) -> None:
    """Both calls for one piece, as the API's model allows them."""
    asked = {
        "Engine": "neural",
        "VoiceId": "Amy",
        "TextType": "ssml",
        "Text": f'<speak><prosody rate="120%">{text}</prosody></speak>',
    }
    lines = [json.dumps({"time": at, "type": "viseme", "value": one}) for one, at in marks]
    sound = {"OutputFormat": "pcm", "SampleRate": "16000"}
    shapes = {"OutputFormat": "json", "SpeechMarkTypes": ["viseme"]}
    stubber.add_response("synthesize_speech", stream(samples), asked | sound)
    stubber.add_response("synthesize_speech", stream("\n".join(lines).encode()), asked | shapes)


def test_a_text_is_spoken_with_the_times_of_its_visemes(client):
    """Markup is escaped; silence is no sound, and ends the one before."""
    with Stubber(client) as stubber:
        expect(stubber, "Pa &amp; pa.", b"\1\0" * 16_000, MARKS)
        spoken = PollySynthesizer(client).speak(SPEECH)
        stubber.assert_no_pending_responses()
    assert (len(spoken.samples), spoken.rate) == (32_000, 16_000)
    times = [(one.symbol, one.start_ms, one.end_ms) for one in spoken.phonemes]
    assert times == [("p", 0, 100), ("a", 100, 250), ("p", 250, 300), ("a", 300, 450)]


def test_a_long_text_is_asked_for_in_pieces_whose_times_follow_each_other(client):
    """Each within what one call takes; half a sample is left out."""
    first, second = "a" * 2_700 + ".", "b" * 400
    speech = SPEECH.model_copy(update={"text": f"{first} {second}"})
    with Stubber(client) as stubber:
        expect(stubber, first, b"\1\0" * 16_000 + b"\1", [("p", 900)])
        expect(stubber, second, b"\1\0" * 8_000, [("f", 100)])
        spoken = PollySynthesizer(client).speak(speech)
        stubber.assert_no_pending_responses()
    assert len(spoken.samples) == 48_000
    times = [(one.symbol, one.start_ms, one.end_ms) for one in spoken.phonemes]
    assert times == [("p", 900, 1000), ("f", 1100, 1500)]


@pytest.mark.parametrize(
    "text", ["One. Two! Three? " * 400, "word " * 1000, "x" * 5000, "好。" * 2500, "a"]
)
def test_pieces_are_short_enough_and_lose_nothing(text):
    """But the blanks between them."""
    pieces = list(pieces_of(text))
    assert all(0 < len(one) <= 2_800 for one in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text", ["Pi is 3.14, www.example.com says.", "He said: “No!” Then… left.", "好。是吗？好！"]
)
def test_a_text_that_one_call_takes_is_its_only_piece(text):
    """Letter by letter: a number or an address is no sentence's end, and no blank comes into it."""
    assert list(pieces_of(text)) == [text]


def test_a_long_text_is_cut_at_sentences_and_never_within_a_number():
    """Each piece as it stood in the text."""
    text = "It costs 3.14 at a.b.c today. " * 300
    pieces = list(pieces_of(text))
    assert len(pieces) > 1
    assert " ".join(pieces) == text.strip()
    assert all(one.endswith("today.") for one in pieces)
    chinese = "一二三。" * 1500
    assert "".join(pieces_of(chinese)) == chinese


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ThrottlingException", BusyError),
        ("ServiceFailureException", BusyError),
        ("EngineNotSupportedException", SpeechFailedError),
        ("InvalidSsmlException", SpeechFailedError),
        ("AccessDeniedException", SpeechFailedError),
    ],
)
def test_what_polly_refuses_fails_the_speech_unless_it_passes_by_itself(
    client, code, error, caplog
):
    """And neither the text nor Polly's own words get into the log."""
    with Stubber(client) as stubber:
        stubber.add_client_error("synthesize_speech", code, service_message="about Pa & pa.")
        with pytest.raises(error):
            PollySynthesizer(client).speak(SPEECH)
    assert "Pa &" not in caplog.text


def test_a_polly_that_cannot_be_reached_is_asked_again_later():
    """As any service."""

    class Away:
        def synthesize_speech(self, **_asked: object) -> object:
            raise EndpointConnectionError(endpoint_url="https://polly.test")

    with pytest.raises(BusyError):
        PollySynthesizer(Away()).speak(SPEECH)
