"""What rooms, microphones, throats and bystanders do to a voice; and sounds that are no voice at all."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, lfilter

from lipwire.render.speech.model import FRAMES_PER_S, HOP, SAMPLE_RATE
from lipwire.render.speech.visemes import Viseme
from training.speech.corpus import Utterance

_Floats = NDArray[np.float32]
_Rng = np.random.Generator


def augmented(utterance: Utterance, rng: _Rng) -> Utterance:
    """The same sentence by another throat in another room, perhaps beside or between other sounds."""
    samples, labels = _resampled(utterance, rng.uniform(0.84, 1.2))
    if rng.random() < 0.3:
        samples, labels = _beside_others(samples, labels, rng)
    if rng.random() < 0.7:
        samples = lfilter(np.concatenate([[1.0], rng.normal(0, 0.18, 15)]), [1.0], samples)
    if rng.random() < 0.5:
        samples = _reverberated(samples, rng)
    level = _rms(samples)
    if rng.random() < 0.8:
        noise = no_voice(len(samples), rng)
        samples = samples + noise * (level / _rms(noise) * 10 ** (-rng.uniform(5, 45) / 20))
    return Utterance(np.asarray(samples, np.float32), labels)


def no_voice(count: int, rng: _Rng) -> _Floats:
    """Hiss, rumble, hum or chords: `count` samples of about full scale."""
    kind = rng.integers(4)
    if kind == 0:
        return rng.standard_normal(count).astype(np.float32)
    if kind == 1:
        white = rng.standard_normal(count)
        return np.asarray(lfilter([1.0], [1.0, -rng.uniform(0.6, 0.98)], white), np.float32)
    if kind == 2:
        return _tones(count, [rng.uniform(48, 62)], rng, harmonics=int(rng.integers(2, 12)))
    return _chords(count, rng)


def _chords(count: int, rng: _Rng) -> _Floats:
    """Chords that follow one another, each note with harmonics and a decay, sometimes with a beat of noise."""
    sound = np.zeros(count, np.float32)
    at = 0
    while at < count:
        length = min(int(rng.uniform(0.15, 1.2) * SAMPLE_RATE), count - at)
        root = 110 * 2 ** (rng.integers(0, 30) / 12)
        steps = rng.choice(
            [0, 3, 4, 5, 7, 9, 10, 12, 16, 19], int(rng.integers(1, 5)), replace=False
        )
        notes = [float(root * 2 ** (step / 12)) for step in steps]
        chord = _tones(length, notes, rng, harmonics=int(rng.integers(1, 9)))
        chord *= np.exp(-np.arange(length) / SAMPLE_RATE * rng.uniform(0, 5)).astype(np.float32)
        if rng.random() < 0.3:
            beat = rng.standard_normal(length) * np.exp(-np.arange(length) / SAMPLE_RATE * 40)
            chord += beat.astype(np.float32)
        sound[at : at + length] = chord
        at += length
    return sound + np.float32(1e-4)


def _tones(count: int, notes: list[float], rng: _Rng, *, harmonics: int) -> _Floats:
    times = np.arange(count) / SAMPLE_RATE
    slope = rng.uniform(0.5, 1.8)
    sound = np.zeros(count)
    for note in notes:
        for n in range(1, harmonics + 1):
            if note * n < SAMPLE_RATE / 2:
                sound += np.sin(2 * np.pi * note * n * times + rng.uniform(0, 6.3)) / n**slope
    return sound.astype(np.float32)


def _resampled(utterance: Utterance, factor: float) -> tuple[_Floats, NDArray[np.int64]]:
    """Higher or lower, faster or slower."""
    samples, labels = utterance.samples, utterance.labels
    count = int(len(samples) / factor)
    moved = np.interp(np.arange(count) * factor, np.arange(len(samples)), samples)
    frames = -(-count // HOP)
    middle = ((np.arange(frames) + 0.5) * factor).astype(int)
    return moved.astype(np.float32), labels[np.minimum(middle, len(labels) - 1)]


def _beside_others(
    samples: _Floats, labels: NDArray[np.int64], rng: _Rng
) -> tuple[_Floats, NDArray[np.int64]]:
    """Something that is no voice before or after the sentence, as loud as it."""
    frames = int(rng.uniform(0.5, 2.5) * FRAMES_PER_S)
    sound = no_voice(frames * HOP, rng)
    sound *= np.float32(_rms(samples) / _rms(sound) * 10 ** (rng.uniform(-20, 4) / 20))
    silence = np.full(frames, int(Viseme.SILENCE), np.int64)
    whole = np.pad(samples, (0, len(labels) * HOP - len(samples)))
    if rng.random() < 0.5:
        return np.concatenate([sound, whole]), np.concatenate([silence, labels])
    return np.concatenate([whole, sound]), np.concatenate([labels, silence])


def _reverberated(samples: _Floats, rng: _Rng) -> _Floats:
    """A room: an impulse followed by decaying noise."""
    seconds = rng.uniform(0.08, 0.5)
    count = int(seconds * SAMPLE_RATE)
    tail = rng.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    tail *= rng.uniform(0.05, 0.5) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    return np.asarray(fftconvolve(samples, tail)[: len(samples)], np.float32)


def _rms(samples: _Floats) -> float:
    return float(np.sqrt((samples.astype(np.float64) ** 2).mean())) + 1e-9
