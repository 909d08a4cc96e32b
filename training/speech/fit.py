"""The training loop and the export; a fixed number of steps, so that the same seed gives the same network."""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lipwire.render.speech.features import BANDS
from lipwire.render.speech.visemes import Viseme
from training.speech.network import Posteriors, VisemeNetwork

#: Log mel energies and the `Viseme` of each frame.
Example = tuple[NDArray[np.float16], NDArray[np.int64]]

STEPS = 700
_BATCH = 24
_CROP_FRAMES = 300
_LEARNING_RATE = 3e-3
_SMOOTHING = 0.05
#: Rare shapes count more, as count to the power of this.
_RARITY = -0.4
_IGNORED = -1


def fit(examples: Sequence[Example], *, seed: int, log: logging.Logger) -> VisemeNetwork:
    """A network trained on random crops of the examples, ready to be used."""
    counts = np.zeros(len(Viseme))
    for _, labels in examples:
        counts += np.bincount(labels, minlength=len(Viseme))
    weights = np.maximum(counts, 1) ** _RARITY
    # Of mean 1 over the frames: the step's size doesn't depend on how much speech there is.
    weights *= counts.sum() / (weights * counts).sum()
    loss_of = nn.CrossEntropyLoss(
        torch.tensor(weights, dtype=torch.float32),
        ignore_index=_IGNORED,
        label_smoothing=_SMOOTHING,
    )
    network = VisemeNetwork().train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _pace(step / STEPS))
    rng = np.random.default_rng(seed)
    running = 0.0
    for step in range(STEPS):
        mel, labels = _batch(examples, rng)
        optimizer.zero_grad()
        loss: Tensor = loss_of(network(mel).flatten(0, 1), labels.flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        running += float(loss.detach())
        if step % 100 == 99:
            log.info("step %d loss %.3f", step + 1, running / 100)
            running = 0.0
    return network.eval()


def _pace(done: float) -> float:
    """A short rise, then a straight fall to nothing."""
    return min(done / 0.03 + 0.05, 1.0) * (1 - done)


def _batch(examples: Sequence[Example], rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    mels = np.zeros((_BATCH, _CROP_FRAMES, BANDS), np.float32)
    labels = np.full((_BATCH, _CROP_FRAMES), _IGNORED, np.int64)
    for row in range(_BATCH):
        mel, truth = examples[int(rng.integers(len(examples)))]
        first = int(rng.integers(max(len(mel) - _CROP_FRAMES, 0) + 1))
        count = min(len(mel), _CROP_FRAMES)
        mels[row, :count] = mel[first : first + count]
        labels[row, :count] = truth[first : first + count]
        mels[row, :count] += np.float32(rng.normal(0, 0.05))
        if rng.random() < 0.4:
            band = int(rng.integers(BANDS - 6))
            mels[row, :count, band : band + int(rng.integers(1, 7))] = 0
    return torch.from_numpy(mels), torch.from_numpy(labels)


def save(network: VisemeNetwork, path: Path) -> None:
    """ONNX with any batch and any number of frames: `mel` in, `posteriors` out."""
    program = torch.onnx.export(
        Posteriors(network).eval(),
        (torch.zeros(1, 400, BANDS),),
        input_names=["mel"],
        output_names=["posteriors"],
        opset_version=18,
        dynamic_shapes=({1: torch.export.Dim("frames", min=8)},),
        dynamo=True,
        verbose=False,
    )
    if program is None:
        raise RuntimeError("torch exported nothing")
    program.optimize()
    program.save(path, external_data=False)
