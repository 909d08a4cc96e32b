"""A clip and a voice, again and again; run in the renderer's environment, for tests without a media library.

python -m tests.support.long_clip 60 clip.mp4 long.mp4 voice.wav long.wav
"""

import sys
import tempfile
from pathlib import Path

import av
import numpy as np

from tests.support.clips import make_wav
from tests.support.renders import heard


def write_long_clip(clip: Path, seconds: float, path: Path) -> None:
    """The clip's pictures in whole passes, for at least `seconds`; packets are copied, without sound."""
    with av.open(str(clip)) as opened:
        stream = opened.streams.video[0]
        # The pictures' own length: a longer sound would put a gap between two passes.
        length_s = float(stream.duration * stream.time_base)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
        passes = int(-(-seconds // length_s))
        script.write(f"file '{clip.resolve()}'\nduration {length_s}\n" * passes)
        script.flush()
        with (
            av.open(script.name, format="concat", options={"safe": "0"}) as read,
            av.open(str(path), "w", options={"movflags": "+faststart"}) as made,
        ):
            template = read.streams.video[0]
            copied = made.add_stream_from_template(template)
            for packet in read.demux(template):
                if packet.dts is not None:
                    packet.stream = copied
                    made.mux_one(packet)


if __name__ == "__main__":
    seconds, *paths = sys.argv[1:]
    clip, long_clip, voice, long_voice = map(Path, paths)
    write_long_clip(clip, float(seconds), long_clip)
    make_wav(long_voice, np.resize(heard(voice), round(float(seconds) * 16_000)))
