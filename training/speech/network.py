"""The network: a small temporal convolution, 709 thousand weights, 0.69 s of sound around every answer."""

import torch
from torch import Tensor, nn

from lipwire.render.speech.features import BANDS
from lipwire.render.speech.visemes import Viseme

CHANNELS = 192
DILATIONS = (1, 2, 4, 8, 16, 1)


class _Block(nn.Module):
    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(CHANNELS, CHANNELS, 3, padding=dilation, dilation=dilation),
            nn.BatchNorm1d(CHANNELS),
            nn.ReLU(),
            nn.Dropout(0.1),
        )

    def forward(self, x: Tensor) -> Tensor:
        residual: Tensor = self.layers(x)
        return x + residual


class VisemeNetwork(nn.Module):
    """(batch, frames, 40) log mel -> (batch, frames, 16) logits."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(BANDS, CHANNELS, 5, padding=2),
            nn.BatchNorm1d(CHANNELS),
            nn.ReLU(),
            *(_Block(dilation) for dilation in DILATIONS),
            nn.Conv1d(CHANNELS, len(Viseme), 1),
        )

    def forward(self, mel: Tensor) -> Tensor:
        logits: Tensor = self.layers(mel.transpose(1, 2)).transpose(1, 2)
        return logits


class Posteriors(nn.Module):
    """What is shipped: the network with its probabilities."""

    def __init__(self, network: VisemeNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, mel: Tensor) -> Tensor:
        return torch.softmax(self.network(mel), dim=2)
