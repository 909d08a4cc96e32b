"""What the network hears: forty bands of log mel energy a hundred times a second. Training computes them here too."""

import numpy as np
from numpy.typing import NDArray

from lipwire.render.speech.model import HOP, SAMPLE_RATE

BANDS = 40
_WINDOW = 400
_FFT = 512
_PRE_EMPHASIS = 0.97
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 7600.0
#: Root mean square that the louder frames are brought to, and the energy below which nothing is told apart.
_LEVEL = 0.1
_FLOOR = 1e-5
#: Of the frames, by loudness: their mean is what is taken off every band.
_LOUDER = 0.6
_SCALE = 4.0
_BATCH = 4096

_Floats = NDArray[np.float32]


def log_mel(samples: _Floats) -> _Floats:
    """(ceil(n / 160), 40) of 16 kHz mono; frame k is the 25 ms around sample 160 k + 80, level-normalised."""
    frames = -(-len(samples) // HOP)
    if frames == 0:
        return np.zeros((0, BANDS), np.float32)
    x = samples.astype(np.float32)
    power = np.pad(x * x, (0, frames * HOP - len(x))).reshape(frames, HOP).mean(axis=1)
    is_louder = power >= np.quantile(power, 1 - _LOUDER)
    x = x * np.float32(_LEVEL / np.sqrt(max(float(power[is_louder].mean()), 1e-12)))
    x[1:] -= np.float32(_PRE_EMPHASIS) * x[:-1]
    before = (_WINDOW - HOP) // 2
    padded = np.pad(x, (before, frames * HOP + _WINDOW - len(x)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:frames]
    bands = np.empty((frames, BANDS), np.float32)
    # In batches: an hour's spectra at once would be gigabytes.
    for first in range(0, frames, _BATCH):
        spectrum = np.fft.rfft(windows[first : first + _BATCH] * _HANN, _FFT)
        energy = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        bands[first : first + _BATCH] = np.log(energy @ _FILTERS + _FLOOR)
    mean = bands[is_louder].mean(axis=0)
    return ((bands - mean) / _SCALE).astype(np.float32)


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2595 * np.log10(1 + hz / 700)


def _filters() -> _Floats:
    """(257, 40): triangles evenly spaced in mel (O'Shaughnessy's scale)."""
    low, high = _mel(np.array([_LOWEST_HZ, _HIGHEST_HZ]))
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


_HANN = np.hanning(_WINDOW).astype(np.float32)
_FILTERS = _filters()
