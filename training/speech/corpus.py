"""Synthetic speech with a mouth shape for every 10 ms, free of anyone's rights in recordings."""

import json
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly
from wordfreq import top_n_list

from lipwire.render.speech.model import FRAMES_PER_S, HOP, SAMPLE_RATE
from lipwire.render.speech.phonemes import viseme_of_arpabet, viseme_of_ipa
from lipwire.render.speech.visemes import Viseme
from training.speech import festival, voices

#: Sentences that festival is given at a time.
_FESTIVAL_RUN = 20


@dataclass(frozen=True, slots=True)
class Utterance:
    """16 kHz mono, and the `Viseme` of every 10 ms of it."""

    samples: NDArray[np.float32]
    labels: NDArray[np.int64]


def espeak_corpus(
    languages: dict[str, str], variants: Sequence[str], count: int, seed: int
) -> list[Utterance]:
    """`count` utterances, the languages and variants in turn."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        orders = []
        for number in range(count):
            voice = list(languages)[number % len(languages)]
            orders.append(
                {
                    "path": f"{name}/{number:05}.wav",
                    "text": _sentence(languages[voice], rng),
                    "voice": voice + variants[int(rng.integers(len(variants)))],
                    "words_per_minute": int(rng.integers(120, 230)),
                    "pitch": int(rng.integers(25, 80)),
                    "pitch_range": int(rng.integers(20, 80)),
                }
            )
        subprocess.run(
            # -P: this folder's modules must not stand before the standard library's.
            [sys.executable, "-P", str(Path(__file__).with_name("espeak.py"))],
            input="".join(json.dumps(order) + "\n" for order in orders).encode(),
            check=True,
        )
        return [_of_espeak(Path(str(order["path"]))) for order in orders]


def natural_corpus(natural: Sequence[str], count: int, seed: int) -> list[Utterance]:
    """`count` English utterances by flite, the voices in turn."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        orders = [
            (
                natural[number % len(natural)],
                _sentence("en", rng),
                float(rng.uniform(0.8, 1.25)),
                Path(name) / f"{number:05}.wav",
            )
            for number in range(count)
        ]
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda order: _flite(*order), orders))


def festival_corpus(
    natural: Sequence[voices.FestivalVoice], count: int, seed: int
) -> list[Utterance]:
    """About `count` utterances by festival in the languages of its voices, as many of each voice."""
    with tempfile.TemporaryDirectory() as name:

        def spoken(order: tuple[int, voices.FestivalVoice]) -> list[Utterance]:
            number, voice = order
            rng = np.random.default_rng((seed, number))
            utterances = []
            # A run for every few sentences: one that can't be said costs no more than those after it.
            for run in range(-(-count // len(natural) // _FESTIVAL_RUN)):
                folder = Path(name) / f"{number}-{run}"
                folder.mkdir()
                sentences = [
                    (_sentence(voice.language, rng), float(rng.uniform(0.85, 1.25)))
                    for _ in range(_FESTIVAL_RUN)
                ]
                for path, phones in festival.speak(voice, sentences, folder):
                    starts = [0.0] + [end for _, end in phones[:-1]]
                    shapes = [
                        (viseme_of_ipa(symbol), start, end)
                        for (symbol, end), start in zip(phones, starts, strict=True)
                    ]
                    samples = _read(path)
                    utterances.append(Utterance(samples, _labels(len(samples), shapes)))
            return utterances

        with ThreadPoolExecutor(2) as pool:
            return [one for few in pool.map(spoken, enumerate(natural)) for one in few]


def _sentence(language: str, rng: np.random.Generator) -> str:
    """Words of the language, the frequent ones more often, with a pause here and there."""
    words = [word for word in top_n_list(language, voices.VOCABULARY) if word.isalpha()]
    count = int(rng.integers(*voices.WORDS))
    # Log-uniform ranks: close to Zipf's law, which speech follows.
    ranks = np.exp(rng.uniform(np.log(3), np.log(len(words) - 1), count)).astype(int)
    marks = [", " if rng.random() < 0.15 else " " for _ in ranks]
    return "".join(words[r] + mark for r, mark in zip(ranks, marks, strict=True)).strip(", ") + "."


def _of_espeak(path: Path) -> Utterance:
    samples = _read(path)
    times = json.loads(path.with_suffix(".json").read_text())
    edges = [start for _, start in times[1:]] + [len(samples) / SAMPLE_RATE]
    shapes = (
        (viseme_of_ipa(symbol), start, end)
        for (symbol, start), end in zip(times, edges, strict=True)
    )
    return Utterance(samples, _labels(len(samples), shapes))


def _flite(voice: str, text: str, stretch: float, path: Path) -> Utterance:
    done = subprocess.run(
        ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.3f}", "-psdur", "-t", text,
         "-o", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    shapes = []
    start = 0.0
    for one in done.stdout.split():
        phone, end = one.rsplit(":", 1)
        shapes.append((viseme_of_arpabet(phone), start, float(end)))
        start = float(end)
    samples = _read(path)
    return Utterance(samples, _labels(len(samples), shapes))


def _labels(count: int, shapes: Iterable[tuple[Viseme, float, float]]) -> NDArray[np.int64]:
    labels = np.full(-(-count // HOP), int(Viseme.SILENCE), np.int64)
    for viseme, start, end in shapes:
        # A frame is what is said at its middle.
        first, last = (round(at * FRAMES_PER_S) for at in (start, end))
        labels[first:last] = viseme
    return labels


def _read(path: Path) -> NDArray[np.float32]:
    with wave.open(str(path)) as sound:
        rate = sound.getframerate()
        pcm = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    step = Fraction(SAMPLE_RATE, rate)
    samples = (
        pcm / 32768 if step == 1 else resample_poly(pcm / 32768, step.numerator, step.denominator)
    )
    return samples.astype(np.float32)
