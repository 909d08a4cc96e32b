"""The network that hears: silence for music and noise, the same for any length, and what its card says."""

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="the renderer's environment has ONNX Runtime")

from lipwire.domain.options import PhonemeTime
from lipwire.render.media.sound import Sound
from lipwire.render.speech import network
from lipwire.render.speech.features import BANDS, log_mel
from lipwire.render.speech.model import SAMPLE_RATE
from lipwire.render.speech.mouth import model_for, mouth_track, track_of
from lipwire.render.speech.network import MODEL, NetworkModel
from lipwire.render.speech.phonemes import viseme_of_ipa
from lipwire.render.speech.pocketsphinx import PocketSphinxModel
from lipwire.render.speech.together import Together
from lipwire.render.speech.visemes import Viseme
from tests.support.clips import make_wav
from tests.support.speech import synthesize
from training.speech.card import card

BOTH = f"{PocketSphinxModel.name}+{NetworkModel.name}"


def chords(seconds: float) -> np.ndarray:
    """Three notes with overtones, another chord each half second."""
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    roots = np.array([220.0, 261.6, 196.0, 246.9])[(times * 2).astype(int) % 4]
    phase = 2 * np.pi * np.cumsum(roots) / SAMPLE_RATE
    sound = sum(np.sin(phase * step * n) / n for step in (1, 1.26, 1.5) for n in range(1, 6))
    return np.asarray(sound / np.abs(sound).max(), np.float32)


def test_weights_are_the_cards() -> None:
    """The file that is shipped is the one whose figures are written down, and it is small."""
    figures = json.loads(MODEL.with_suffix(".json").read_text())
    assert hashlib.sha256(MODEL.read_bytes()).hexdigest() == figures["sha256"]
    assert MODEL.stat().st_size <= 5_000_000
    written = Path(__file__).resolve().parents[2] / "docs" / "models" / "visemes.md"
    assert written.read_text() == card(figures)


@pytest.mark.parametrize(
    ("held_out", "accuracy", "recall"),
    [("held_out_voice", 0.80, 0.78), ("held_out_language", 0.82, 0.78)],
)
def test_what_was_held_out_of_training_is_heard(
    held_out: str, accuracy: float, recall: float
) -> None:
    """New weights are no worse than those before on a voice and on a language they never heard."""
    found = json.loads(MODEL.with_suffix(".json").read_text())[held_out]
    assert found["frame_accuracy"] >= accuracy
    assert found["mbp_recall"] >= recall


def test_features_are_centred_and_know_no_level() -> None:
    """A click is in the frame around it, and a voice played softer sounds the same."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 0.1, 32_000).astype(np.float32)
    assert log_mel(noise).shape == (200, BANDS)
    assert log_mel(noise[:1]).shape == (1, BANDS)
    assert np.abs(log_mel(noise) - log_mel(noise * np.float32(0.05))).max() < 1e-3
    click = np.zeros(16_000, np.float32)
    click[50 * 160 + 80] = 1.0
    assert log_mel(click).mean(axis=1).argmax() == 50


def test_a_long_voice_is_heard_in_pieces_without_seams() -> None:
    """However it is cut, the network says the same."""
    sound = np.random.default_rng(2).normal(0, 0.1, 5 * SAMPLE_RATE).astype(np.float32)
    model = NetworkModel()
    whole = model.posteriors(sound)
    assert np.abs(NetworkModel(piece=130).posteriors(sound) - whole).max() < 1e-4
    assert np.allclose(whole.sum(axis=1), 1, atol=1e-4)
    for count in (0, 1, 159, 160, 161, 1000):
        assert model.posteriors(sound[:count]).shape == (-(-count // 160), len(Viseme))


def test_speeds_are_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slower or faster voice is the same sound, however long; what is heard comes back to its own moment."""
    monkeypatch.setattr(network, "_BLOCK", 1000)
    sound = np.sin(np.arange(16_000) / 50).astype(np.float32)
    for speed in (0.92, 1.08):
        made = network._at_speed(sound, speed)
        assert len(made) == np.ceil(16_000 / speed)
        places = np.arange(len(made) - 2) * speed
        assert np.abs(made[:-2] - np.sin(places / 50)).max() < 1e-3
    said = np.concatenate([np.zeros(32_000), np.sin(np.arange(32_000) / 9) * 0.3])
    rests = NetworkModel().posteriors(said.astype(np.float32))[:, Viseme.SILENCE] > 0.5
    assert rests[:190].all()


@pytest.mark.parametrize("language", ["en", "de"])
def test_music_and_noise_keep_the_mouth_shut(tmp_path: Path, language: str) -> None:
    """After the voice come two seconds of chords and two of noise, as loud: the mouth stays nearly shut, whoever hears."""
    synthesize("Many people simply love music in the morning.", "en-us", tmp_path / "voice.wav")
    voice = Sound(tmp_path / "voice.wav").samples(rate=SAMPLE_RATE)
    level = float(np.sqrt((voice**2).mean()))
    music, noise = chords(2), np.random.default_rng(3).normal(0, 1, 2 * SAMPLE_RATE)
    rest = [part * (level / np.sqrt((part**2).mean())) for part in (music, noise)]
    track = track_of(np.concatenate([voice, *rest]).astype(np.float32), model=model_for(language))
    spoken = float(track.opening[: len(voice) // 160].mean())
    for number in range(2):
        start = len(voice) // 160 + number * 200
        assert track.opening[start + 15 : start + 185].mean() < 0.1 * spoken


class _Said:
    """Says the same everywhere but in the frames named, which are silence."""

    name = "said"
    hedges = False

    def __init__(self, viseme: Viseme, *rests: slice) -> None:
        self.viseme, self.rests = viseme, rests

    def posteriors(self, samples: np.ndarray) -> np.ndarray:
        rows = np.zeros((-(-len(samples) // 160), len(Viseme)), np.float32)
        rows[:, self.viseme] = 1
        for rest in self.rests:
            rows[rest] = 0
            rows[rest, Viseme.SILENCE] = 1
        return rows


def test_only_long_rests_overrule_the_decoder() -> None:
    """A stop's own pause is half a closure; a second in which nobody speaks is a rest up to the sounds beside it."""
    network = _Said(Viseme.A, slice(50, 85), slice(100, 200))
    rows = Together(_Said(Viseme.PBM), network).posteriors(np.zeros(48_000, np.float32))
    assert np.flatnonzero(rows[:, Viseme.PBM] == 0).tolist() == list(range(105, 195))
    assert (rows[105:195, Viseme.SILENCE] == 1).all()
    assert (rows[50:85, Viseme.SILENCE] == 0.5).all()
    assert (rows[:50, Viseme.A] == 0.5).all()
    assert (rows.sum(axis=1) == 1).all()


def test_silence_is_the_networks_to_say() -> None:
    """Consonants that the decoder takes for silence are what the network hears, certain or not."""
    network = _Said(Viseme.PBM, slice(100, 110))
    rows = Together(_Said(Viseme.SILENCE), network).posteriors(np.zeros(32_000, np.float32))
    assert (rows[:100, Viseme.PBM] == 1).all()
    assert (rows[100:110, Viseme.SILENCE] == 1).all()
    unsure = Together(_Said(Viseme.A, slice(0, 50)), _Said(Viseme.A, slice(0, 25)))
    rows = unsure.posteriors(np.zeros(32_000, np.float32))
    assert (rows[:25, Viseme.SILENCE] == 1).all()
    assert (rows[25:, Viseme.A] == 1).all()


def test_phoneme_times_drive_the_mouth(tmp_path: Path) -> None:
    """Lips meet where the caller says m is, whatever the sound is like."""
    hum = (0.3 * np.sin(np.arange(SAMPLE_RATE) / 9)).astype(np.float32)
    said = (("a", 100, 400), ("m", 400, 550), ("aɪ", 550, 900))
    phonemes = [PhonemeTime(symbol=s, start_ms=a, end_ms=b) for s, a, b in said]
    track = mouth_track(make_wav(tmp_path / "voice.wav", hum), phonemes=phonemes)
    assert track.model == "phoneme-times"
    assert track.sample(0.47, lead_s=0).closure == 1
    assert track.sample(0.25, lead_s=0).opening > 0.8
    assert track.sample(0.65, lead_s=0).opening > track.sample(0.85, lead_s=0).opening > 0.1
    assert track.sample(0.04, lead_s=0).opening < 0.1
    assert track.duration_s == Fraction(1)


def test_a_rolled_r_is_an_r() -> None:
    """Spanish and Czech r round the lips as English r does; a tap is as quick as d."""
    assert viseme_of_ipa("r") is viseme_of_ipa("ɹ") is Viseme.R
    assert viseme_of_ipa("ɾ") is Viseme.T


@pytest.mark.parametrize(
    ("language", "hearer"),
    [(None, BOTH), ("en-GB", BOTH), ("de", NetworkModel.name), ("pt_BR", NetworkModel.name)],
)
def test_language_chooses_who_hears(language: str | None, hearer: str) -> None:
    """English, and what nobody names, is for the English decoder too; every other language for the network alone."""
    assert model_for(language).name == hearer


@pytest.mark.parametrize(
    ("voice", "language", "text"),
    [
        (
            "de",
            "de",
            "Bitte bring mir bis morgen meine blaue Mappe. Am Abend kommen immer viele Menschen.",
        ),
        ("tr", "tr", "Babam bana mavi bir harita ve pembe bir bardak getirdi."),
    ],
)
def test_other_languages_close_on_their_own_m_b_p(
    tmp_path: Path, voice: str, language: str, text: str
) -> None:
    """Lips meet on nearly all m, b, p of a language it learned and of one (Turkish) it never heard."""
    phonemes = synthesize(text, voice, tmp_path / "voice.wav")
    track = mouth_track(tmp_path / "voice.wav", language=language)
    closures = [
        track.closure[max(0, round(start * 100) - 2) : round(end * 100) + 2].max()
        for symbol, start, end in phonemes
        if viseme_of_ipa(symbol) is Viseme.PBM
    ]
    assert len(closures) >= 8
    assert np.mean(np.array(closures) > 0.9) >= 0.85
