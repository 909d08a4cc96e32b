"""Seams in somebody's real talking, where a mouth that jumps is seen."""

from collections.abc import Callable
from pathlib import Path

from lipwire.render.face.measure import measure_video
from tests.support.containers import Containers, assert_no_jump
from tests.support.voices import shortened


def test_a_real_mouth_does_not_jump_at_a_seam(media: Callable[[str], Path], tmp_path: Path) -> None:
    """No further than in 95 of 100 steps of the clip's own talking."""
    source = media("video/actor_f_outdoor_1080x1920_25.mp4")
    voice = shortened(media("audio/de_48k.wav"), 2.0, tmp_path)
    made = Containers.given(tmp_path, source, voice, longest_ms=2000, shards=3)
    made.render()
    assert_no_jump(made, measure_video(source).opening)
