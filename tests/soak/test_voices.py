"""Every voice of espeak-ng that is listed speaks, by the name it is listed under."""

import pytest

from lipwire.adapters.speech.espeak import EspeakSynthesizer
from lipwire.adapters.speech.voices import DeployedVoices
from lipwire.domain.speech import Script, speech_of

VOICES = DeployedVoices().voices()


@pytest.mark.parametrize("voice", [one.id for one in VOICES])
def test_a_listed_voice_speaks(voice: str) -> None:
    """Half a second or more, with the times of its sounds."""
    speech = speech_of(Script(text="Papa 12, mama.", voice=voice), VOICES, most_characters=99)
    spoken = EspeakSynthesizer().speak(speech)
    assert spoken.duration_ms > 500
    assert len(spoken.phonemes) >= 6
