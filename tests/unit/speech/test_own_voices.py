"""Voices of an operator's own: how they are listed, chosen and paid, and which sounds their texts have."""

import json
import os
import sys

import pytest

from lipwire.adapters.speech.networks import catalogue
from lipwire.adapters.speech.networks.catalogue import Catalogue, Network, Speaker, VoiceFile
from lipwire.adapters.speech.networks.folder import read_folder
from lipwire.adapters.speech.networks.kokoro_symbols import (
    LANGUAGES,
    VOCABULARY,
    espeak_voice,
    in_its_symbols,
)
from lipwire.adapters.speech.networks.phonemes import (
    clauses_of,
    sentences_of,
    written_sentences,
)
from lipwire.adapters.speech.networks.piper_config import PiperConfig
from lipwire.adapters.speech.voices import DeployedVoices
from lipwire.bootstrap import App
from lipwire.domain.errors import InvalidOptionError
from lipwire.domain.speech import Script, SpeechEngine, choose_voice, speech_of
from speak.spec import FUNCTION, with_networks
from tests.support.bare_voices import folder_of_voices
from tests.support.fakes_speech import VOICES

FILE = VoiceFile(key="a.onnx", sha256="0" * 64, size_bytes=1)
AMY = Network(
    engine=SpeechEngine.PIPER,
    name="en_US-amy-medium",
    licence="CC0-1.0",
    weights=FILE,
    config=FILE.model_copy(update={"key": "a.onnx.json", "sha256": "1" * 64}),
    quality="medium",
    gives_times=True,
    speakers=(Speaker(name="en_US-amy-medium", shown="Amy", languages=("en-US", "en")),),
)
HEART = Network(
    engine=SpeechEngine.KOKORO,
    name="kokoro-v1.0",
    licence="Apache-2.0",
    weights=FILE,
    speakers=(
        Speaker(name="af_heart", shown="Heart", languages=("en-US", "en"), styles=FILE),
        Speaker(name="ff_siwis", shown="Siwis", languages=("fr-FR", "fr"), styles=FILE),
    ),
)
OWN = Catalogue(networks=(AMY, HEART))


def test_own_voices_stand_before_the_robots_and_behind_polly():
    """The best engine's first; with their quality, where their makers name one."""
    both = DeployedVoices(with_polly=True, own=OWN).voices()
    engines = [one.engine for one in both]
    assert engines == sorted(engines, key=list(SpeechEngine).index)
    own = [one for one in both if one.engine in {SpeechEngine.PIPER, SpeechEngine.KOKORO}]
    assert [(one.id, one.quality, one.gives_times) for one in own] == [
        ("kokoro/af_heart", None, False),
        ("kokoro/ff_siwis", None, False),
        ("piper/en_US-amy-medium", "medium", True),
    ]
    assert not any(one.is_robotic or one.changes_pitch for one in own)
    alone = DeployedVoices(own=OWN).voices()
    assert choose_voice(alone, name=None, language="en").id == "kokoro/af_heart"
    assert choose_voice(alone, name=None, language="sw").engine is SpeechEngine.ESPEAK


def test_an_own_voice_is_paid_by_the_character_and_keeps_its_pitch():
    """Nobody else bills it."""
    voices = DeployedVoices(own=OWN).voices()
    speech = speech_of(
        Script(text="a" * 1000, voice="Piper/EN_us-amy-medium"), voices, most_characters=1000
    )
    assert (speech.voice, speech.millicredits) == ("piper/en_US-amy-medium", 200)
    assert (speech.has_phonemes, speech.is_billed) == (True, False)
    with pytest.raises(InvalidOptionError):
        speech_of(
            Script(text="a", voice="kokoro/af_heart", pitch_percent=120),
            voices,
            most_characters=9,
        )
    assert {one.engine for one in VOICES} == {SpeechEngine.POLLY, SpeechEngine.ESPEAK}


@pytest.fixture
def layer(tmp_path, monkeypatch):
    """A function's layer with a catalogue in it; gone again afterwards."""
    package = tmp_path / catalogue.PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    catalogue.deployed.cache_clear()
    yield package / catalogue.FILE
    catalogue.deployed.cache_clear()
    sys.modules.pop(catalogue.PACKAGE, None)


def test_the_layer_s_voices_are_listed_and_spoken_by_an_engine(layer):
    """Neither numpy nor ONNX Runtime is loaded for it."""
    layer.write_text(OWN.model_dump_json())
    app = App({"VOICES_BUCKET": "b", "AWS_DEFAULT_REGION": "us-east-1"})
    assert "kokoro/ff_siwis" in {one.id for one in app.voices.voices()}
    engines = app.synthesizers
    assert engines.keys() == {SpeechEngine.ESPEAK, SpeechEngine.PIPER, SpeechEngine.KOKORO}
    assert engines[SpeechEngine.PIPER] is engines[SpeechEngine.KOKORO]
    assert "onnxruntime" not in sys.modules


def test_a_catalogue_that_cannot_be_read_takes_nothing_from_the_others(layer, caplog):
    """It is told in the log."""
    layer.write_text('{"networks": [{}]}')
    app = App({})
    assert {one.engine for one in app.voices.voices()} == {SpeechEngine.ESPEAK}
    assert app.synthesizers.keys() == {SpeechEngine.ESPEAK}
    assert "voice_catalogue_broken" in caplog.text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Papa, no. Really?", ["pˈɑːpə, nˈoʊ.", "ɹˈiəli?"]),
        ("Papa", ["pˈɑːpə."]),
        ('"Papa!" No; 3.14 (so)', ["pˈɑːpə!", "nˈoʊ; θɹˈiː pɔɪnt wˈʌn fˈɔːɹ sˈoʊ."]),
        ("Papa\n\nNo", ["pˈɑːpə", "nˈoʊ."]),
        ("...", []),
    ],
)
def test_sentences_are_those_that_espeak_reads(text, sentences):
    """Each with the marks that a network knows; the end of a text ends a sentence."""
    assert list(sentences_of(clauses_of(text, voice="en-us"))) == sentences


def test_words_of_another_language_carry_no_flag():
    """espeak-ng puts its name around them, which nobody should say."""
    (sentence,) = sentences_of(clauses_of("مرحبا OK", voice="ar"))
    assert "(" not in sentence
    assert sentence.endswith(".")


def test_letters_have_sentences_too():
    """Of a voice that spells."""
    assert list(written_sentences("Да.  Нет! ... \nя")) == ["Да.", "Нет!", "я"]


@pytest.mark.parametrize(
    ("sounds", "language", "written"),
    [
        ("dˈe^ɪ, ma^ɪ ˈo^ʊn bˈɔ^ɪ", "en-US", "dˈA, mI ˈOn bˈY"),
        ("d^ʒˈʌd^ʒ t^ʃˈɜːt^ʃ", "en-US", "ʤˈʌʤ ʧˈɜɹʧ"),
        ("lˈe^ɪɾɚ", "en-US", "lˈAɾəɹ"),
        ("ˈə^ʊn t^ʃˈɜːt^ʃ", "en-GB", "ˈQn ʧˈɜːʧ"),
        ("fˈit͡s t^sˈiː r", "it-IT", "fˈit͡s ʦˈiː r"),
    ],
)
def test_sounds_are_written_as_kokoro_was_taught(sounds, language, written):
    """English by its makers' letters, others as espeak-ng says them."""
    assert in_its_symbols(sounds, "^", language=language) == written


def test_every_language_of_kokoro_is_read_by_a_voice_of_espeak():
    """In sounds that its vocabulary has, all but a few."""
    assert len(VOCABULARY) == 114
    assert len(set(VOCABULARY.values())) == 114
    for tags, voice in LANGUAGES.values():
        assert espeak_voice(tags[0]) == voice
        (sentence,) = sentences_of(clauses_of("Mama, papa", voice=voice, tie="^"))
        said = in_its_symbols(sentence, "^", language=tags[0])
        assert {one for one in said if one not in VOCABULARY} == set(), (voice, said)
    assert espeak_voice("en") == "en-us"


@pytest.mark.parametrize(
    ("said", "name", "languages"),
    [
        ({"language": {"code": "pt_BR"}}, "x", ("pt-BR", "pt")),
        ({}, "de_DE-thorsten-medium", ("de-DE", "de")),
        ({"espeak": {"voice": "en-gb-x-rp"}}, "mine", ("en-GB", "en")),
        ({"espeak": {"voice": "sw"}}, "mine", ("sw",)),
    ],
)
def test_a_voice_s_language_is_found(said, name, languages):
    """In its own file; else in its name, else in what reads it."""
    marks = {"_": [0], "^": [1], "$": [2]}
    config = {"audio": {"sample_rate": 22050}, "espeak": {"voice": "de"}, "phoneme_id_map": marks}
    found = PiperConfig.model_validate_json(json.dumps(config | said))
    assert found.languages(name) == languages


def test_vowels_that_a_voice_knows_as_one_are_one():
    """The longest first; accents stand apart from their letters."""
    marks = {"_": [0], "^": [1], "$": [2], "aɪ": [3], "a": [4]}
    config = PiperConfig(
        audio={"sample_rate": 22050},
        espeak={"voice": "en-us"},
        phoneme_id_map=marks,
        vowel_clusters=[["a", "ɪ"]],
        num_speakers=0,
    )
    symbols = config.symbols_of("aɪã")
    assert symbols == ["aɪ", "a", "\u0303"]
    assert config.ids_of(symbols) == ([1, 0, 3, 0, 4, 0, 2], [-1, -1, 0, 0, 1, 1, -1])
    assert config.num_speakers == 1


def test_a_network_that_no_function_has_the_memory_for_is_refused(tmp_path):
    """When it is deployed: not as a call that dies without a word."""
    folder = folder_of_voices(tmp_path / "voices")
    most = 500 << 20
    os.truncate(folder / "lost.onnx", most + 1)
    _, refusals = read_folder(folder)
    assert [(one.path, one.code) for one in refusals] == [("lost.onnx", "voice_network_too_large")]
    # Seen: three times its size and 64 MiB to load one that puts out what is inside it.
    speaking = with_networks(FUNCTION, size_bytes=most)
    assert speaking.memory_mib << 20 > 4 * most + (512 << 20)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"ann": 0, "bob": 1, "c d": 2}, ["ann", "bob", "2"]),
        # The one whose name is none would be the other's name; names differ by more than case.
        ({"1": 0, "c d": 1, "bob": 2}, ["0", "1", "2"]),
        ({"Ann": 0, "ann": 1}, ["0", "1", "2"]),
    ],
)
def test_every_speaker_of_a_network_can_be_named(tmp_path, said, expected):
    """None stands in another's place."""
    folder = folder_of_voices(tmp_path / "voices")
    file = folder / "en_US-amy-medium.onnx.json"
    config = json.loads(file.read_text()) | {"num_speakers": 3, "speaker_id_map": said}
    file.write_text(json.dumps(config))
    networks, _ = read_folder(folder)
    (amy,) = [one for one in networks if one.engine is SpeechEngine.PIPER]
    assert [one.name.partition("/")[2] for one in amy.speakers] == expected
    assert [one.number for one in amy.speakers] == [0, 1, 2]
