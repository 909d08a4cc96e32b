"""Voices cut to length."""

from pathlib import Path

import av


def shortened(path: Path, seconds: float, folder: Path) -> Path:
    """The first seconds of a voice as a 16-bit mono WAV in `folder`."""
    short = folder / f"{seconds:g}s_{path.stem}.wav"
    with av.open(str(path)) as whole, av.open(str(short), "w") as part:
        rate = whole.streams.audio[0].rate
        stream = part.add_stream("pcm_s16le", rate=rate, layout="mono")
        left = int(seconds * rate)
        plain = av.AudioResampler(format="s16", layout="mono", rate=rate)
        for frame in whole.decode(audio=0):
            for piece in plain.resample(frame):
                kept = piece
                if piece.samples > left:
                    kept = av.AudioFrame.from_ndarray(
                        piece.to_ndarray()[:, :left], format="s16", layout="mono"
                    )
                    kept.sample_rate = rate
                    kept.pts = piece.pts
                left -= kept.samples
                part.mux(stream.encode(kept))
                if left <= 0:
                    part.mux(stream.encode(None))
                    return short
        part.mux(stream.encode(None))
    return short
