"""The training loop and the export; a fixed number of steps, so that the same seed gives the same network."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from lipwire.render.speech.features import BANDS
from lipwire.render.speech.visemes import Viseme
from training.speech.network import Posteriors, VisemeNetwork

#: Log mel energies and the `Viseme` of each frame.
Example = tuple[NDArray[np.float16], NDArray[np.int64]]

STEPS = 8000
_BATCH = 16
_CROP_FRAMES = 250
_LEARNING_RATE = 2.5e-3
#: Steps over which the rate rises, and after which it falls with the root of the step.
_WARM_UP, _LEVEL = 40, 300
_SMOOTHING = 0.03
#: Rare shapes count a little more, as count to the power of this: much more, and closures are said where none are.
_RARITY = -0.12
#: How much of the average of the weights so far stays at each step.
_AVERAGE = 0.998
_IGNORED = -1
_EVERY = 100


def fit(
    examples: Sequence[Example],
    *,
    seed: int,
    steps: int,
    log: logging.Logger,
    each: Callable[[int, VisemeNetwork], None] | None = None,
) -> VisemeNetwork:
    """A network trained on random crops of the examples, ready to be used.

    What is returned is a moving average of the weights (Polyak), which takes the place of a rate that falls to nothing:
    the result after n steps does not depend on how many more were planned. `each` gets it every 100 steps.
    """
    torch.manual_seed(seed)
    loss_of = nn.CrossEntropyLoss(
        _weights(examples), ignore_index=_IGNORED, label_smoothing=_SMOOTHING
    )
    network = VisemeNetwork().train()
    average = AveragedModel(network, avg_fn=_mixed, use_buffers=True)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, _pace)
    rng = np.random.default_rng(seed)
    running = 0.0
    for step in range(1, steps + 1):
        mel, labels = _batch(examples, rng)
        optimizer.zero_grad()
        loss: Tensor = loss_of(network(mel).flatten(0, 1), labels.flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
        running += float(loss.detach())
        if step % _EVERY == 0:
            log.info("step %d loss %.3f", step, running / _EVERY)
            running = 0.0
            if each:
                each(step, average.module.eval())
    trained: VisemeNetwork = average.module
    return trained.eval()


def _weights(examples: Sequence[Example]) -> Tensor:
    counts = np.zeros(len(Viseme))
    for _, labels in examples:
        counts += np.bincount(labels, minlength=len(Viseme))
    weights = np.maximum(counts, 1) ** _RARITY
    # Of mean 1 over the frames: the step's size doesn't depend on how much speech there is.
    weights *= counts.sum() / (weights * counts).sum()
    return torch.tensor(weights, dtype=torch.float32)


def _pace(step: int) -> float:
    return min((step + 1) / _WARM_UP, 1.0) * float(max(step / _LEVEL, 1.0) ** -0.5)


def _mixed(average: Tensor, now: Tensor, count: int | Tensor) -> Tensor:
    """Young averages follow quickly: the first weights, which are random, are soon forgotten."""
    kept = min(_AVERAGE, (1 + int(count)) / (10 + int(count)))
    if not average.is_floating_point():
        return now
    return average * kept + now * (1 - kept)


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
