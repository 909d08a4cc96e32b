"""From a voice file to the mouth that goes with it."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipwire.domain.errors import SilentSpeechError
from lipwire.domain.options import PhonemeTime
from lipwire.render.media.sound import Sound
from lipwire.render.speech.loudness import log_power
from lipwire.render.speech.model import FRAMES_PER_S, SAMPLE_RATE, SpeechModel
from lipwire.render.speech.network import NetworkModel
from lipwire.render.speech.pocketsphinx import PocketSphinxModel
from lipwire.render.speech.timed import TimedPhonemes
from lipwire.render.speech.together import Together
from lipwire.render.speech.track import MouthTrack
from lipwire.render.speech.visemes import MOUTH_TABLE, Viseme

_Curve = NDArray[np.float32]

#: Natural log of power: -50 dB below full scale is silence whatever the rest is like.
_SILENT_LOG_POWER = -50 / 10 * np.log(10)
#: So far below the voice's loud parts (35 dB) the mouth is half way to rest. Nearer to them the gate would shut the
#: mouth on soft vowels: with 17 dB a real speaker's opening was met with r 0.52, with 35 dB 0.58.
_GATE_BELOW_LOUD = 8.0
_GATE_WIDTH = 0.7
_LEAST_AUDIBLE_FRAMES = 10
_OPENING_SIGMA = 3.0
_ROUNDING_SIGMA = 4.0
_CLOSURE_SIGMA = 1.2
#: Who hears hedges: over five voices what is heard rounds and spreads the lips with 0.87 of the standard deviation of what
#: was said.
_HEDGED_ROUNDING = 1 / 0.87
#: Shorter closures fall between two pictures at 25 a second.
_LEAST_CLOSURE_FRAMES = 5
#: Posterior of m, b, p at which lips touch: less than half is enough, for a closure missed shows more than one too many.
_CLOSURE_AT = 0.3
#: Of the smoothed closure: between these the lips are on their way.
_SLOPE_FROM, _SLOPE_TO = 0.1, 0.5
#: Of a language tag. A language that nobody names is heard as English.
_ENGLISH = frozenset({"en", "eng"})


def _go_on() -> None:
    """Nothing stops a hearing."""


def mouth_track(
    path: Path,
    *,
    language: str | None = None,
    phonemes: Sequence[PhonemeTime] = (),
    before_each: Callable[[], None] = _go_on,
) -> MouthTrack:
    """The mouth for every 10 ms of the voice; the same file always gives the same track.

    `phonemes` say what is said when, and then nothing is recognised; `language` is a BCP 47 tag. `before_each` is called
    now and then, and may raise to end the hearing.

    Raises:
        SilentSpeechError: no sound stream, or nobody can be heard.
        CorruptMediaError: the sound can't be decoded.
    """
    model = model_for(language, phonemes, before_each)
    return track_of(Sound(path).samples(rate=SAMPLE_RATE), model=model)


def model_for(
    language: str | None,
    phonemes: Sequence[PhonemeTime] = (),
    before_each: Callable[[], None] = _go_on,
) -> SpeechModel:
    """Who hears a voice: phoneme times where given, the network for a language known not to be English, else both hearers.

    A real English speaker's opening is met with r 0.63 by both together, 0.65 by PocketSphinx and 0.55 by the network; of
    m, b, p in five languages by espeak-ng both find 0.98, PocketSphinx 0.63 and the network 0.99, and of what is taken for
    one 0.06, 0.23 and 0.02 are none (`make bench` prints these). Whether anybody speaks at all is the network's to say in
    every language.
    """
    if phonemes:
        return TimedPhonemes(phonemes)
    primary = (language or "en").replace("_", "-").split("-")[0].lower()
    network = NetworkModel(before_each=before_each)
    if primary not in _ENGLISH:
        return network
    return Together(PocketSphinxModel(before_each), network)


def track_of(samples: NDArray[np.float32], *, model: SpeechModel) -> MouthTrack:
    """As `mouth_track`, of 16 kHz mono samples."""
    power = log_power(samples)
    # Pauses don't count: a few words in a long silence are as loud as they are.
    audible = power > _SILENT_LOG_POWER
    if np.count_nonzero(audible) < _LEAST_AUDIBLE_FRAMES:
        raise SilentSpeechError
    loud = float(np.percentile(power[audible], 95))
    gate = _sigmoid((power - (loud - _GATE_BELOW_LOUD)) / _GATE_WIDTH)
    posteriors = model.posteriors(samples)
    voiced = (gate > 0.5) & audible & (posteriors[:, Viseme.SILENCE] < 0.5)
    if np.count_nonzero(voiced) < _LEAST_AUDIBLE_FRAMES:
        raise SilentSpeechError
    # Loudness takes no part in the opening beyond the gate: mixed in, it lowered r with every truth we have.
    phones = (posteriors @ MOUTH_TABLE) * gate[:, None]
    opening = _gaussian(phones[:, 0], _OPENING_SIGMA)
    closure = _closures(posteriors[:, Viseme.PBM] * _near_sound(power))
    energy = _stretched(power, voiced, low=3, high=95) * gate
    gain = _HEDGED_ROUNDING if model.hedges else 1.0
    return MouthTrack(
        times_s=(np.arange(len(power)) + 0.5) / FRAMES_PER_S,
        opening=_stretched(opening, voiced, low=3, high=95) * (1 - closure),
        rounding=np.clip(gain * _gaussian(phones[:, 1], _ROUNDING_SIGMA), -1, 1),
        closure=closure,
        energy=_gaussian(energy, _OPENING_SIGMA),
        voiced=voiced,
        duration_s=Fraction(len(samples), SAMPLE_RATE),
        model=model.name,
    )


def _near_sound(power: _Curve) -> NDArray[np.bool_]:
    """True within a tenth of a second of something audible: the closure of a p is silent in itself."""
    audible = np.convolve(power > _SILENT_LOG_POWER, np.ones(21))
    return audible[10 : 10 + len(power)] > 0.5


def _closures(posterior: _Curve) -> _Curve:
    """1 while lips touch, with short slopes; every closure lasts long enough to be seen."""
    touching = posterior > _CLOSURE_AT
    starts = np.flatnonzero(np.diff(touching.astype(np.int8), prepend=0) == 1)
    stops = np.flatnonzero(np.diff(touching.astype(np.int8), append=0) == -1) + 1
    held = np.zeros(len(posterior), np.float32)
    for start, stop in zip(starts, stops, strict=True):
        missing = max(0, _LEAST_CLOSURE_FRAMES - int(stop - start))
        held[max(0, start - missing // 2) : stop + missing - missing // 2] = 1.0
    smooth = _gaussian(held, _CLOSURE_SIGMA)
    return np.clip((smooth - _SLOPE_FROM) / (_SLOPE_TO - _SLOPE_FROM), 0, 1)


def _stretched(curve: _Curve, voiced: NDArray[np.bool_], *, low: int, high: int) -> _Curve:
    """The curve so that the voiced part's percentiles come to 0 and 1, cut off there."""
    bottom, top = np.percentile(curve[voiced], [low, high])
    if top - bottom < 1e-6:
        return np.zeros_like(curve)
    return np.clip((curve - bottom) / (top - bottom), 0, 1).astype(np.float32)


def _gaussian(curve: _Curve, sigma: float) -> _Curve:
    reach = int(np.ceil(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(curve, reach, "edge")
    return np.convolve(padded, weights / weights.sum(), "valid").astype(np.float32)


def _sigmoid(x: _Curve) -> _Curve:
    return (1 / (1 + np.exp(-np.clip(x, -30, 30)))).astype(np.float32)
