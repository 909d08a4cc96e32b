"""Voices cut to length."""

from pathlib import Path

import av


def shortened(path: Path, seconds: float, folder: Path, *, after_s: float = 0.0) -> Path:
    """That many seconds of a voice, those after `after_s`, as a 16-bit mono WAV in `folder`."""
    short = folder / f"{seconds:g}s_after_{after_s:g}s_{path.stem}.wav"
    with av.open(str(path)) as whole, av.open(str(short), "w") as part:
        rate = whole.streams.audio[0].rate
        stream = part.add_stream("pcm_s16le", rate=rate, layout="mono")
        skipped, left = int(after_s * rate), int(seconds * rate)
        plain = av.AudioResampler(format="s16", layout="mono", rate=rate)
        for frame in whole.decode(audio=0):
            for piece in plain.resample(frame):
                samples = piece.to_ndarray()[:, skipped : skipped + left]
                skipped = max(0, skipped - piece.samples)
                if not samples.size:
                    continue
                kept = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
                kept.sample_rate = rate
                left -= kept.samples
                part.mux(stream.encode(kept))
                if left <= 0:
                    part.mux(stream.encode(None))
                    return short
        part.mux(stream.encode(None))
    return short
