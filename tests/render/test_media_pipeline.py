"""Frames from decoder to encoder: the right ones, in order, each drawn once, and a clean end whatever happens."""

import threading
from fractions import Fraction
from pathlib import Path

import pytest

av = pytest.importorskip("av", reason="the renderer's environment has PyAV")

from hypothesis import given
from hypothesis import strategies as st

from lipwire.render.media.pipeline import drawn
from lipwire.render.media.source import VideoSource
from tests.support.clips import ClipSpec, make_clip, number_of

FRAMES = 40


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty numbered frames with B-frames, a key frame every twelve."""
    spec = ClipSpec(frames=FRAMES, width=176, height=64, has_sound=False)
    return make_clip(tmp_path_factory.mktemp("play") / "clip.mp4", spec)


@given(canvases=st.lists(st.integers(0, FRAMES - 1), max_size=12), is_recalled=st.booleans())
def test_any_order_of_frames(clip: Path, canvases: list[int], *, is_recalled: bool) -> None:
    """Forwards, backwards, repeated and skipping: each frame is the one asked for, with its own time."""
    with VideoSource(clip) as source:
        if is_recalled:
            source.expect([Fraction(n, 25) for n in range(FRAMES)], [Fraction(1, 25)] * FRAMES)
        frames = list(source.play(canvases))
    assert [number_of(frame.to_rgb()) for frame in frames] == canvases
    assert [frame.index for frame in frames] == canvases
    assert [frame.time_s * 25 for frame in frames] == canvases
    assert {frame.duration_s for frame in frames} <= {Fraction(1, 25)}


def test_drawing_keeps_the_order() -> None:
    """Results come in the order of the items, though later ones are done first."""
    release = threading.Event()

    def draw(k: int, item: int) -> tuple[int, int]:
        if k == 0:
            assert release.wait(5)
        if k == 1:
            release.set()
        return k, item

    assert list(drawn(range(100, 150), draw)) == [(k, 100 + k) for k in range(50)]


def test_little_is_held() -> None:
    """No more than a handful of items is ahead of the consumer."""
    made = 0

    def items():
        nonlocal made
        for number in range(200):
            made += 1
            yield number

    for used, _ in enumerate(drawn(items(), lambda _, item: item)):
        assert made - used < 16


@pytest.mark.parametrize("where", ["items", "draw"])
def test_errors_come_out_and_no_thread_stays(where: str) -> None:
    """Whatever fails, the consumer hears of it, and every thread ends."""

    def items():
        yield from range(10)
        if where == "items":
            raise RuntimeError(where)
        yield from range(10, 1000)

    def draw(k: int, item: int) -> int:
        if where == "draw" and k == 12:
            raise RuntimeError(where)
        return item

    before = threading.active_count()
    with pytest.raises(RuntimeError, match=where):
        list(drawn(items(), draw))
    assert threading.active_count() == before


def test_leaving_early_ends_every_thread(clip: Path) -> None:
    """A consumer that has seen enough leaves nothing running."""

    before = threading.active_count()
    with VideoSource(clip) as source:
        results = drawn(source.play(list(range(FRAMES))), lambda _, frame: frame.index)
        assert next(results) == 0
        results.close()
    assert threading.active_count() == before


def test_a_look_that_is_stopped_ends_every_thread(clip: Path) -> None:
    """Whoever holds the error holds no decoder: a job may be canceled at any frame."""
    from lipwire.engines.base import AnalyzeTask
    from lipwire.engines.retarget import build

    def stop(*_: object) -> None:
        raise RuntimeError("stopped")

    before = threading.active_count()
    task = AnalyzeTask(
        source=clip, is_image=False, analysis=clip.with_suffix(".npz"), progress=stop
    )
    with pytest.raises(RuntimeError, match="stopped"):
        build().analyze(task)
    assert threading.active_count() == before
