"""The plan of an output: which frame shows when, what is heard with it, and how long it all is."""

from fractions import Fraction
from itertools import pairwise

import pytest

pytest.importorskip("numpy", reason="the renderer's environment has numpy")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lipwire.domain.errors import InvalidOptionError
from lipwire.domain.options import (
    JobOptions,
    OriginalSound,
    SpeakingOrder,
    TimeRange,
    WhenLonger,
    WhenShorter,
)
from lipwire.render.media.timeline import Origin, Timeline, plan_timeline, portrait_timeline

NTSC = Fraction(30_000, 1001)


def clip(frames: int, fps: Fraction | int = 25) -> tuple[list[Fraction], list[Fraction]]:
    """Starts and durations at a constant rate."""
    return [n / Fraction(fps) for n in range(frames)], [1 / Fraction(fps)] * frames


def plan(
    frames: int,
    *voices: Fraction | float | str,
    source_fps: Fraction | int = 25,
    **options: object,
) -> Timeline:
    return plan_timeline(
        *clip(frames, source_fps),
        voices_s=[Fraction(voice) for voice in voices],
        options=JobOptions(**options),
        fps=Fraction(source_fps),
    )


def shown(made: Timeline) -> list[int]:
    return [slot.canvas for slot in made.slots]


@pytest.mark.parametrize(
    ("how", "canvases"),
    [
        (WhenShorter.CUT_OFF, [0, 1, 2, 3]),
        (WhenShorter.SILENCE, [0, 1, 2, 3]),
        (WhenShorter.LOOP, [0, 1, 2, 3, 0, 1]),
        (WhenShorter.BOUNCE_EXACT, [0, 1, 2, 3, 2, 1]),
        (WhenShorter.BOUNCE, [0, 1, 2, 3, 2, 1, 0]),
        (WhenShorter.REMAP, [0, 0, 1, 2, 2, 3]),
    ],
)
def test_a_shorter_picture(how: WhenShorter, canvases: list[int]) -> None:
    """Four frames under a voice of nearly six: each way shows them as it says, at the clip's own rate."""
    made = plan(4, "0.23", when_shorter=how)
    assert shown(made) == canvases
    assert [slot.time_s for slot in made.slots] == [Fraction(n, 25) for n in range(len(canvases))]
    (piece,) = made.sound
    assert (piece.from_s, piece.at_s) == (0, 0)
    assert piece.duration_s == min(Fraction("0.23"), made.end_s)


def test_bounce_ends_with_a_whole_pass_and_silence() -> None:
    """After the voice the picture goes on to the clip's first or last frame, and the mouth rests."""
    made = plan(10, "1.0", when_shorter=WhenShorter.BOUNCE)
    assert shown(made) == [*range(10), *range(8, -1, -1), *range(1, 10)]
    assert made.sound[0].duration_s == 1
    moments = made.moments()
    assert np.isfinite(moments[:25]).all()
    assert np.isnan(moments[25:]).all()


@pytest.mark.parametrize(("how", "frames"), [(WhenLonger.TRIM, 6), (WhenLonger.KEEP, 10)])
def test_a_longer_picture(how: WhenLonger, frames: int) -> None:
    """It ends with the voice, or is kept whole with a mouth that rests."""
    made = plan(10, "0.22", when_longer=how)
    assert shown(made) == list(range(frames))
    assert np.isfinite(made.moments()).tolist() == [n < 6 for n in range(frames)]


def test_a_longer_picture_is_played_faster() -> None:
    """From its first frame to its last, at its own rate, ending with the voice; a voice just as long changes nothing."""
    made = plan(10, "0.2", when_longer=WhenLonger.REMAP)
    assert shown(made) == [0, 2, 4, 6, 8]
    assert made.end_s == Fraction(1, 5)
    assert np.isfinite(made.moments()).all()
    assert shown(plan(10, "0.4", when_longer=WhenLonger.REMAP)) == list(range(10))


def test_silence_keeps_the_picture_whole_though_the_voice_ends_before() -> None:
    """Its own length counts, whatever the voice's."""
    assert shown(plan(10, "0.2", when_shorter=WhenShorter.SILENCE)) == list(range(10))


def test_trims_cut_both_ends_of_the_source() -> None:
    """The output begins with the first frame after the trim, and a loop repeats only what is left."""
    made = plan(20, "0.4", trim_start_ms=200, trim_end_ms=400, when_shorter=WhenShorter.LOOP)
    assert shown(made) == [5, 6, 7, 8, 9] * 2
    assert made.slots[0].time_s == 0
    with pytest.raises(InvalidOptionError):
        plan(20, "0.4", trim_start_ms=5000)


def test_the_longest_duration_is_not_passed() -> None:
    """Picture and voice end by then."""
    made = plan(20, "0.8", max_duration_ms=200)
    assert made.end_s == Fraction(1, 5)
    assert made.sound[0].duration_s == Fraction(1, 5)


@pytest.mark.parametrize(
    ("fps", "options", "count", "rate"),
    [
        (25, {"fps": 50}, 100, Fraction(50)),
        (30, {"fps": 24}, 48, Fraction(24)),
        (60, {"max_fps": 30}, 60, Fraction(30)),
        (60, {"max_fps": 25}, 50, Fraction(25)),
        (2 * NTSC, {"max_fps": 30}, 60, NTSC),
        (24, {"max_fps": 30}, 48, Fraction(24)),
        (30, {"fps": 60, "max_fps": 50}, 100, Fraction(50)),
    ],
)
def test_rates(fps: Fraction, options: dict[str, int], count: int, rate: Fraction) -> None:
    """Frames are dropped or repeated evenly, the nearest in time; the voice is sampled at the output's times."""
    frames = round(fps * 2)
    made = plan(frames, Fraction(frames) / fps, source_fps=fps, **options)
    assert len(made.slots) == count
    assert made.rate == (rate if rate != fps else None)
    assert [slot.time_s for slot in made.slots] == [n / rate for n in range(count)]
    assert all(
        abs(slot.canvas / Fraction(fps) - slot.time_s) <= 1 / Fraction(fps) for slot in made.slots
    )
    steps = {b.canvas - a.canvas for a, b in pairwise(made.slots)}
    assert max(steps) - min(steps) <= 1
    assert made.moments().tolist() == pytest.approx([float(n / rate) for n in range(count)])


def test_uneven_times_are_kept_exactly() -> None:
    """A clip of variable rate keeps every frame's own time and duration, backwards too."""
    starts = [Fraction(n, 1000) for n in (0, 33, 40, 100, 101)]
    durations = [Fraction(n, 1000) for n in (33, 7, 60, 1, 50)]
    made = plan_timeline(
        starts, durations, voices_s=[Fraction("0.3")], options=JobOptions(), fps=Fraction(25)
    )
    assert [slot.time_s for slot in made.slots[:5]] == starts
    assert [slot.duration_s for slot in made.slots] == [durations[n] for n in shown(made)]
    assert all(a.time_s + a.duration_s == b.time_s for a, b in pairwise(made.slots))


def test_ranges_leave_the_rest_of_the_source() -> None:
    """The voice runs along with the source; outside, the source's picture and sound stay; as long as the source."""
    made = plan(
        100,
        "2.0",
        time_ranges=(TimeRange(start="00:00:00:10", end=800), TimeRange(start=1600, end=2400)),
    )
    assert shown(made) == list(range(100))
    edited = [n for n, slot in enumerate(made.slots) if slot.is_edited]
    assert edited == [*range(10, 20), *range(40, 60)]
    heard = sorted(made.sound, key=lambda piece: piece.at_s)
    assert [(p.origin, p.from_s * 25, p.at_s * 25, p.duration_s * 25) for p in heard] == [
        (Origin.SOURCE, 0, 0, 10),
        (Origin.VOICE, 10, 10, 10),
        (Origin.SOURCE, 20, 20, 20),
        (Origin.VOICE, 40, 40, 10),
        (Origin.SOURCE, 60, 60, 40),
    ]


def test_ranges_may_overlap_and_come_in_any_order() -> None:
    """They say which parts are dubbed; nothing is heard twice."""
    in_order = plan(100, "4", time_ranges=(TimeRange(start=400, end=1600),))
    muddled = plan(
        100, "4", time_ranges=(TimeRange(start=1200, end=1600), TimeRange(start=400, end=1300))
    )
    assert muddled.slots == in_order.slots
    assert sorted(muddled.sound, key=lambda p: p.at_s) == sorted(
        in_order.sound, key=lambda p: p.at_s
    )


def test_ranges_are_the_sources_own_times_though_it_is_trimmed() -> None:
    """A range before the trim is gone; one that spans it begins with the output."""
    made = plan(
        50,
        "2",
        trim_start_ms=1000,
        time_ranges=(TimeRange(start=0, end=400), TimeRange(start=800, end=1200)),
    )
    assert [slot.is_edited for slot in made.slots] == [n < 5 for n in range(25)]
    assert [(p.origin, p.from_s, p.at_s, p.duration_s) for p in made.sound] == [
        (Origin.VOICE, 0, 0, Fraction(1, 5)),
        (Origin.SOURCE, Fraction(6, 5), Fraction(1, 5), Fraction(4, 5)),
    ]


def test_the_sources_sound_is_mixed_below_the_voice() -> None:
    """At the volume asked for, as long as the picture."""
    made = plan(
        50, "1", original_sound=OriginalSound.MIX, original_volume=0.3, when_longer=WhenLonger.KEEP
    )
    assert [(p.origin, p.gain, p.duration_s) for p in made.sound] == [
        (Origin.VOICE, 1.0, 1),
        (Origin.SOURCE, 0.3, 2),
    ]


@pytest.mark.parametrize(
    ("order", "begins", "length"),
    [
        (SpeakingOrder.TOGETHER, (0, 0), 2),
        (SpeakingOrder.LEFT_FIRST, (0, 1), 3),
        (SpeakingOrder.RIGHT_FIRST, (2, 0), 3),
    ],
)
def test_two_voices(order: SpeakingOrder, begins: tuple[int, int], length: int) -> None:
    """Left for one second, right for two: together, or one after the other while the other's mouth rests."""
    made = plan(100, 1, 2, speaking_order=order)
    assert made.end_s == length
    for voice, begin in enumerate(begins):
        speaks = np.isfinite(made.moments(voice))
        assert speaks.nonzero()[0][[0, -1]].tolist() == [25 * begin, 25 * (begin + voice + 1) - 1]
    assert [piece.at_s for piece in made.sound] == list(begins)


def test_a_voice_may_begin_later_in_its_file() -> None:
    """What is before is neither heard nor seen, of clips and of pictures; nothing left is refused."""
    options = JobOptions(speech_start_ms=400)
    made = plan(50, 1, speech_start_ms=400)
    still = portrait_timeline(voices_s=[Fraction(1)], options=options, fps=25)
    for timeline in (made, still):
        assert len(timeline.slots) == 15
        (piece,) = timeline.sound
        assert (piece.from_s, piece.at_s, piece.duration_s) == (
            Fraction(2, 5),
            0,
            Fraction(3, 5),
        )
        assert timeline.moments()[0] == pytest.approx(0.4)
    with pytest.raises(InvalidOptionError):
        portrait_timeline(voices_s=[Fraction(2, 5)], options=options, fps=25)


def test_parts_share_out_every_slot_once() -> None:
    """A frame belongs to the part in which it starts."""
    made = plan(90, 3, source_fps=NTSC)
    edges = [Fraction(n, 1000) for n in (0, 1001, 2002, 2500, 10_000)]
    parts = [made.part(a, b) for a, b in pairwise(edges)]
    assert [k for part in parts for k in part] == list(range(len(made.slots)))
    assert made.slots[parts[1].start].time_s == Fraction(1001, 1000)


def test_a_picture_speaks_at_a_constant_rate() -> None:
    """The one frame stays, as often a second as was asked."""
    made = portrait_timeline(voices_s=[Fraction("1.01")], options=JobOptions(fps=50), fps=25)
    assert [slot.time_s for slot in made.slots] == [Fraction(n, 50) for n in range(51)]
    assert set(shown(made)) == {0}


times = st.integers(1, 120).map(lambda ms: Fraction(ms, 1000))


@given(
    durations=st.lists(times, min_size=1, max_size=40),
    first=st.integers(0, 500).map(lambda ms: Fraction(ms, 1000)),
    voice=st.integers(1, 6000).map(lambda ms: Fraction(ms, 1000)),
    shorter=st.sampled_from(WhenShorter),
    longer=st.sampled_from(WhenLonger),
    fps=st.none() | st.integers(24, 60),
    max_fps=st.none() | st.integers(10, 60),
    most=st.none() | st.integers(100, 5000),
)
def test_any_plan_is_sound(
    durations: list[Fraction],
    first: Fraction,
    voice: Fraction,
    shorter: WhenShorter,
    longer: WhenLonger,
    fps: int | None,
    max_fps: int | None,
    most: int | None,
) -> None:
    """Times rise without gaps, no slot is outside the source, and the length is what the options say."""
    starts = [first + sum(durations[:n], Fraction(0)) for n in range(len(durations))]
    average = len(durations) / sum(durations)
    if (most or 5000) <= first * 1000 or voice <= first:
        return
    made = plan_timeline(
        starts,
        durations,
        voices_s=[voice],
        options=JobOptions(
            when_shorter=shorter,
            when_longer=longer,
            fps=fps,
            max_fps=max_fps,
            max_duration_ms=most,
        ),
        fps=average,
    )
    assert all(a.time_s + a.duration_s == b.time_s for a, b in pairwise(made.slots))
    assert all(slot.duration_s > 0 for slot in made.slots)
    assert set(shown(made)) <= set(range(len(durations)))
    picture = starts[-1] + durations[-1]
    if shorter is WhenShorter.SILENCE:
        wanted = picture
    elif voice > picture:
        wanted = picture if shorter is WhenShorter.CUT_OFF else voice
    else:
        wanted = picture if longer is WhenLonger.KEEP else voice
    step = max(*durations, *(slot.duration_s for slot in made.slots))
    if most is not None and wanted > Fraction(most, 1000):
        assert made.end_s < Fraction(most, 1000) + step
    elif shorter is WhenShorter.BOUNCE and voice > picture:
        assert wanted <= made.end_s < wanted + picture + step
    else:
        assert wanted - step < made.end_s < wanted + step
    for piece in made.sound:
        assert 0 <= piece.at_s < piece.at_s + piece.duration_s <= made.end_s


def test_the_last_word_is_heard_out_at_any_rate() -> None:
    """A pass back that ends with the voice is not rounded to fewer frames than the voice needs."""
    step = Fraction(1, 1000)
    for shorter, longer in (
        (WhenShorter.BOUNCE, WhenLonger.TRIM),
        (WhenShorter.LOOP, WhenLonger.KEEP),
    ):
        options = JobOptions(when_shorter=shorter, when_longer=longer, fps=46)
        lengths = [step] * 22
        made = plan_timeline(
            [step * n for n in range(22)],
            lengths,
            voices_s=[22 * step],
            options=options,
            fps=1 / step,
        )
        (piece,) = made.sound
        assert piece.duration_s == 22 * step


def test_ranges_beyond_the_longest_output_are_refused() -> None:
    """Nothing would be dubbed, and yet be paid."""
    late = (TimeRange(start=1000, end=1400),)
    with pytest.raises(InvalidOptionError, match="time ranges"):
        plan(50, 1, time_ranges=late, max_duration_ms=500)
    assert plan(50, 1, time_ranges=late, max_duration_ms=1200).edited.sum() == 5


def test_a_burst_of_frames_costs_no_more_than_a_screen_can_show() -> None:
    """Frames of a millisecond are thinned to some 250 a second; what is on screen stays on screen."""
    starts = [Fraction(n, 1000) for n in range(500)]
    made = plan_timeline(
        starts,
        [Fraction(1, 1000)] * 500,
        voices_s=[Fraction(1, 2)],
        options=JobOptions(),
        fps=Fraction(1000),
    )
    assert 125 <= len(made.slots) <= 135
    assert made.end_s == Fraction(1, 2)
