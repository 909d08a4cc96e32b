"""Trains the network, exports it beside the renderer, measures it and writes its card: `make train-speech`.

With `MEASURE=1` the network that is there is measured, and its card written, without training.
"""

import hashlib
import json
import logging
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lipwire.render.speech.features import log_mel
from lipwire.render.speech.network import MODEL, NetworkModel
from lipwire.render.speech.visemes import Viseme
from training.speech import voices
from training.speech.augment import augmented, no_voice
from training.speech.card import card
from training.speech.corpus import Utterance, espeak_corpus, festival_corpus, natural_corpus
from training.speech.fit import STEPS, Example, fit, save

SEED = 20_260_101
#: Of every training sentence; the network never hears one of them unchanged.
COPIES = 2
_HELD_OUT_SEED = 7
_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("torch", "numpy", "scipy", "onnx", "wordfreq", "espeakng-loader")
_log = logging.getLogger("training")


def _copies(order: tuple[Utterance, int]) -> list[Example]:
    utterance, number = order
    found = []
    for copy in range(COPIES):
        changed = augmented(utterance, np.random.default_rng((SEED, number, copy)))
        found.append((log_mel(changed.samples).astype(np.float16), changed.labels))
    return found


def _measure(model: NetworkModel, utterances: Sequence[Utterance]) -> dict[str, float]:
    """Frame accuracy; m/b/p recall and precision, counted in sounds: one frame of a sound is enough."""
    right = count = met = lips = hits = said = 0
    for utterance in utterances:
        truth = utterance.labels
        best = model.posteriors(utterance.samples).argmax(axis=1)
        right += int((best == truth).sum())
        count += len(truth)
        true, found = truth == Viseme.PBM, best == Viseme.PBM
        met += sum(int(found[start:stop].any()) for start, stop in _runs(true))
        lips += len(_runs(true))
        # 30 ms either side: a label's edge is no more exact than that.
        near = np.convolve(true, np.ones(7), "same") > 0
        hits += sum(int(near[start:stop].any()) for start, stop in _runs(found))
        said += len(_runs(found))
    return {
        "frame_accuracy": round(right / count, 4),
        "mbp_recall": round(met / lips, 4),
        "mbp_precision": round(hits / max(said, 1), 4),
    }


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _false_speech(model: NetworkModel) -> float:
    """Share of frames of hiss, hum and chords that are taken for speech."""
    sounds = [no_voice(64_000, np.random.default_rng((9, n))) * 0.05 for n in range(40)]
    rows = np.concatenate([model.posteriors(sound.astype(np.float32)) for sound in sounds])
    return round(float((rows[:, Viseme.SILENCE] < 0.5).mean()), 4)


def _examples() -> tuple[list[Example], float]:
    """What the network trains on, and the minutes of speech it is made of."""
    spoken = espeak_corpus(voices.LANGUAGES, voices.VARIANTS, voices.ESPEAK_UTTERANCES, SEED)
    spoken += natural_corpus(voices.NATURAL_VOICES, voices.NATURAL_UTTERANCES, SEED)
    spoken += festival_corpus(voices.FESTIVAL_VOICES, voices.FESTIVAL_UTTERANCES, SEED)
    minutes = sum(len(one.labels) for one in spoken) / 6000
    _log.info("%.0f minutes of speech", minutes)
    with ProcessPoolExecutor(2) as pool:
        orders = [(one, number) for number, one in enumerate(spoken)]
        examples = [one for few in pool.map(_copies, orders, chunksize=25) for one in few]
    rng = np.random.default_rng(SEED)
    for _ in range(len(examples) // 20):
        sound = log_mel(no_voice(64_000, rng)).astype(np.float16)
        examples.append((sound, np.full(len(sound), int(Viseme.SILENCE), np.int64)))
    _log.info("%d examples", len(examples))
    return examples, minutes


def _train() -> dict[str, Any]:
    """Train and export; what is to be told of it."""
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(mode=True)
    examples, minutes = _examples()
    steps = int(os.environ.get("STEPS") or STEPS)
    save(fit(examples, seed=SEED, steps=steps, log=_log), MODEL)
    return {
        "seed": SEED,
        "steps": steps,
        "minutes_of_speech": round(minutes, 1),
        "versions": {package: version(package) for package in _PACKAGES},
    }


def main() -> None:
    """Train and export, or not; measure and write the card."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stdout)
    told = MODEL.with_suffix(".json")
    trained = json.loads(told.read_text()) if os.environ.get("MEASURE") == "1" else _train()
    model = NetworkModel(MODEL)
    count, held = voices.HELD_OUT_UTTERANCES, _HELD_OUT_SEED
    language = dict([voices.HELD_OUT_LANGUAGE])
    figures = {
        "sha256": hashlib.sha256(MODEL.read_bytes()).hexdigest(),
        "bytes": MODEL.stat().st_size,
        **{key: trained[key] for key in ("seed", "steps", "minutes_of_speech")},
        "held_out_voice": _measure(model, natural_corpus([voices.HELD_OUT_VOICE], count, held)),
        "held_out_language": _measure(model, espeak_corpus(language, voices.VARIANTS, count, held)),
        "new_sentences_of_known_voices": _measure(
            model, natural_corpus(voices.NATURAL_VOICES, count, held)
        ),
        "noise_and_music_taken_for_speech": _false_speech(model),
        "versions": trained["versions"],
    }
    told.write_text(json.dumps(figures, indent=2) + "\n")
    (_ROOT / "docs" / "models" / "visemes.md").write_text(card(figures))
    _log.info("%s", json.dumps(figures))


if __name__ == "__main__":
    main()
