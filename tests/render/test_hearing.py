"""Hearing beside other work: as the wheel's own decoder hears, without stopping others, and no longer than wanted."""

import time
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest

pocketsphinx = pytest.importorskip(
    "pocketsphinx", reason="the renderer's environment has PocketSphinx"
)

from scipy.signal import lfilter

from lipwire.domain.errors import NoFaceError, SilentSpeechError
from lipwire.domain.options import JobOptions
from lipwire.engines.base import RenderTask
from lipwire.engines.retarget import build
from lipwire.render.hearing import EndedError, Hearing, load, save
from lipwire.render.speech import allphone
from lipwire.render.speech import pocketsphinx as model
from lipwire.render.speech.allphone import SETTINGS, PhoneDecoder
from lipwire.render.speech.model import SAMPLE_RATE
from lipwire.render.speech.mouth import mouth_track
from tests.support.clips import make_wav


def babble(seconds: float) -> np.ndarray:
    """A buzz whose vowel changes eight times a second, with hisses in between."""
    rng = np.random.default_rng(3)
    times = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    syllable = (times * 8).astype(int)
    buzz = sum(
        np.sin(2 * np.pi * 120 * n * times) * rng.uniform(0, 1, syllable.max() + 1)[syllable]
        for n in range(1, 25)
    )
    hiss = rng.standard_normal(len(times)) * (syllable % 3 == 2)
    sound = np.abs(np.sin(np.pi * 8 * times)) * (0.04 * buzz + 0.1 * hiss)
    return sound.astype(np.float32)


def pcm(samples: np.ndarray) -> np.ndarray:
    return (np.clip(samples, -1, 1) * 32767).astype(np.int16)


def test_segments_are_those_of_the_wheels_own_class() -> None:
    """The C functions, called without Python's lock, say what `pocketsphinx.Decoder` says, utterance after utterance."""
    own = pocketsphinx.Decoder(
        hmm=pocketsphinx.get_model_path("en-us/en-us"),
        allphone=pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin"),
        lm=None,
        dict=None,
        **SETTINGS,
    )
    decoder = PhoneDecoder()
    sound = babble(3)
    for piece in (sound[: 2 * SAMPLE_RATE], sound[SAMPLE_RATE:]):
        own.start_utt()
        own.process_raw(pcm(piece).tobytes(), no_search=False, full_utt=True)
        own.end_utt()
        expected = [(one.word, one.start_frame, one.end_frame + 1) for one in own.seg()]
        assert len({phone for phone, _, _ in expected}) > 5
        assert decoder.segments(pcm(piece)) == expected


def test_others_go_on_while_it_hears() -> None:
    """A decoder that kept Python's lock would let nobody count."""
    decoder, count = PhoneDecoder(), 0
    hearing = Thread(target=decoder.segments, args=(pcm(babble(8)),))
    hearing.start()
    while hearing.is_alive():
        time.sleep(0.0005)
        count += 1
    assert count >= 10


@pytest.mark.parametrize("language", ["en", "de"])
def test_whoever_leaves_waits_for_one_piece_only(language: str, tmp_path: Path) -> None:
    """Of a voice of minutes nothing more is heard when the job has ended."""
    voice = make_wav(tmp_path / "long.wav", np.tile(babble(5), 40))
    with Hearing([voice], JobOptions(language=language)) as hearing:
        hearing.check()
    with pytest.raises(EndedError):
        hearing.check()


def test_a_silent_voice_is_told_before_a_missing_face(tmp_path: Path) -> None:
    """Which of two faults a job ends with does not depend on which thread was faster."""
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((64, 64, 3), 128, np.uint8))
    engine = build()
    engine.setup()

    def render(voice: Path) -> None:
        engine.render(
            RenderTask(
                source=tmp_path / "grey.png",
                is_image=True,
                speeches=(voice,),
                analysis=tmp_path / "analysis.npz",
                output=tmp_path / "out.mp4",
                cover=tmp_path / "cover.jpg",
                progress=lambda *_: None,
            )
        )

    with pytest.raises(SilentSpeechError):
        render(make_wav(tmp_path / "silent.wav", np.zeros(5 * SAMPLE_RATE, np.float32)))
    with pytest.raises(NoFaceError):
        render(make_wav(tmp_path / "voice.wav", babble(0.5)))


def test_what_was_heard_is_read_as_it_was(tmp_path: Path) -> None:
    """To the bit, of two voices in their order; and the same hearing is the same file."""
    voices = [
        mouth_track(make_wav(tmp_path / f"{seconds}.wav", babble(seconds)), language="de")
        for seconds in (0.7, 0.5)
    ]
    for name in ("one", "other"):
        save(tmp_path / name, voices)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    read = load(tmp_path / "one")
    assert [(one.duration_s, one.model) for one in read] == [
        (one.duration_s, one.model) for one in voices
    ]
    for one, other in zip(read, voices, strict=True):
        for name in ("times_s", "opening", "rounding", "closure", "energy", "voiced"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), strict=True)


@pytest.mark.parametrize("broken", ["nothing", "text", "half", "other"])
def test_a_stored_hearing_that_cannot_be_read_is_heard_anew(broken: str, tmp_path: Path) -> None:
    """A silent voice is told, where the stored hearing is worth nothing."""
    stored = tmp_path / "heard"
    save(stored, [mouth_track(make_wav(tmp_path / "a.wav", babble(0.5)), language="de")])
    whole = stored.read_bytes()
    stored.write_bytes(
        {"nothing": b"", "text": b"no archive", "half": whole[:-40]}.get(broken, b"")
    )
    if broken == "other":
        with stored.open("wb") as file:
            np.savez(file, landmarks=np.zeros(3))
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((64, 64, 3), 128, np.uint8))
    with pytest.raises(SilentSpeechError):
        build().render(
            RenderTask(
                source=tmp_path / "grey.png",
                is_image=True,
                speeches=(make_wav(tmp_path / "silent.wav", np.zeros(SAMPLE_RATE, np.float32)),),
                analysis=tmp_path / "analysis.npz",
                heard=stored,
                output=tmp_path / "out.mp4",
                cover=tmp_path / "cover.jpg",
                progress=lambda *_: None,
            )
        )


def test_noise_is_coloured_as_a_filter_would() -> None:
    """In blocks of samples, to the last bits."""
    white = np.random.default_rng(4).standard_normal(1000).astype(np.float32)
    expected = lfilter([1.0], [1.0, -0.95], white)
    np.testing.assert_allclose(model._coloured(white), expected, rtol=0, atol=1e-12)


def test_a_model_may_lie_in_a_folder_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And settings that PocketSphinx refuses are an error, not a crash."""
    (tmp_path / "josé").symlink_to(Path(pocketsphinx.get_model_path("en-us")).parent)
    monkeypatch.setattr(pocketsphinx, "get_model_path", lambda name: str(tmp_path / "josé" / name))
    assert PhoneDecoder().segments(pcm(babble(0.3)))
    monkeypatch.setitem(allphone.SETTINGS, "no such setting", 1)
    with pytest.raises(RuntimeError, match="settings"):
        PhoneDecoder()


@pytest.mark.parametrize("milliseconds", [110, 200, 230])
def test_the_shortest_voices_are_heard(milliseconds: int, tmp_path: Path) -> None:
    """A tenth of a second has a mouth, too."""
    voice = make_wav(tmp_path / "short.wav", babble(1.0)[: 16 * milliseconds])
    track = mouth_track(voice, language="de")
    assert len(track.times_s) == len(track.closure) == milliseconds // 10
