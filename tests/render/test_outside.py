"""What lies outside of the edited region: coded once more, and nothing else."""

from collections.abc import Callable
from pathlib import Path

from lipwire.render.face.analysis import Analysis
from lipwire.render.media.sink import VideoSink
from lipwire.render.media.source import VideoSource
from lipwire.render.score.metrics import psnr_outside
from tests.support.renders import Footage

#: The issue's bar, in dB below plain re-encoding.
MOST_WORSE_DB = 0.1


def test_the_rest_of_a_made_clip_is_as_good_as_re_encoding_it(
    footage: Footage, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Decoding and encoding alone, with the same settings, come no nearer to the source."""
    made = footage.dub(tmp_path, footage.brief)
    plain = tmp_path / "plain.mp4"
    with (
        VideoSource(footage.clip) as source,
        VideoSink(plain, sound=None, like=source.info) as sink,
    ):
        for frame in source.play(range(made.result.frames)):
            sink.write(frame, None, frame.time_s)
        sink.close()
    landmarks = Analysis.load(footage.analysis).people[0].landmarks
    before = psnr_outside(plain, footage.clip, landmarks)
    after = psnr_outside(made.output, footage.clip, landmarks)
    record_property("psnr_lost_db", round(before - after, 3))
    assert 30 < before < 100
    assert after >= before - MOST_WORSE_DB
