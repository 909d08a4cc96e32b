"""A short clip's frames are drawn on as the analysis decoded them; a long one's are decoded again."""

from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="the renderer's environment has PyAV")

from lipwire.render.media.kept import KeptFrames
from lipwire.render.media.source import VideoSource
from tests.support.clips import ClipSpec, make_clip

TO_AND_FRO = [0, 1, 1, 3, 7, 6, 5, 5, 0]


def test_kept_frames_are_those_that_a_second_pass_decodes(tmp_path: Path) -> None:
    """In any order, to the last sample, with their numbers and times."""
    with VideoSource(make_clip(tmp_path / "clip.mp4", ClipSpec())) as source:
        kept = KeptFrames(source.info)
        assert not kept.is_whole
        passed = [frame.index for frame in kept.passing(source.frames())]
        assert kept.is_whole
        assert passed == list(range(len(passed)))
        for one, other in zip(kept.play(TO_AND_FRO), source.play(TO_AND_FRO), strict=True):
            assert (one.index, one.time_s, one.duration_s) == (
                other.index,
                other.time_s,
                other.duration_s,
            )
            assert np.array_equal(one.to_rgb(), other.to_rgb())


def test_what_does_not_fit_is_not_kept(tmp_path: Path) -> None:
    """A clip that announces too many frames, one that has more than it announced, one whose pass was left."""
    with VideoSource(make_clip(tmp_path / "clip.mp4", ClipSpec())) as source:
        large = replace(source.info, width=1920, height=1080)
        for announced, found in ((200, 10), (10, 200)):
            kept = KeptFrames(replace(large, frame_count=announced))
            first = next(source.frames())
            assert sum(1 for _ in kept.passing(repeat(first, found))) == found
            assert not kept.is_whole
            assert kept._frames == []
        left = KeptFrames(source.info)
        next(left.passing(chain(source.frames())))
        assert not left.is_whole


def test_no_more_than_a_minute_of_small_frames_is_kept(tmp_path: Path) -> None:
    """What a frame takes besides its samples counts, where there are many."""
    with VideoSource(make_clip(tmp_path / "clip.mp4", ClipSpec())) as source:
        first = next(source.frames())
        for count, is_whole in ((1500, True), (1501, False)):
            kept = KeptFrames(replace(source.info, width=64, height=64, frame_count=count))
            assert sum(1 for _ in kept.passing(repeat(first, count))) == count
            assert kept.is_whole == is_whole
