"""One render or one plain re-encoding in a process of its own, in the renderer's environment.

`python -m benchmarks.render_process`, then one of

    plain SOURCE VOICE OUTPUT               decode and encode as many frames as the voice is long
    job SOURCE VOICE OUTPUT ANALYSIS [FROM_MS TO_MS]
    synthesize SOURCE VOICE ANALYSIS        only the drawing
    repeat SOURCE TIMES OUTPUT              a clip many times over
    chant VOICE SECONDS OUTPUT              a voice as long as that
    scaled SOURCE HEIGHT OUTPUT             a clip at another size

Prints one line of JSON.
"""

import json
import resource
import sys
import time
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from lipwire.domain.options import JobOptions
from lipwire.engines.base import RenderTask, Shard
from lipwire.engines.retarget import build
from lipwire.render.face.analysis import Analysis
from lipwire.render.frames import plan_clip
from lipwire.render.hearing import hear
from lipwire.render.media.pipeline import drawn
from lipwire.render.media.sink import VideoSink
from lipwire.render.media.sound import Sound
from lipwire.render.media.source import VideoSource
from lipwire.render.media.timeline import plan_timeline

#: Frames that are drawn for the rate of drawing.
DRAWN = 60


def plain(source: Path, voice: Path, output: Path) -> dict[str, Any]:
    """Decode and encode as many frames as the voice is long, with the render's own encoder settings."""
    with av.open(str(voice)) as opened:
        until = Fraction(opened.duration or 0, 1_000_000)
    count = 0
    with VideoSource(source) as clip, VideoSink(output, like=clip.info, sound=voice) as sink:
        for frame in clip.frames():
            if frame.time_s >= until:
                break
            sink.write(frame, None, frame.time_s)
            count += 1
        sink.close()
    return {"frames": count}


def job(source: Path, voice: Path, output: Path, analysis: Path, *span: str) -> dict[str, Any]:
    """A whole render, the source's analysis included unless it lies there already."""
    engine = build()
    engine.setup()
    result = engine.render(
        RenderTask(
            source=source,
            is_image=False,
            speeches=(voice,),
            analysis=analysis,
            output=output,
            cover=output.with_suffix(".jpg"),
            progress=lambda *_: None,
            shard=Shard(start_ms=int(span[0]), end_ms=int(span[1])) if span else None,
        )
    )
    return {"frames": result.frames, "timings_s": result.quality["timings_s"]}


def synthesize(source: Path, voice: Path, analysis: Path) -> dict[str, Any]:
    """Only the drawing of one mouth after another, in the threads that a render uses; frames are decoded before."""
    stored = Analysis.load(analysis)
    heard = hear([voice])
    with VideoSource(source) as clip:
        clip.expect(stored.starts, stored.durations)
        timeline = plan_timeline(
            stored.starts,
            stored.durations,
            voices_s=[one.duration_s for one in heard],
            options=JobOptions(),
            fps=clip.info.fps,
        )
        (speaker,) = plan_clip(stored, heard, timeline, JobOptions())
        numbers = [int(k) for k in (speaker.shown > 0).nonzero()[0]][:DRAWN]
        frames = list(clip.play([timeline.slots[k].canvas for k in numbers]))
    speaker.drawer.patch(numbers[0], frames[0])
    began = time.perf_counter()
    count = sum(1 for _ in drawn(frames, lambda n, frame: speaker.drawer.patch(numbers[n], frame)))
    return {"frames_per_s": count / (time.perf_counter() - began)}


def repeat(source: Path, times: Path, output: Path) -> dict[str, Any]:
    """The clip's packets many times over: a long source without a generation of loss."""
    with av.open(str(source)) as read, av.open(str(output), "w") as made:
        stream = read.streams.video[0]
        to = made.add_stream_from_template(stream)
        length, count = 0, 0
        for _ in range(int(str(times))):
            read.seek(0)
            last = 0
            for packet in read.demux(stream):
                if packet.dts is None:
                    continue
                last = max(last, packet.pts + packet.duration)
                packet.pts += length
                packet.dts += length
                packet.stream = to
                made.mux(packet)
                count += 1
            length += last
    return {"frames": count}


def chant(voice: Path, seconds: Path, output: Path) -> dict[str, Any]:
    """The voice over and over, as long as that, mono at 16 kHz."""
    samples = Sound(voice).samples(rate=16_000)
    count = int(str(seconds)) * 16_000
    whole = np.tile(samples, -(-count // len(samples)))[:count]
    with wave.open(str(output), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(16_000)
        made.writeframes((np.clip(whole, -1, 1) * 32767).astype("<i2").tobytes())
    return {"frames": 0}


def scaled(source: Path, height: Path, output: Path) -> dict[str, Any]:
    """The clip at another size, H.264, for one more resolution to measure."""
    count = 0
    with av.open(str(source)) as read, av.open(str(output), "w") as made:
        stream = read.streams.video[0]
        short = int(str(height))
        scale = short / min(stream.width, stream.height)
        to = made.add_stream("libx264", rate=stream.average_rate, options={"crf": "14"})
        to.width, to.height = (
            round(side * scale / 2) * 2 for side in (stream.width, stream.height)
        )
        to.pix_fmt, to.time_base = "yuv420p", stream.time_base
        for frame in read.decode(stream):
            small = frame.reformat(to.width, to.height, "yuv420p")
            small.pts, small.time_base = frame.pts, frame.time_base
            made.mux(to.encode(small))
            count += 1
        made.mux(to.encode(None))
    return {"frames": count}


def main(what: str, *arguments: str) -> None:
    """Run it and print what it took, imports left out: wall and CPU seconds; and the most memory, in MiB."""
    paths = [Path(one) for one in arguments[:4]]
    began, cpu_before = time.perf_counter(), time.process_time()
    found = {
        "plain": lambda: plain(*paths),
        "job": lambda: job(paths[0], paths[1], paths[2], paths[3], *arguments[4:]),
        "synthesize": lambda: synthesize(*paths),
        "repeat": lambda: repeat(*paths),
        "chant": lambda: chant(*paths),
        "scaled": lambda: scaled(*paths),
    }[what]()
    took = time.perf_counter() - began
    cpu = time.process_time() - cpu_before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({**found, "wall_s": took, "cpu_s": cpu, "peak_mib": peak}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
