"""Options of time: which frames of the clip show, when, how often, and what is heard."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.support.renders import FPS, MOUTH, TONE_HZ, Footage, Made, heard, level, shown

#: Frames of the long voice.
LONG = 45


def to_and_fro(frames: int, count: int) -> list[int]:
    """0, 1, … to the last frame, back to the first, and so on."""
    there = list(range(frames))
    period = there + there[-2:0:-1]
    return [period[k % len(period)] for k in range(count)]


def change(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference of two pictures in levels."""
    return float(np.abs(one.astype(np.float32) - other).mean())


def quiet_from(made: Made, moment_s: float) -> bool:
    """Nothing is heard from then on."""
    return bool((np.abs(made.sound()[int(moment_s * 16_000) :]) < 0.01).all())


def level_of(made: Made, start_s: float, end_s: float) -> float:
    """Root mean square of what is heard in between."""
    return float(np.sqrt(np.mean(made.sound()[int(start_s * 16_000) : int(end_s * 16_000)] ** 2)))


def test_trims_leave_the_frames_between(footage: Footage, tmp_path: Path) -> None:
    """From 0.2 s to 0.8 s of the source: frames 5 to 19, from 0 on."""
    made = footage.dub(
        tmp_path, footage.brief, trim_start_ms=200, trim_end_ms=800, when_longer="keep"
    )
    assert made.numbers == list(range(5, 20))
    assert made.times_s[0] == 0
    assert made.result.duration_ms == 600


def test_a_trimmed_clip_is_repeated_within_its_trims(footage: Footage, tmp_path: Path) -> None:
    """What was cut away does not come back."""
    made = footage.dub(tmp_path, trim_start_ms=400, trim_end_ms=800, when_shorter="loop")
    assert made.numbers == [10 + k % 10 for k in range(LONG)]


@pytest.mark.parametrize("how", ["cut_off", "loop", "bounce", "bounce_exact", "silence"])
def test_a_clip_shorter_than_the_voice(how: str, footage: Footage, tmp_path: Path) -> None:
    """Each way shows the frames it names, at the clip's pace, and its sound is as long as its picture."""
    made = footage.dub(tmp_path, when_shorter=how)
    n = footage.frames
    expected = {
        "cut_off": list(range(n)),
        "silence": list(range(n)),
        "loop": [k % n for k in range(LONG)],
        "bounce": to_and_fro(n, 2 * n - 1),
        "bounce_exact": to_and_fro(n, LONG),
    }[how]
    assert made.numbers == expected
    assert made.times_s == [Fraction(k, FPS) for k in range(len(expected))]
    assert quiet_from(made, min(1.8, len(expected) / FPS) + 0.08)
    assert level_of(made, 0.1, 1.1) > 0.02


def test_a_whole_bounce_ends_in_silence(footage: Footage, tmp_path: Path) -> None:
    """The last pass is played on when the voice has ended, with a resting mouth and nothing to hear."""
    made = footage.dub(tmp_path, when_shorter="bounce")
    assert quiet_from(made, 1.9)
    assert np.ptp(made.opening_target[LONG + 5 :]) < 0.005


def test_a_remapped_clip_is_slowed_to_the_voice(footage: Footage, tmp_path: Path) -> None:
    """Every frame shows, in order, once or twice; both end together."""
    made = footage.dub(tmp_path, when_shorter="remap")
    assert len(made.numbers) == LONG
    assert made.numbers == sorted(made.numbers)
    assert set(made.numbers) == set(range(footage.frames))


@pytest.mark.parametrize("how", ["trim", "keep", "remap"])
def test_a_clip_longer_than_the_voice(how: str, footage: Footage, tmp_path: Path) -> None:
    """It ends with the voice, goes on with a resting mouth in silence, or is played faster."""
    made = footage.dub(tmp_path, footage.brief, when_longer=how)
    if how == "remap":
        assert len(made.numbers) == 15
        assert made.numbers == sorted(made.numbers)
        assert made.numbers[-1] >= footage.frames - 3
        return
    assert made.numbers == list(range({"trim": 15, "keep": footage.frames}[how]))
    if how == "keep":
        assert np.ptp(made.opening_target[20:]) < 0.005
        assert np.ptp(made.opening_target[:15]) > 0.02
        assert quiet_from(made, 0.7)


def test_silence_keeps_a_longer_clip_whole(footage: Footage, tmp_path: Path) -> None:
    """The clip's own length counts, whatever the voice's."""
    made = footage.dub(tmp_path, footage.brief, when_shorter="silence")
    assert made.numbers == list(range(footage.frames))


def test_the_longest_duration_cuts_picture_and_sound(footage: Footage, tmp_path: Path) -> None:
    """Half a second, to the millisecond: the last frame is cut short."""
    made = footage.dub(tmp_path, max_duration_ms=500)
    assert made.numbers == list(range(13))
    assert made.result.duration_ms == 500
    assert len(made.sound()) / 16_000 == pytest.approx(0.5, abs=0.07)
    spoken = footage.speak(tmp_path, max_duration_ms=400)
    assert len(spoken.frames) == 10


def test_outside_time_ranges_the_source_stays(footage: Footage, tmp_path: Path) -> None:
    """Its pictures and its sound; within them the mouth is another and the voice is heard."""
    ranges = [{"start": 200, "end": 440}, {"start": 800, "end": 1000}]
    made = footage.dub(tmp_path, time_ranges=ranges)
    assert made.numbers == list(range(footage.frames))
    edited = {*range(5, 11), *range(20, 25)}
    source = [frame[MOUTH] for frame, _ in shown(footage.clip)]
    changes = [
        change(frame[MOUTH], before) for frame, before in zip(made.frames, source, strict=True)
    ]
    outside = [value for k, value in enumerate(changes) if k not in edited]
    inside = [value for k, value in enumerate(changes) if k in edited]
    assert max(outside) < 3
    assert np.mean(inside) > 2 * np.mean(outside), (np.mean(inside), outside)
    told = [(span["first"], span["last"]) for span in made.result.quality["untouched_spans"]]
    assert told == [(0, 4), (11, 19), (25, footage.frames - 1)]

    sound, own = made.sound(), heard(footage.clip)
    for start, end, is_own in [(0.05, 0.17, True), (0.25, 0.4, False), (0.5, 0.75, True)]:
        cut = slice(int(start * 16_000), int(end * 16_000))
        heard_now, there_before = level(sound[cut], TONE_HZ), level(own[cut], TONE_HZ)
        assert (heard_now > 0.9 * there_before) is is_own


def test_time_ranges_as_timecodes_are_the_same(footage: Footage, tmp_path: Path) -> None:
    """Frame 5 at 25 a second is 0.2 s: byte for byte one output."""
    seconds = footage.dub(tmp_path, time_ranges=[{"start": 200, "end": 600}])
    first = seconds.output.read_bytes()
    timecodes = footage.dub(tmp_path, time_ranges=[{"start": "00:00:00:05", "end": "00:00:00:15"}])
    assert timecodes.output.read_bytes() == first


def test_a_frame_rate_is_kept_to(footage: Footage, tmp_path: Path) -> None:
    """Twice the clip's rate shows each frame twice; a picture has as many frames as asked."""
    made = footage.dub(tmp_path, fps=50)
    assert made.result.fps == 50
    assert made.times_s == [Fraction(k, 50) for k in range(2 * LONG)]
    assert made.numbers[:8] == [0, 0, 1, 1, 2, 2, 3, 3]
    spoken = footage.speak(tmp_path, fps=30)
    assert (spoken.result.fps, spoken.result.frames) == (30, 18)


def test_a_frame_rate_limit_leaves_whole_steps(footage: Footage, tmp_path: Path) -> None:
    """No more than 13 a second: every second frame of 25, and a limit above the rate changes nothing."""
    made = footage.dub(tmp_path, max_fps=13)
    assert made.result.fps == Fraction(25, 2)
    assert made.numbers[:6] == [0, 2, 4, 6, 8, 10]
    assert footage.dub(tmp_path, max_fps=60).result.fps == 25
    assert footage.speak(tmp_path, max_fps=20).result.fps == 20
