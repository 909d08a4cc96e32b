"""Voices cut to length."""

import wave
from pathlib import Path


def shortened(path: Path, seconds: float, folder: Path) -> Path:
    """The first seconds of a WAV file, as a file in `folder`."""
    short = folder / f"{seconds:g}s_{path.name}"
    with wave.open(str(path)) as whole, wave.open(str(short), "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(int(seconds * whole.getframerate())))
    return short
