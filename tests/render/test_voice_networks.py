"""An operator's own voices, by tiny networks of the published kinds: every number is a tone, so that it can be heard."""

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lipwire.adapters.speech.local import speak_to
from lipwire.adapters.speech.networks import kokoro_symbols
from lipwire.adapters.speech.networks.catalogue import Catalogue, VoiceFile
from lipwire.adapters.speech.networks.folder import read_folder
from lipwire.adapters.speech.networks.onnx_names import inputs_and_outputs
from lipwire.adapters.speech.networks.synthesizer import NetworkSynthesizer
from lipwire.domain.errors import SpeechFailedError
from lipwire.domain.speech import Speech, phonemes_key
from lipwire.render.speech.mouth import model_for
from lipwire.render.speech.visemes import Viseme
from tests.support import tiny_voices
from tests.support.fakes_speech import FakeBucket
from tests.support.speech import packages
from tests.support.tiny_voices import HOP, IDS, RATE
from tools.try_voices import try_voices

LETTERS = {ids[0]: symbol for symbol, ids in IDS.items()}
KOKORO_LETTERS = {number: symbol for symbol, number in kokoro_symbols.VOCABULARY.items()}


class Folder:
    """Files where the operator has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, file: VoiceFile) -> Path:
        return self.folder / file.key


@pytest.fixture(autouse=True)
def espeak(tmp_path_factory, monkeypatch):
    """The renderer's environment has no espeak-ng: its package is the tools'."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "espeakng_loader").symlink_to(packages() / "espeakng_loader")
    monkeypatch.syspath_prepend(str(folder))


def accepted(folder: Path) -> Path:
    """The folder, with a line for each of its networks."""
    lines = [f"{path.name} | CC0-1.0" for path in folder.rglob("*.onnx")]
    (folder / "licences.txt").write_text("\n".join(lines))
    return folder


def synthesizer(folder: Path, **options: object) -> NetworkSynthesizer:
    """Whoever speaks by a folder that nothing is wrong with."""
    networks, refusals = read_folder(accepted(folder))
    assert refusals == ()
    return NetworkSynthesizer(Catalogue(networks=networks), Folder(folder), **options)


def speech(voice: str, text: str, **more: object) -> Speech:
    """An order."""
    return Speech(text=text, voice=voice, language="en", characters=len(text), **more)


def heard(spoken, *, hop: int = HOP, shift: float = 0) -> list[int]:
    """The number of each tone, one after the other; pauses left out."""
    samples = np.frombuffer(spoken.samples, "<i2").astype(float)
    numbers = []
    for at in range(0, len(samples) - hop + 1, hop):
        block = samples[at : at + hop]
        if np.abs(block).max() < 100:
            continue
        spectrum = np.abs(np.fft.rfft(block * np.hanning(hop), 8 * hop))
        numbers.append(round((spectrum.argmax() / 8 / hop * RATE - 300 - shift) / 40))
    return numbers


def letters(numbers: list[int]) -> str:
    """What the hand-made map calls them, without the pauses between."""
    return "".join(LETTERS[one] for one in numbers).replace("_", "")


def test_a_text_becomes_its_sounds_as_the_voice_numbers_them(tmp_path):
    """Begin, each sound of the text with a pause behind it, the marks, end; as loud as samples can be."""
    tiny_voices.piper(tmp_path / "tiny.onnx")
    spoken = synthesizer(tmp_path).speak(speech("piper/tiny", "Mama, papa."))
    numbers = heard(spoken)
    assert letters(numbers) == "^mˈɑːmɐ, pˈɑːpə.$"
    assert numbers[1:-1:2] == [IDS["_"][0]] * (len(numbers) // 2)
    assert spoken.rate == RATE
    assert np.abs(np.frombuffer(spoken.samples, "<i2")).max() == 32767
    assert spoken.phonemes == ()


def test_sentences_are_spoken_apart_with_a_pause_between(tmp_path):
    """And the mark tells the network how each ends."""
    tiny_voices.piper(tmp_path / "tiny.onnx")
    spoken = synthesizer(tmp_path).speak(speech("piper/tiny", "Mama? Papa"))
    samples = np.frombuffer(spoken.samples, "<i2")
    first = 1 + 2 * len("^mˈɑːmə?")
    pause = samples[first * HOP : first * HOP + round(0.2 * RATE)]
    assert np.abs(pause).max() == 0
    assert len(samples) == (first + 1 + 2 * len("^pˈɑːpə.")) * HOP + len(pause)


def test_speakers_differ_and_are_listed_by_name(tmp_path):
    """`p1` is number 1; a rate of 2 is half as long."""
    tiny_voices.piper(tmp_path / "crowd.onnx", speakers=3)
    speaks = synthesizer(tmp_path)
    networks, _ = read_folder(tmp_path)
    found = [(one.id, one.languages, one.quality) for one in networks[0].voices]
    assert found == [(f"piper/crowd/p{one}", ("en-US", "en"), "low") for one in range(3)]
    plain = speaks.speak(speech("piper/crowd/p0", "Papa."))
    other = speaks.speak(speech("piper/crowd/p2", "Papa."))
    fast = speaks.speak(speech("piper/crowd/p2", "Papa.", rate_percent=200))
    assert heard(plain) == heard(other, shift=14) == heard(fast, hop=HOP // 2, shift=14)
    assert fast.duration_ms * 2 == pytest.approx(other.duration_ms, abs=2)
    assert plain.samples != other.samples


@pytest.mark.parametrize("durations", ["given", "inside"])
def test_times_of_the_network_drive_the_mouth(tmp_path, durations):
    """Stress begins the sound behind it, length prolongs the one before; marks are silence."""
    tiny_voices.piper(tmp_path / "timed.onnx", durations=durations)
    spoken = synthesizer(tmp_path).speak(speech("piper/timed", "Mama."))
    step = HOP * 1000 / RATE
    # ^_ m_ ˈ_ɑ_ː_ m_ ɐ_ ._ $
    expected = [("m", 2, 4), ("ɑː", 4, 10), ("m", 10, 12), ("ɐ", 12, 14)]
    assert [(one.symbol, one.start_ms, one.end_ms) for one in spoken.phonemes] == [
        (symbol, int(start * step), int(end * step)) for symbol, start, end in expected
    ]
    samples = np.frombuffer(spoken.samples, "<i2").astype(np.float32)
    resampled = np.zeros(round(len(samples) / RATE * 16_000), np.float32)
    rows = model_for("en", spoken.phonemes).posteriors(resampled).argmax(axis=1)
    shapes = [rows[0], *(b for a, b in itertools.pairwise(rows) if a != b)]
    assert shapes == [
        *(Viseme.SILENCE, Viseme.PBM, Viseme.A, Viseme.PBM, Viseme.A, Viseme.SILENCE),
    ]
    bucket = FakeBucket()
    order = speech("piper/timed", "Mama.", has_phonemes=True)
    speak_to("a", order, engines={order.engine: synthesizer(tmp_path)}, uploads=bucket)
    assert [one["symbol"] for one in json.loads(bucket.objects[phonemes_key("a")])] == [
        *("m", "ɑː", "m", "ɐ"),
    ]


@pytest.mark.parametrize("durations", ["none", "unclear"])
def test_a_network_whose_durations_nobody_knows_is_heard(tmp_path, durations):
    """Its list says so: no times are promised."""
    tiny_voices.piper(tmp_path / "heard.onnx", durations=durations)
    (network,), _ = read_folder(accepted(tmp_path))
    assert [voice.gives_times for voice in network.voices] == [False]
    assert synthesizer(tmp_path).speak(speech("piper/heard", "Mama.")).phonemes == ()


def test_a_voice_that_spells_is_given_letters(tmp_path):
    """espeak-ng isn't asked; what the voice doesn't know is left out."""
    tiny_voices.piper(tmp_path / "spells.onnx", phoneme_type="text")
    spoken = synthesizer(tmp_path).speak(speech("piper/spells", "baXda. 中 pa!"))
    assert letters(heard(spoken)) == "^bada.$^ pa!$"


def test_a_long_sentence_is_cut_between_words(tmp_path):
    """A network is never given more than it can hold."""
    tiny_voices.piper(tmp_path / "long.onnx", phoneme_type="text")
    text = "papa " * 90
    spoken = synthesizer(tmp_path).speak(speech("piper/long", text))
    said = letters(heard(spoken))
    assert said.replace("$", " ").replace("^", "") == text
    assert max(len(one) for one in said.split("^")) <= 401


@pytest.mark.parametrize(("tokens", "durations"), [("tokens", None), ("input_ids", "durations")])
def test_a_network_with_styles_speaks_as_each_of_its_speakers(tmp_path, tokens, durations):
    """An archive of them, or a file for one; the row of styles is that of the number of sounds."""
    tiny_voices.kokoro(tmp_path / "k" / "net.onnx", tokens=tokens, durations=durations)
    ramp = np.zeros((510, 1, 256), np.float32)
    ramp[:, 0, 0] = np.arange(510)
    with (tmp_path / "k" / "voices-v1.0.bin").open("wb") as archive:
        np.savez(archive, af_up=ramp, af_plain=np.zeros_like(ramp), jf_read_elsewhere=ramp)
    np.zeros((510, 256), "<f4").tofile(tmp_path / "k" / "bm_alone.bin")
    speaks = synthesizer(tmp_path)
    networks, _ = read_folder(tmp_path)
    assert [(one.id, one.language) for one in networks[0].voices] == [
        *(("kokoro/bm_alone", "en-GB"), ("kokoro/af_up", "en-US"), ("kokoro/af_plain", "en-US")),
    ]
    plain = speaks.speak(speech("kokoro/af_plain", "My day."))
    # ɪ after a is one letter of its own, as is ɪ after e: in IPA they are two.
    assert [KOKORO_LETTERS.get(one, "") for one in tones(plain)] == [*("", *"mI dˈA.", "")]
    up = speaks.speak(speech("kokoro/af_up", "My day."))
    row = len("mI dˈA.") - 1
    assert tones(up, shift=row) == tones(plain)
    assert [one.symbol for one in plain.phonemes] == (["m", "aɪ", "d", "eɪ"] if durations else [])
    assert speaks.speak(speech("kokoro/bm_alone", "My day.")).rate == 24_000
    slow = speaks.speak(speech("kokoro/af_plain", "My day.", rate_percent=50))
    assert slow.duration_ms == pytest.approx(2 * plain.duration_ms, abs=1)


def tones(spoken, *, shift: float = 0) -> list[int]:
    """As `heard`, of the other rate."""
    samples = np.frombuffer(spoken.samples, "<i2").astype(float)
    blocks = samples[: len(samples) // HOP * HOP].reshape(-1, HOP) * np.hanning(HOP)
    found = np.abs(np.fft.rfft(blocks, 8 * HOP)).argmax(axis=1) / 8 / HOP * RATE
    return [round((one - 300 - shift) / 40) for one in found]


def test_a_vocabulary_beside_the_network_comes_before_the_published_one(tmp_path):
    """For models that were trained further."""
    tiny_voices.kokoro(tmp_path / "k" / "net.onnx")
    np.zeros((510, 256), "<f4").tofile(tmp_path / "k" / "af_own.bin")
    (tmp_path / "k" / "config.json").write_text(json.dumps({"vocab": {"m": 5, "I": 6}}))
    spoken = synthesizer(tmp_path).speak(speech("kokoro/af_own", "My day."))
    assert tones(spoken) == [0, 5, 6, 0]


def test_what_is_wrong_with_a_voice_is_told_and_the_others_are_had(tmp_path):
    """By a code that stays."""
    tiny_voices.piper(tmp_path / "good.onnx")
    for name in ("no-file", "not-json", "pinyin", "cut", "unknown", "no licence", "unaccepted"):
        tiny_voices.piper(tmp_path / f"{name}.onnx")
    (tmp_path / "no-file.onnx.json").unlink()
    (tmp_path / "not-json.onnx.json").write_text("{}")
    tiny_voices.piper(tmp_path / "pinyin.onnx", phoneme_type="pinyin")
    (tmp_path / "cut.onnx").write_bytes((tmp_path / "good.onnx").read_bytes()[:-200])
    (tmp_path / "zeros.onnx").write_bytes(bytes(2**24))
    (tmp_path / "text.onnx").write_text("version https://git-lfs.github.com/spec/v1")
    tiny_voices.kokoro(tmp_path / "k" / "mute.onnx")
    tiny_voices.kokoro(tmp_path / "b" / "bent.onnx")
    (tmp_path / "b" / "af_bent.bin").write_bytes(b"12345")
    shutil.copytree(tmp_path / "k", tmp_path / "twice")
    tiny_voices.piper(tmp_path / "twice" / "good.onnx")
    unknown = inputs_and_outputs(tmp_path / "good.onnx")
    assert unknown == ({"input", "input_lengths", "scales"}, ("output",))
    accepted(tmp_path)
    lines = (tmp_path / "licences.txt").read_text().replace("unaccepted.onnx", "other.onnx")
    (tmp_path / "licences.txt").write_text(lines)
    networks, refusals = read_folder(tmp_path)
    assert {one.name for one in networks} == {"good", "unknown"}
    assert {one.path: one.code for one in refusals} == {
        "b/bent.onnx": "voice_styles_broken",
        "cut.onnx": "voice_network_broken",
        "k/mute.onnx": "voice_styles_missing",
        "no licence.onnx": "voice_name_invalid",
        "no-file.onnx": "voice_config_missing",
        "not-json.onnx": "voice_config_invalid",
        "pinyin.onnx": "voice_config_invalid",
        "text.onnx": "voice_network_broken",
        "twice/good.onnx": "voice_name_taken",
        "twice/mute.onnx": "voice_format_unknown",
        "unaccepted.onnx": "voice_licence_missing",
        "zeros.onnx": "voice_network_broken",
    }
    assert all(str(one).startswith(f"{one.code}: {one.path}: ") for one in refusals)
    with pytest.raises(FileNotFoundError, match="voices_folder_missing"):
        read_folder(tmp_path / "nowhere")


def test_a_network_that_cannot_run_fails_the_speech_and_says_nothing_of_the_text(tmp_path, caplog):
    """Whether it can't be loaded, or takes other numbers; the next voice speaks."""
    tiny_voices.piper(tmp_path / "good.onnx")
    tiny_voices.piper(tmp_path / "bent.onnx")
    raw = (tmp_path / "bent.onnx").read_bytes()
    (tmp_path / "bent.onnx").write_bytes(raw.replace(b"Sin", b"Sim"))
    tiny_voices.kokoro(tmp_path / "k" / "net.onnx")
    np.zeros((510, 256), "<f4").tofile(tmp_path / "k" / "af_odd.bin")
    (tmp_path / "k" / "config.json").write_text(json.dumps({"vocab": []}))
    speaks = synthesizer(tmp_path)
    for voice in ("piper/bent", "kokoro/af_odd", "piper/gone"):
        with pytest.raises(SpeechFailedError):
            speaks.speak(speech(voice, "Papa secret."))
    assert "secret" not in caplog.text
    assert speaks.speak(speech("piper/good", "Papa.")).samples


@pytest.mark.parametrize(("sentences", "is_said"), [(2, True), (3, False)])
def test_a_voice_that_is_too_slow_is_ended_in_time(tmp_path, sentences, is_said):
    """Before the function's own time is over, so that the charge is given back; what needs no more of it is said."""
    tiny_voices.piper(tmp_path / "slow.onnx")
    times = iter([0, 0, 40, 80, 120])
    speaks = synthesizer(tmp_path, clock=lambda: next(times))
    order = speech("piper/slow", "Papa. " * sentences)
    if is_said:
        assert speaks.speak(order).samples
    else:
        with pytest.raises(SpeechFailedError, match="too long"):
            speaks.speak(order)
    assert next(times) == 120


def test_every_voice_can_be_tried_before_it_is_deployed(tmp_path, capsys):
    """A file of each, and why the others don't speak."""
    tiny_voices.piper(tmp_path / "good.onnx", speakers=2, durations="inside")
    assert try_voices(accepted(tmp_path), tmp_path / "out")
    assert {one.name for one in (tmp_path / "out").iterdir()} == {
        *("piper-good-p0.wav", "piper-good-p1.wav"),
    }
    assert "sounds timed" in capsys.readouterr().out
    tiny_voices.piper(tmp_path / "bent.onnx")
    raw = (tmp_path / "bent.onnx").read_bytes()
    (tmp_path / "bent.onnx").write_bytes(raw.replace(b"Sin", b"Sim"))
    assert not try_voices(accepted(tmp_path), tmp_path / "out")
    assert "broken   piper/bent" in capsys.readouterr().out
    (tmp_path / "licences.txt").unlink()
    assert not try_voices(tmp_path, tmp_path / "out")
    assert "refused  voice_licence_missing: good.onnx" in capsys.readouterr().out
