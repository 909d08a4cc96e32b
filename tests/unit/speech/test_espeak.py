"""espeak-ng speaks, in a process of its own."""

import importlib.util
import io
import itertools
import json
import sys
import wave
from pathlib import Path
from types import SimpleNamespace

import pytest

from lipwire.adapters.speech import espeak
from lipwire.adapters.speech.espeak import EspeakSynthesizer
from lipwire.adapters.speech.local import speak_to
from lipwire.adapters.speech.voices import DeployedVoices
from lipwire.adapters.speech.wav import wav_of
from lipwire.domain.errors import SpeechFailedError, TooLongError
from lipwire.domain.options import PhonemeTime
from lipwire.domain.speech import Script, phonemes_key, speech_of
from lipwire.ports.speech import Spoken
from tests.support.fakes_speech import FakeBucket, engines_of

TEXT = "Mama, papa."


def said(text=TEXT, **script):
    """What espeak-ng makes of it."""
    order = Script(text=text, **{"voice": "espeak/en-us", **script})
    speech = speech_of(order, DeployedVoices().voices(), most_characters=1000)
    return EspeakSynthesizer().speak(speech)


def seconds(spoken: Spoken) -> float:
    """How long it is."""
    return len(spoken.samples) / 2 / spoken.rate


def test_a_text_is_spoken_with_the_times_of_its_sounds():
    """In order, within the sound, and none while it pauses at the comma."""
    spoken = said()
    times = [(one.start_ms, one.end_ms) for one in spoken.phonemes]
    assert times == sorted(times)
    assert 0.5 < seconds(spoken) < 2
    assert times[-1][1] <= seconds(spoken) * 1000
    assert [one.symbol for one in spoken.phonemes if one.symbol in "mp"] == ["m", "m", "p", "p"]
    gaps = [later[0] - before[1] for before, later in itertools.pairwise(times)]
    assert max(gaps) > 30
    with wave.open(io.BytesIO(wav_of(spoken))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
        assert file.readframes(file.getnframes()) == spoken.samples


def test_rate_and_pitch_count():
    """Twice as fast is half as long; an octave up crosses zero more often."""
    plain, fast, high = said(), said(rate_percent=200), said(pitch_percent=200)
    assert seconds(fast) < 0.65 * seconds(plain)
    assert crossings(high) > 1.15 * crossings(plain)


def crossings(spoken: Spoken) -> float:
    """Changes of sign for each second, of samples that are not silent."""
    samples = memoryview(spoken.samples).cast("h")
    loud = [one for one in samples if abs(one) > 300]
    return sum((a < 0) != (b < 0) for a, b in itertools.pairwise(loud)) / seconds(spoken)


@pytest.mark.parametrize(
    ("voice", "text"),
    [("espeak/ru", "Мама мыла раму"), ("espeak/hi", "नमस्ते"), ("espeak/ja", "ありがとう")],
)
def test_other_scripts_are_spoken(voice, text):
    """As letters of their own, not spelled."""
    spoken = said(text, voice=voice)
    assert 4 <= len(spoken.phonemes) <= 2 * len(text)


def test_a_package_may_lie_in_a_deep_folder(monkeypatch, tmp_path):
    """A function's own folders have long names; espeak-ng takes no path of more than 160 bytes."""
    found = importlib.util.find_spec("espeakng_loader")
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    deep.mkdir(parents=True)
    (deep / "espeakng_loader").symlink_to(Path(found.origin).parent)
    moved = SimpleNamespace(origin=str(deep / "espeakng_loader" / "__init__.py"))
    monkeypatch.setattr(espeak.importlib.util, "find_spec", lambda _name: moved)
    assert said().phonemes


def test_nothing_of_espeak_is_loaded_here():
    """It is GPL: not a byte of it is mapped into this process, nor its package imported."""
    said()
    assert "espeakng_loader" not in sys.modules
    maps = Path("/proc/self/maps")
    if maps.exists():
        assert "espeak" not in maps.read_text()


def test_a_program_that_fails_is_told_without_the_text(monkeypatch, tmp_path, caplog):
    """And gets nothing of the environment."""
    failing = tmp_path / "failing.py"
    failing.write_text("import os, sys\nsys.exit(len(os.environ.get('SECRET', '')) or 7)")
    monkeypatch.setenv("SECRET", "x" * 40)
    monkeypatch.setattr(espeak, "_PROGRAM", failing)
    with pytest.raises(SpeechFailedError) as failed:
        said("A secret text.")
    assert failed.value.__cause__.returncode == 7
    assert "secret" not in caplog.text


def test_an_engine_that_is_not_here_fails_the_speech():
    """A voice that was turned off since."""
    speech = speech_of(Script(text=TEXT), DeployedVoices().voices(), most_characters=99)
    with pytest.raises(SpeechFailedError, match="not turned on"):
        speak_to("key", speech, engines={}, uploads=FakeBucket())


def test_what_lasts_longer_than_the_plan_allows_is_not_kept():
    """A second is, a millisecond more is not."""
    speech = speech_of(
        Script(text=TEXT), DeployedVoices().voices(), most_characters=99, longest_ms=1000
    )
    bucket = FakeBucket()
    with pytest.raises(TooLongError, match="1001 ms"):
        speak_to("a", speech, engines=engines_of(Spoken(b"\0\0" * 8008, 8000)), uploads=bucket)
    assert bucket.objects == {}
    speak_to("a", speech, engines=engines_of(Spoken(b"\0\0" * 8000, 8000)), uploads=bucket)
    assert "a" in bucket.objects


def test_the_times_lie_there_before_the_sound():
    """Whoever finds the sound finds them."""
    spoken = Spoken(b"\0\0" * 100, 16_000, (PhonemeTime(symbol="ʃ", start_ms=0, end_ms=6),))
    speech = speech_of(Script(text=TEXT), DeployedVoices().voices(), most_characters=99)
    bucket = FakeBucket()
    speak_to("a/source", speech, engines=engines_of(spoken), uploads=bucket)
    assert list(bucket.objects) == [phonemes_key("a/source"), "a/source"]
    times = json.loads(bucket.objects[phonemes_key("a/source")])
    assert times == [{"symbol": "ʃ", "start_ms": 0, "end_ms": 6}]
